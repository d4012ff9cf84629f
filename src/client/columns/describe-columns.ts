import { isNothing } from '../normalise/nothing.ts';
import type { Column } from './detect-columns.ts';

const reasons: Readonly<Record<Column['by'], string>> = {
  map: 'as mapped',
  header: 'by its name',
  contents: 'by its values',
};

/**
 * What was understood, one line a column, for the person who gave the file. Of values it shows only
 * a mask that tells the kinds apart and no two people: `j…@g….com`, `+1…34`.
 */
export function describeColumns(columns: readonly Column[], sample: readonly (readonly string[])[]): string {
  const width = Math.max(...columns.map((column) => column.name.length));
  return columns
    .map((column) => {
      const name = column.name.padEnd(width);
      if (column.kind === 'ignore') return `${name}  not used`;
      const value = sample.map((row) => row[column.index] ?? '').find((text) => !isNothing(text));
      const example = value === undefined ? 'no value in the first rows' : `for example ${maskValue(value)}`;
      return `${name}  ${column.kind} (${reasons[column.by]}), ${example}`;
    })
    .join('\n');
}

/** A value made unrecognisable but for its kind. */
export function maskValue(text: string): string {
  const value = text.trim().replace(/[\p{C}]/gu, '');
  const at = value.indexOf('@');
  if (at > 0) {
    const end = /\.[a-z]{2,6}$/i.exec(value)?.[0] ?? '';
    return `${value.charAt(0)}…@${value.charAt(at + 1)}…${end}`;
  }
  if (value.length <= 3) return '…';
  const kept = value.startsWith('+') || /^[0-9a-f]{32,}$/i.test(value) ? 2 : 1;
  return `${[...value].slice(0, kept).join('')}… (${value.length} characters)`;
}
