import { FileFault } from '../file-fault.ts';
import { clientLimits } from '../client-limits.ts';
import { readHead, readUtf8, sizeOfFile } from './byte-source.ts';
import type { Encoding } from './byte-source.ts';
import { cutBlocks } from './cut-blocks.ts';
import type { TableBlock } from './cut-blocks.ts';
import {
  encodingOf,
  isGzip,
  isParquet,
  refuseBinary,
  refuseForeignFormats,
  refuseForeignText,
} from './file-kind.ts';
import type { TableLayout } from './layout.ts';
import { sniffNdjson } from './ndjson-rows.ts';
import { openParquet } from './parquet.ts';
import { sniffCsv } from './sniff-csv.ts';

/** A file of rows, understood well enough to be read. */
export interface OpenTable {
  /** For people: `CSV with semicolons, UTF-16, gzip`. */
  readonly description: string;
  readonly layout: TableLayout;
  readonly hasHeader: boolean;
  readonly sample: readonly (readonly string[])[];
  /** Size of the file on disk. */
  readonly bytesTotal: number;
  /** Lines before the first row of data. */
  readonly bodyLine: number;
  /** The rows, from the start each time. `onBytes` hears how much of the file has been read. */
  blocks(signal?: AbortSignal, onBytes?: (bytes: number) => void): AsyncGenerator<TableBlock, void>;
}

/**
 * Recognises format, packing, encoding, delimiter and header of a file from its contents; the name does
 * not matter. CSV with comma, semicolon, tab or bar, NDJSON, Parquet; UTF-8, UTF-16, Windows-1252; gzip.
 * Throws a FileFault that names what it is instead.
 */
export async function openTable(path: string): Promise<OpenTable> {
  const bytesTotal = await sizeOfFile(path);
  const first = await readHead(path, false, 16);
  if (first.length === 0) throw new FileFault('FILE_EMPTY', 'The file holds nothing.', 'Export it again.');
  if (isParquet(first)) return openParquetTable(path, bytesTotal);
  const gzip = isGzip(first);
  const raw = await readHead(path, gzip, clientLimits.sampleBytes + 1);
  const isWhole = raw.length <= clientLimits.sampleBytes;
  refuseForeignFormats(raw);
  const encoding = encodingOf(raw);
  const head = utf8Of(raw, encoding);
  const start = head.toString('utf8', 0, 4_096);
  if (encoding !== 'utf-8') refuseBinary(start);
  refuseForeignText(start);
  if (start.trim() === '') throw new FileFault('FILE_EMPTY', 'The file holds nothing.', 'Export it again.');
  const isJson = start.trimStart().startsWith('{');
  const sniffed = isJson ? sniffNdjson(head, isWhole) : sniffCsv(head, isWhole);
  return {
    description: describe(sniffed.layout, encoding, gzip),
    layout: sniffed.layout,
    hasHeader: sniffed.hasHeader,
    sample: sniffed.sample,
    bytesTotal,
    bodyLine: sniffed.bodyLine,
    blocks: (signal, onBytes) => {
      const options = { gzip, encoding, ...(signal && { signal }), ...(onBytes && { onBytes }) };
      return cutBlocks(readUtf8(path, options), sniffed.layout, sniffed.bodyStart);
    },
  };
}

async function openParquetTable(path: string, bytesTotal: number): Promise<OpenTable> {
  const table = await openParquet(path);
  const blocks: OpenTable['blocks'] = (signal) => table.blocks(signal);
  const { layout, sample } = table;
  return { description: 'Parquet', layout, hasHeader: true, sample, bytesTotal, bodyLine: 0, blocks };
}

/** The head in UTF-8 without its byte order mark; a character cut at the end is dropped. */
function utf8Of(raw: Buffer, encoding: Encoding): Buffer {
  return Buffer.from(new TextDecoder(encoding).decode(raw, { stream: true }));
}

const delimiterNames: Readonly<Record<string, string>> = {
  ',': 'CSV with commas',
  ';': 'CSV with semicolons',
  '\t': 'CSV with tabs',
  '|': 'CSV with bars',
};

function describe(layout: TableLayout, encoding: Encoding, gzip: boolean): string {
  const format =
    layout.format === 'ndjson'
      ? 'NDJSON'
      : (delimiterNames[String.fromCharCode(layout.delimiter)] ?? 'CSV with its own delimiter');
  const words = [format, encoding === 'utf-8' ? '' : encoding, gzip ? 'gzip' : ''];
  return words.filter((word) => word !== '').join(', ');
}
