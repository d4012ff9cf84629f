import { clientLimits } from '../client-limits.ts';
import { InputFileError } from '../input-file-error.ts';
import { columnKinds, identifierOfKind, isColumnKind } from './column-kinds.ts';
import type { ColumnKind } from './column-kinds.ts';
import { lookOfColumn, lookOfValue } from './contents.ts';
import type { Look } from './contents.ts';
import { idRank, kindOfHeader } from './header-words.ts';

/** What is understood of one column. */
export interface Column {
  readonly index: number;
  /** As in the file, but without control characters and at most headerNameCharsMax long. */
  readonly name: string;
  readonly kind: ColumnKind;
  /** What decided: the caller's map, the header, or the values. */
  readonly by: 'map' | 'header' | 'contents';
}

/** Header or column name → kind; every other column is detected. */
export type ColumnMap = Readonly<Record<string, string>>;

export interface DetectOptions {
  readonly map?: ColumnMap;
  /** The file must say which row is whom. */
  readonly idRequired: boolean;
}

/**
 * Decides what each column of a file of people holds, from its header, the first rows, and what the caller
 * says. At most one column is the id and one the country; several may hold addresses or numbers.
 * Values that are already hashed make their column a hashed one, so that nothing is hashed twice.
 * Throws InputFileError: header_missing, id_column_missing, identifier_column_missing, hashes_unusable,
 * map_column_unknown, map_conflict, too_many_columns.
 */
export function detectColumns(
  headers: readonly string[],
  sample: readonly (readonly string[])[],
  options: DetectOptions,
): readonly Column[] {
  checkHeader(headers);
  const mapped = resolveMap(headers, options.map ?? {});
  const looks = headers.map((_, index) => lookOfColumn(sample.map((row) => row[index] ?? '')));
  const guessed = headers.map((header, index): Column => {
    const name = cleanHeader(header, index);
    const kind = mapped.get(index);
    if (kind !== undefined) return { index, name, kind: checkLook(name, kind, looks[index]!), by: 'map' };
    return detectOne(index, name, looks[index]!);
  });
  const columns = keepOne(keepOne(guessed, 'id'), 'country');
  if (options.idRequired && !columns.some((column) => column.kind === 'id')) {
    throw new InputFileError(
      'id_column_missing',
      'No column says who a row is.',
      `Name a column user_id or external_id, or map one: --map "${columns[0]?.name ?? 'column'}=id".`,
    );
  }
  if (!columns.some((column) => identifierOfKind[column.kind] !== null)) {
    throw new InputFileError(
      'identifier_column_missing',
      'No column holds e-mail addresses, phone numbers or other identifiers.',
      `Map one by its header to one of: ${columnKinds.join(', ')}.`,
    );
  }
  return columns;
}

function detectOne(index: number, name: string, look: Look): Column {
  const kind = kindOfHeader(name);
  if (kind !== null) {
    // Another product calls a short list id EUID; the identifier of that name is long.
    if (kind === 'euid' && look === 'other') return { index, name, kind, by: 'header' };
    return { index, name, kind: checkLook(name, kind, look), by: 'header' };
  }
  if (look === 'email') return { index, name, kind: 'email', by: 'contents' };
  if (look === 'phone') return { index, name, kind: 'phone', by: 'contents' };
  return { index, name, kind: 'ignore', by: 'contents' };
}

/** Corrects between clear and hashed by the values, and refuses hashes that can never match. */
function checkLook(name: string, kind: ColumnKind, look: Look): ColumnKind {
  const type = identifierOfKind[kind];
  if (type !== 'hashed_email' && type !== 'hashed_phone') return kind;
  if (look === 'sha256') return type;
  if (look === 'md5' || look === 'sha1' || look === 'base64') {
    const found = { md5: 'MD5 hashes', sha1: 'SHA-1 hashes', base64: 'hashes in Base64' }[look];
    throw new InputFileError(
      'hashes_unusable',
      `Column "${name}" holds ${found}; the protocol carries SHA-256 as 64 hexadecimal digits.`,
      look === 'base64'
        ? 'Export the column as hexadecimal SHA-256 or in clear text.'
        : 'Export the column in clear text, which is hashed here before it leaves, or as SHA-256.',
    );
  }
  if (kind === 'hashed_email' && look === 'email') return 'email';
  return kind === 'hashed_phone' && look === 'phone' ? 'phone' : kind;
}

/** Of several columns of a kind that may occur once, the mapped or best named one stays. */
function keepOne(columns: readonly Column[], kind: 'id' | 'country'): readonly Column[] {
  const all = columns.filter((column) => column.kind === kind);
  const rank = (column: Column): number =>
    column.by === 'map' ? -1 : kind === 'id' ? idRank(column.name) : 0;
  const best = all.reduce<Column | undefined>(
    (kept, column) => (kept === undefined || rank(column) < rank(kept) ? column : kept),
    undefined,
  );
  return columns.map((column) =>
    column.kind === kind && column !== best ? { ...column, kind: 'ignore' as const } : column,
  );
}

function resolveMap(headers: readonly string[], map: ColumnMap): ReadonlyMap<number, ColumnKind> {
  const found = new Map<number, ColumnKind>();
  const once = new Set<string>();
  for (const [name, kind] of Object.entries(map)) {
    if (!isColumnKind(kind)) {
      throw new InputFileError(
        'map_conflict',
        `A column cannot hold "${clean(kind)}".`,
        `Use one of: ${columnKinds.join(', ')}.`,
      );
    }
    const wanted = name.trim().toLowerCase();
    const exact = headers.indexOf(name);
    const index =
      exact === -1 ? headers.findIndex((header) => header.trim().toLowerCase() === wanted) : exact;
    if (index === -1) {
      throw new InputFileError(
        'map_column_unknown',
        `The file has no column "${clean(name)}".`,
        `Its columns are: ${headers.slice(0, 20).map(clean).join(', ')}.`,
      );
    }
    if (found.has(index) || (once.has(kind) && (kind === 'id' || kind === 'country'))) {
      throw new InputFileError(
        'map_conflict',
        `"${clean(name)}" is mapped beside another column.`,
        'Map one id, one country, and each column once.',
      );
    }
    found.set(index, kind);
    once.add(kind);
  }
  return found;
}

function checkHeader(headers: readonly string[]): void {
  if (headers.length > clientLimits.columnCountMax) {
    throw new InputFileError(
      'too_many_columns',
      `The file has more than ${clientLimits.columnCountMax} columns.`,
      'Export only the columns with ids, addresses and numbers.',
    );
  }
  const looks = headers.map((header) => lookOfValue(header.trim()));
  if (looks.some((look) => look === 'email' || look === 'sha256' || look === 'phone' || look === 'maid')) {
    throw new InputFileError(
      'header_missing',
      'The first line holds values instead of column names.',
      'Put a line of names first, such as user_id,email,phone.',
    );
  }
}

function cleanHeader(header: string, index: number): string {
  const name = clean(header);
  return name === '' ? `column ${index + 1}` : name;
}

/** Headers are shown on terminals and in reports, so nothing in them may steer those. */
function clean(text: string): string {
  return text
    .replace(/[\p{C}]/gu, '')
    .trim()
    .slice(0, clientLimits.headerNameCharsMax);
}
