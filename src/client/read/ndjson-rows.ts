import { clientLimits } from '../client-limits.ts';
import { FileFault } from '../file-fault.ts';
import { lineFeed } from './layout.ts';
import type { Sniffed } from './sniff-csv.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** The object of a line; undefined when the line is not exactly one JSON object. */
export function parseRecord(line: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The text of a member: strings as they are, numbers and booleans written out, arrays joined with
 * semicolons, anything else empty. `a.b` is a member of that name, or the member b of the object a.
 */
export function textAt(record: JsonRecord, name: string): string {
  if (Object.hasOwn(record, name)) return textOf(record[name]);
  let value: unknown = record;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return '';
    value = (value as JsonRecord)[part];
  }
  return textOf(value);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.slice(0, clientLimits.valuesPerCellMax).map(textOfScalar).join(';');
  return '';
}

function textOfScalar(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Columns and a sample from the head of an NDJSON file: the members of the first objects, one level deep. */
export function sniffNdjson(head: Buffer, isWhole: boolean): Sniffed {
  const text = head.toString('utf8', 0, isWhole ? head.length : head.lastIndexOf(lineFeed) + 1);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const records = lines.slice(0, clientLimits.sampleRowCount).map(parseRecord);
  const good = records.filter((record) => record !== undefined);
  if (good.length === 0) {
    const fix = 'Write one complete object a line.';
    throw new FileFault(
      'NOT_A_TABLE',
      'The file begins like JSON, but none of its first lines is an object.',
      fix,
    );
  }
  const columns = new Set<string>();
  for (const record of good) for (const name of namesIn(record)) columns.add(name);
  if (columns.size > clientLimits.columnCountMax) {
    const found = `The objects have ${String(columns.size)} different members; at most ${String(clientLimits.columnCountMax)} are read.`;
    throw new FileFault('TOO_MANY_COLUMNS', found, 'Export the id and the identifiers only.');
  }
  const names = [...columns];
  return {
    layout: { format: 'ndjson', newline: lineFeed, columns: names },
    bodyStart: 0,
    bodyLine: 0,
    hasHeader: true,
    sample: good.map((record) => names.map((name) => textAt(record, name))),
  };
}

function namesIn(record: JsonRecord): string[] {
  return Object.entries(record).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.keys(value).map((inner) => `${name}.${inner}`)
      : [name],
  );
}
