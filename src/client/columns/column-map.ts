import { FileFault } from '../file-fault.ts';
import { kindOfWord, kindWordList } from './kinds.ts';
import type { ColumnKind } from './kinds.ts';

/** What a person says columns are: position in the file → kind. */
export type ColumnMap = ReadonlyMap<number, ColumnKind>;

/**
 * Resolves the words of `--map COLUMN=KIND`. COLUMN is a column's name, first exactly, then without regard
 * to case, or `#3` for the third. Throws a FileFault for a column or kind that is not there, and for a
 * column named twice.
 */
export function resolveColumnMap(columns: readonly string[], entries: readonly string[]): ColumnMap {
  const map = new Map<number, ColumnKind>();
  for (const entry of entries) {
    const split = entry.lastIndexOf('=');
    const kind = split < 1 ? undefined : kindOfWord(entry.slice(split + 1));
    if (kind === undefined) {
      throw new FileFault(
        'MAP_KIND_UNKNOWN',
        'A mapping does not end in =KIND.',
        `Write --map COLUMN=KIND with one of ${kindWordList.join(', ')}.`,
      );
    }
    const column = findColumn(columns, entry.slice(0, split));
    if (column === -1) {
      throw new FileFault(
        'MAP_COLUMN_UNKNOWN',
        `The file has no column ${quote(entry.slice(0, split))}.`,
        `It has ${listColumns(columns)}.`,
      );
    }
    if (map.has(column)) {
      throw new FileFault(
        'MAP_CONFLICT',
        `The column ${quote(columns[column]!)} is mapped twice.`,
        'Map it once.',
      );
    }
    map.set(column, kind);
  }
  return map;
}

function findColumn(columns: readonly string[], name: string): number {
  const exact = columns.indexOf(name);
  if (exact !== -1) return exact;
  const byNumber = /^#(\d{1,3})$/.exec(name.trim());
  if (byNumber !== null) return Number(byNumber[1]) <= columns.length ? Number(byNumber[1]) - 1 : -1;
  const folded = name.trim().toLowerCase();
  return columns.findIndex((column) => column.trim().toLowerCase() === folded);
}

const shownColumnsMax = 40;

/** The columns of a file for a message: names only, at most 40 of them. */
export function listColumns(columns: readonly string[]): string {
  const shown = columns.slice(0, shownColumnsMax).map(quote).join(', ');
  const more = columns.length - shownColumnsMax;
  return more > 0 ? `${shown} and ${String(more)} more` : shown;
}

function quote(name: string): string {
  const printable = name.replace(/[\p{Cc}\p{Cf}]/gu, '?');
  return `"${printable.length > 60 ? `${printable.slice(0, 59)}…` : printable}"`;
}
