/**
 * Why a file of people cannot be used. Each is something that the person at the keyboard can act on,
 * so every message says what was found and what to do.
 */
export type FileFaultCode =
  | 'FILE_NOT_FOUND'
  | 'FILE_UNREADABLE'
  | 'FILE_EMPTY'
  | 'NO_ROWS'
  | 'NOT_A_TABLE'
  | 'FORMAT_UNSUPPORTED'
  | 'COMPRESSION_BROKEN'
  | 'PARQUET_BROKEN'
  | 'TOO_MANY_COLUMNS'
  | 'HEADER_TOO_LONG'
  | 'ID_COLUMN_MISSING'
  | 'IDENTIFIER_COLUMN_MISSING'
  | 'HASHES_UNUSABLE'
  | 'MAP_COLUMN_UNKNOWN'
  | 'MAP_KIND_UNKNOWN'
  | 'MAP_CONFLICT'
  | 'COUNTRY_UNKNOWN'
  | 'JOURNAL_LOCKED'
  | 'JOURNAL_DAMAGED';

/** A fault of a file or of how it is described. The message never holds a value of a row. */
export class FileFault extends Error {
  override name = 'FileFault';
  readonly code: FileFaultCode;
  /** One sentence that says what to change. */
  readonly fix: string;

  constructor(code: FileFaultCode, found: string, fix: string, cause?: unknown) {
    super(`${found} ${fix}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.fix = fix;
  }
}
