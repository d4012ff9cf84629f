import type { SqlRow } from '../script.ts';
import type { TableShape } from './tables.ts';

/** Where rows come from: one state of a database that nobody else uses. */
export interface MoveSource {
  count(table: TableShape): Promise<number>;
  /** All rows in the order of their keys, a bounded number of bytes at a time. */
  batches(table: TableShape): AsyncIterable<readonly SqlRow[]>;
  /** The last number that a table handed out, also of a row that is gone; 0: none. */
  lastNumber(table: TableShape): Promise<number>;
  close(): Promise<void>;
}

/** Where they go: an empty database, in one transaction. */
export interface MoveTarget {
  insert(table: TableShape, rows: readonly SqlRow[]): Promise<void>;
  count(table: TableShape): Promise<number>;
  /** The next number of the table is larger. */
  setLastNumber(table: TableShape, last: number): Promise<void>;
  commit(): Promise<void>;
  /** Before `commit`: nothing is left of it. */
  close(): Promise<void>;
}

/** Bytes of one batch, and its rows: of tables whose rows are small, and of those whose rows may be megabytes. */
export const batchBytesMax = 4 * 1024 * 1024;
export const batchRowCountMax = 1_000;
export const blobBatchRowCountMax = 16;

export function rowBytes(row: SqlRow): number {
  let bytes = 0;
  for (const value of Object.values(row))
    bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
  return bytes;
}
