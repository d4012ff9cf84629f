import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

import { clientLimits } from '../client-limits.ts';
import { FileFault } from '../file-fault.ts';
import type { TableBlock } from './cut-blocks.ts';
import type { CsvLayout } from './layout.ts';
import { lineFeed } from './layout.ts';

/** A Parquet file as a table: its columns, a sample, and its rows rewritten as blocks of CSV. */
export interface ParquetTable {
  readonly layout: CsvLayout;
  readonly sample: readonly (readonly string[])[];
  blocks(signal?: AbortSignal): AsyncGenerator<TableBlock, void>;
}

/** Opens a Parquet file through DuckDB. Values become text; lists are joined with semicolons, blobs become hex. */
export async function openParquet(path: string): Promise<ParquetTable> {
  const described = await withConnection(async (connection) => {
    const reader = await connection.runAndReadAll('DESCRIBE SELECT * FROM read_parquet($1)', [
      literalPath(path),
    ]);
    return reader.getRows().map((row) => ({ name: String(row[0]), type: String(row[1]) }));
  });
  if (described.length > clientLimits.columnCountMax) {
    const found = `The file has ${String(described.length)} columns; at most ${String(clientLimits.columnCountMax)} are read.`;
    throw new FileFault('TOO_MANY_COLUMNS', found, 'Export the id and the identifiers only.');
  }
  const select = `SELECT ${described.map((column) => asText(column.name, column.type)).join(', ')} FROM read_parquet($1)`;
  const sample = await withConnection(async (connection) => {
    const limited = `${select} LIMIT ${String(clientLimits.sampleRowCount)}`;
    const reader = await connection.runAndReadAll(limited, [literalPath(path)]);
    return reader.getRows().map((row) => row.map((value) => (value === null ? '' : String(value))));
  });
  const columns = described.map((column) => column.name);
  return {
    layout: { format: 'csv', delimiter: 0x2c, newline: lineFeed, columns },
    sample,
    blocks: (signal) => blocksOf(path, select, signal),
  };
}

/** DuckDB reads patterns; brackets keep a name with such characters a name. */
function literalPath(path: string): string {
  return path.replace(/[*?[]/g, '[$&]');
}

function asText(name: string, type: string): string {
  const column = `"${name.replaceAll('"', '""')}"`;
  if (type.endsWith('[]')) return `array_to_string(CAST(${column} AS VARCHAR[]), ';')`;
  return type === 'BLOB' ? `lower(hex(${column}))` : `CAST(${column} AS VARCHAR)`;
}

async function* blocksOf(
  path: string,
  select: string,
  signal?: AbortSignal,
): AsyncGenerator<TableBlock, void> {
  const { instance, connection } = await connect();
  try {
    const result = await connection.stream(select, [literalPath(path)]);
    let text = '';
    for (;;) {
      signal?.throwIfAborted();
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      for (const row of chunk.getRows()) text += `${row.map(cellOf).join(',')}\n`;
      if (text.length < clientLimits.blockBytes / 2) continue;
      yield { kind: 'records', bytes: new Uint8Array(Buffer.from(text)) };
      text = '';
    }
    if (text.length > 0) yield { kind: 'records', bytes: new Uint8Array(Buffer.from(text)) };
  } catch (error) {
    throw faultOf(error, signal);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A cell of CSV on one line, so that line numbers are row numbers. */
function cellOf(value: unknown): string {
  if (value === null) return '';
  // Every column was asked for as text.
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replace(/[\r\n]+/g, ' ');
  return /[",]/.test(text) || text.startsWith(' ') ? `"${text.replaceAll('"', '""')}"` : text;
}

async function connect(): Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: `${String(clientLimits.parquetMemoryMiB)}MiB`,
    autoinstall_known_extensions: 'false',
  });
  return { instance, connection: await instance.connect() };
}

async function withConnection<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const { instance, connection } = await connect();
  try {
    return await use(connection);
  } catch (error) {
    throw faultOf(error);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** DuckDB's own words may quote values, so they are not repeated. */
function faultOf(error: unknown, signal?: AbortSignal): unknown {
  if (error instanceof FileFault || signal?.aborted === true) return error;
  return new FileFault('PARQUET_BROKEN', 'The Parquet file is damaged or cut off.', 'Export it again.');
}
