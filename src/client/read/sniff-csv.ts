import { kindOfHeader } from '../columns/header-words.ts';
import { shapeOf } from '../columns/value-shapes.ts';
import { clientLimits } from '../client-limits.ts';
import { FileFault } from '../file-fault.ts';
import { newFieldSpans, splitCsv } from './csv-rows.ts';
import { carriageReturn, lineFeed } from './layout.ts';
import type { CsvLayout, TableLayout } from './layout.ts';

/** What the beginning of a file tells about the rest. */
export interface Sniffed {
  readonly layout: TableLayout;
  /** Offset of the first row of data in the UTF-8 text, and the lines before it. */
  readonly bodyStart: number;
  readonly bodyLine: number;
  /** False when the columns had to be named column_1, column_2 … */
  readonly hasHeader: boolean;
  /** Rows of the sample, values by column. */
  readonly sample: readonly (readonly string[])[];
}

interface SampleRow {
  readonly cells: readonly string[];
  readonly line: number;
  readonly end: number;
}

const delimiters = [',', ';', '\t', '|'] as const;
/** Title lines that exports write above the header. */
const titleLineCountMax = 10;

/**
 * Finds delimiter, header and columns in the UTF-8 head of a CSV file. `isWhole` says that the head is the
 * whole file, so that its last line is complete. Throws a FileFault for what cannot be a table of people.
 */
export function sniffCsv(head: Buffer, isWhole: boolean): Sniffed {
  const newline = head.includes(lineFeed) || !head.includes(carriageReturn) ? lineFeed : carriageReturn;
  const declared = /^sep=(.)\r?\n/.exec(head.toString('latin1', 0, 8));
  const skipped = declared === null ? 0 : declared[0].length;
  const text = head.subarray(skipped);
  const delimiter = declared === null ? likelyDelimiter(text, newline, isWhole) : declared[1]!;
  const rows = sampleRows(text, delimiter, newline, isWhole);
  const headerAt = headerRow(rows);
  const header = rows[headerAt];
  if (header === undefined) {
    if (!isWhole) throw new FileFault('HEADER_TOO_LONG', 'The first line does not end.', 'Is this a table?');
    throw new FileFault('FILE_EMPTY', 'The file holds nothing.', 'Export it again.');
  }
  const hasHeader = isHeader(header.cells);
  const columns = namesOf(header.cells, hasHeader);
  const skippedLines = skipped === 0 ? 0 : 1;
  const before = rows[headerAt - 1];
  const lastSkipped = hasHeader ? header : before;
  const layout: CsvLayout = { format: 'csv', delimiter: delimiter.charCodeAt(0), newline, columns };
  return {
    layout,
    bodyStart: skipped + (lastSkipped?.end ?? 0),
    bodyLine: skippedLines + (lastSkipped === undefined ? 0 : linesUpTo(text, lastSkipped.end, newline)),
    hasHeader,
    sample: rows.slice(hasHeader ? headerAt + 1 : headerAt).map((row) => row.cells),
  };
}

function linesUpTo(bytes: Buffer, end: number, newline: number): number {
  let lines = 0;
  for (let i = 0; i < end; i++) if (bytes[i] === newline) lines++;
  return lines;
}

/** The delimiter under which most rows have the same number of fields, and more than one. */
function likelyDelimiter(text: Buffer, newline: number, isWhole: boolean): string {
  let best: { readonly delimiter: string; readonly score: number } = { delimiter: ',', score: 0 };
  const head = text.subarray(0, 64 * 1024);
  for (const delimiter of delimiters) {
    const rows = sampleRows(head, delimiter, newline, isWhole && head.length === text.length).slice(0, 50);
    const width = commonWidth(rows);
    if (width < 2) continue;
    const agreeing = rows.filter((row) => row.cells.length === width).length / rows.length;
    const score = agreeing + Math.min(width, 50) / 200;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** The most frequent number of fields. */
function commonWidth(rows: readonly SampleRow[]): number {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row.cells.length, (counts.get(row.cells.length) ?? 0) + 1);
  let width = 1;
  let most = 0;
  for (const [candidate, count] of counts) {
    if (count > most || (count === most && candidate > width)) {
      width = candidate;
      most = count;
    }
  }
  return width;
}

function sampleRows(head: Buffer, delimiter: string, newline: number, isWhole: boolean): SampleRow[] {
  const bytes = Buffer.from(head);
  const layout: CsvLayout = { format: 'csv', delimiter: delimiter.charCodeAt(0), newline, columns: [] };
  const fields = newFieldSpans();
  const rows: SampleRow[] = [];
  const length = isWhole ? bytes.length : bytes.lastIndexOf(newline) + 1;
  splitCsv(bytes, length, layout, fields, {
    row: (line, _start, end) => {
      if (rows.length > clientLimits.sampleRowCount + titleLineCountMax) return;
      if (rows.length === 0 && fields.count > clientLimits.columnCountMax) refuseColumnCount(fields.count);
      const count = Math.min(fields.count, clientLimits.columnCountMax);
      const cells = Array.from({ length: count }, (_, i) =>
        bytes.toString('utf8', fields.start[i], fields.end[i]).trim(),
      );
      rows.push({ cells, line, end: Math.min(end + 1, bytes.length) });
    },
    bad: () => undefined,
  });
  return rows;
}

function refuseColumnCount(count: number): never {
  throw new FileFault(
    'TOO_MANY_COLUMNS',
    `The file has ${String(count)} columns; at most ${String(clientLimits.columnCountMax)} are read.`,
    'Export the id and the identifiers only.',
  );
}

/** Skips title lines: short lines above the first one that is as wide as the rows below. */
function headerRow(rows: readonly SampleRow[]): number {
  const width = commonWidth(rows.slice(0, 100));
  for (let i = 0; i < Math.min(rows.length, titleLineCountMax); i++) {
    const filled = rows[i]!.cells.filter((cell) => cell !== '').length;
    if (width < 3 || filled > width / 3 || isHeader(rows[i]!.cells)) return i;
  }
  return 0;
}

/** A header names things: none of its cells is a value of a person, and one of them is a word for a column. */
function isHeader(cells: readonly string[]): boolean {
  const shapes = cells.map(shapeOf);
  const isValue = shapes.some((shape) => !['nothing', 'other', 'country'].includes(shape));
  if (isValue) return false;
  if (cells.some((cell) => kindOfHeader(cell) !== null)) return true;
  return (
    cells.every((cell) => /^[\p{L}_#][\p{L}\p{N}\p{P}\s]*$/u.test(cell)) &&
    new Set(cells).size === cells.length
  );
}

/** Names for all columns: unique, never empty, cut to a length. */
function namesOf(cells: readonly string[], hasHeader: boolean): string[] {
  const taken = new Set<string>();
  return cells.map((cell, i) => {
    const plain = hasHeader ? cell.slice(0, clientLimits.headerNameCharsMax) : '';
    let name = plain === '' ? `column_${String(i + 1)}` : plain;
    for (let n = 2; taken.has(name); n++) name = `${plain === '' ? 'column' : plain}_${String(n)}`;
    taken.add(name);
    return name;
  });
}
