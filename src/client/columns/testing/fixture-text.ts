import { kindOfWord } from '../kinds.ts';
import type { ColumnKind } from '../kinds.ts';
import { valuesOfPool } from './value-pools.ts';

/** A file as somebody exports it, and what a person who knows the system would say each column is. */
export interface HeaderFixture {
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly expected: readonly ColumnKind[];
}

/**
 * Reads fixtures from text. `# name` begins one; each further line is a column, `KIND HEADER = VALUES`, with
 * `-` for a column that must be left alone. Values have bars between them; `$mail` takes some of a pool.
 *
 *     # shop, customers
 *     id     Customer ID = 1 | 2 | 3
 *     -      Fax         = $us
 */
export function readFixtures(text: string): HeaderFixture[] {
  return text
    .split(/^\s*# /m)
    .slice(1)
    .map((part, ordinal) => readFixture(part.split('\n'), ordinal));
}

interface Column {
  readonly kind: ColumnKind;
  readonly header: string;
  readonly values: readonly string[];
}

function readFixture(lines: readonly string[], ordinal: number): HeaderFixture {
  const columns = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line, index) => readColumn(line, ordinal + index));
  const rowCount = Math.max(...columns.map((column) => column.values.length));
  return {
    name: lines[0]!.trim(),
    header: columns.map((column) => column.header),
    rows: Array.from({ length: rowCount }, (_, row) => columns.map((column) => column.values[row] ?? '')),
    expected: columns.map((column) => column.kind),
  };
}

/** A line begins with blanks and the kind; a header may be empty. */
function readColumn(line: string, offset: number): Column {
  const found = /^[ ]*(\S+) +(.*?) *= (.*)$/.exec(line);
  const kind = found === null ? undefined : found[1] === '-' ? 'ignore' : kindOfWord(found[1]!);
  if (found === null || kind === undefined)
    throw new Error(`a fixture has a line that is no column: ${line}`);
  const text = found[3]!.trim();
  const values = text.startsWith('$')
    ? valuesOfPool(text.slice(1), offset)
    : text.split('|').map((value) => value.trim());
  return { kind, header: found[2]!, values };
}
