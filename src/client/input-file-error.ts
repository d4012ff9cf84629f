/** Why a file of people cannot be used; the person who gave it can act on each. */
export type InputFileErrorCode =
  | 'file_missing'
  | 'file_unreadable'
  | 'file_empty'
  | 'no_rows'
  | 'not_a_table'
  | 'header_missing'
  | 'too_many_columns'
  | 'row_too_long'
  | 'id_column_missing'
  | 'identifier_column_missing'
  | 'hashes_unusable'
  | 'map_column_unknown'
  | 'map_conflict'
  | 'country_unknown';

/** A fault of a file, or of how it was described. Neither `message` nor `fix` holds a value of a row. */
export class InputFileError extends Error {
  override name = 'InputFileError';
  readonly code: InputFileErrorCode;
  /** One sentence: what to do about it. */
  readonly fix: string;

  constructor(code: InputFileErrorCode, found: string, fix: string, cause?: unknown) {
    super(found, cause === undefined ? undefined : { cause });
    this.code = code;
    this.fix = fix;
  }
}
