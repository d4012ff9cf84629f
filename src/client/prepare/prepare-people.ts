import { getCountries } from 'libphonenumber-js/min';

import { resolveColumnMap } from '../columns/column-map.ts';
import { requireColumns, understandColumns } from '../columns/understand-columns.ts';
import type { ColumnUnderstanding, UnderstoodColumn } from '../columns/understand-columns.ts';
import { clientLimits } from '../client-limits.ts';
import { FileFault } from '../file-fault.ts';
import { systemClock } from '../../platform/clock.ts';
import { openTable } from '../read/open-table.ts';
import type { OpenTable } from '../read/open-table.ts';
import { reasons, rowReasons, sliceBatch } from './people-batch.ts';
import type { PeopleBatch, PreparedBlock } from './people-batch.ts';
import type { RecordFault } from '../read/layout.ts';
import { openPreparePool } from './prepare-pool.ts';
import type { PreparePlan } from './prepare-plan.ts';
import { openRejectsFile } from './rejects-file.ts';

export type { PeopleBatch } from './people-batch.ts';

export interface PrepareOptions {
  readonly file: string;
  /** `COLUMN=KIND` as on the command line, or column → kind. Overrides what is guessed. */
  readonly map?: readonly string[] | Readonly<Record<string, string>>;
  /** Country of phone numbers without a country code: ISO 3166, two letters. A country column goes first. */
  readonly defaultCountry?: string;
  /** Whether rows without an id are left out. */
  readonly idRequired: boolean;
  readonly signal?: AbortSignal;
  /** Default 2. 0 works in the calling thread. */
  readonly threads?: number;
  readonly onProgress?: (progress: PrepareProgress) => void;
  /** Called once before the first row, with what the columns were taken for. */
  readonly onUnderstood?: (understanding: ColumnUnderstanding, description: string) => void;
  /** Path of a CSV of everything that was left out. */
  readonly rejectsFile?: string;
  /** Gives with each batch what its identifiers would be under foreign recipes: about 5 µs an identifier. */
  readonly withForeign?: boolean;
  /** Puts the rejected rows themselves into the rejects file. They are clear text. */
  readonly rejectsHoldRows?: boolean;
}

export interface PrepareProgress {
  readonly rows: number;
  readonly people: number;
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly rowsPerSecond: number;
}

/** `rows` = `people` + the sum of `rejected`. */
export interface PrepareReport {
  readonly rows: number;
  readonly people: number;
  readonly identifiers: number;
  /** Rows left out, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Values left out of rows that may have stayed, and notes, by reason. */
  readonly warnings: Readonly<Record<string, number>>;
  readonly columns: readonly UnderstoodColumn[];
  /** The format in words. */
  readonly description: string;
  readonly seconds: number;
}

/**
 * Reads a file of people, normalises and hashes what is in clear text, and hands the people to `onBatch` in
 * file order, at most batchRowCountMax at a time; the next batch waits for its promise. Memory is bounded by
 * the blocks under way, whatever the size of the file.
 *
 * Throws a FileFault when the file cannot be read as people, and the signal's reason when it is aborted.
 */
export async function preparePeople(
  options: PrepareOptions,
  onBatch: (batch: PeopleBatch) => Promise<void>,
): Promise<PrepareReport> {
  const started = systemClock.monotonic();
  const table = await openTable(options.file);
  const map = resolveColumnMap(table.layout.columns, mapEntries(options.map));
  const understanding = understandColumns(table.layout.columns, table.sample, map);
  requireColumns(understanding, options.idRequired);
  options.onUnderstood?.(understanding, table.description);
  const totals = await runPlan(planOf(table, understanding, options), table, options, started, onBatch);
  if (totals.rows === 0) {
    throw new FileFault('NO_ROWS', 'The file has a header and no rows.', 'Export it again with its rows.');
  }
  const { rows, people, identifiers, counts } = totals;
  return {
    rows,
    people,
    identifiers,
    rejected: countsOf(counts, 0, rowReasons.length),
    warnings: countsOf(counts, rowReasons.length, reasons.length),
    columns: understanding.columns,
    description: table.description,
    seconds: (systemClock.monotonic() - started) / 1_000,
  };
}

function mapEntries(map: PrepareOptions['map']): readonly string[] {
  if (map === undefined) return [];
  return isList(map) ? map : Object.entries(map).map(([column, kind]) => `${column}=${kind}`);
}

function isList(map: NonNullable<PrepareOptions['map']>): map is readonly string[] {
  return Array.isArray(map);
}

function planOf(table: OpenTable, understanding: ColumnUnderstanding, options: PrepareOptions): PreparePlan {
  const { columns } = understanding;
  const lists = options.rejectsFile !== undefined;
  return {
    layout: table.layout,
    identifierColumns: columns
      .filter(({ kind }) => kind !== 'id' && kind !== 'country' && kind !== 'ignore')
      .map(({ index, kind }) => ({ index, kind })),
    idColumn: columns.findIndex((column) => column.kind === 'id'),
    countryColumn: columns.findIndex((column) => column.kind === 'country'),
    defaultCountry: countryCode(options.defaultCountry),
    idRequired: options.idRequired,
    withForeign: options.withForeign === true,
    listsFaults: lists,
    keepsRowText: lists && options.rejectsHoldRows === true,
    hasHeader: table.hasHeader && table.layout.format === 'csv',
  };
}

function countryCode(country: string | undefined): string | undefined {
  if (country === undefined || country === '') return undefined;
  const code = country.trim().toUpperCase();
  if ((getCountries() as readonly string[]).includes(code)) return code;
  throw new FileFault(
    'COUNTRY_UNKNOWN',
    'The default country is not known.',
    'Use two letters, such as US or DE.',
  );
}

interface Totals {
  rows: number;
  people: number;
  identifiers: number;
  readonly counts: Uint32Array;
}

/** What stands in the queue, in file order. */
type Pending =
  | { readonly kind: 'prepared'; readonly block: Promise<PreparedBlock> }
  | { readonly kind: 'dropped'; readonly fault: RecordFault };

/** Below this, starting threads costs more than they save. */
const threadedBytesMin = 2 * clientLimits.blockBytes;

async function runPlan(
  plan: PreparePlan,
  table: OpenTable,
  options: PrepareOptions,
  started: number,
  onBatch: (batch: PeopleBatch) => Promise<void>,
): Promise<Totals> {
  const totals: Totals = { rows: 0, people: 0, identifiers: 0, counts: new Uint32Array(reasons.length) };
  const threads = Math.min(options.threads ?? 2, clientLimits.threadCountMax);
  const pool = openPreparePool(plan, table.bytesTotal < threadedBytesMin ? 0 : threads);
  const { rejectsFile, rejectsHoldRows, signal } = options;
  const rejects =
    rejectsFile === undefined
      ? undefined
      : openRejectsFile(rejectsFile, plan.layout.columns, rejectsHoldRows === true);
  let line = table.bodyLine + 1;
  let bytesRead = 0;
  const settle = async (pending: Pending): Promise<void> => {
    const block = pending.kind === 'dropped' ? droppedBlock(pending.fault) : await pending.block;
    signal?.throwIfAborted();
    await rejects?.add(block.faults, line);
    line += block.lineCount;
    addTo(totals, block);
    for (const batch of sliceBatch(block.people, clientLimits.batchRowCountMax)) await onBatch(batch);
    options.onProgress?.(progressOf(totals, bytesRead, table.bytesTotal, started));
  };
  try {
    const queue: Pending[] = [];
    const blocks = table.blocks(signal, (bytes) => {
      bytesRead = bytes;
    });
    for await (const block of blocks) {
      queue.push(
        block.kind === 'dropped' ? block : { kind: 'prepared', block: held(pool.prepare(block.bytes)) },
      );
      while (queue.length >= pool.capacity) await settle(queue.shift()!);
    }
    bytesRead = table.bytesTotal;
    for (const pending of queue) await settle(pending);
    return totals;
  } finally {
    await pool.close();
    await rejects?.close();
  }
}

/** A block that fails while an earlier one is still being handed over must not end the process. */
function held<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

function addTo(totals: Totals, block: PreparedBlock): void {
  totals.rows += block.rowCount;
  totals.people += block.people.rowCount;
  totals.identifiers += block.people.identifierType.length;
  block.counts.forEach((count, code) => {
    totals.counts[code]! += count;
  });
}

function progressOf(totals: Totals, bytesRead: number, bytesTotal: number, started: number): PrepareProgress {
  const seconds = Math.max(0.001, (systemClock.monotonic() - started) / 1_000);
  const rowsPerSecond = Math.round(totals.rows / seconds);
  return { rows: totals.rows, people: totals.people, bytesRead, bytesTotal, rowsPerSecond };
}

/** A record that was left out before it reached a thread, as a block of one bad row. */
function droppedBlock(fault: RecordFault): PreparedBlock {
  const code = reasons.indexOf(fault);
  const counts = new Uint32Array(reasons.length);
  counts[code] = 1;
  return {
    people: emptyBatch,
    rowCount: 1,
    lineCount: 1,
    counts,
    faults: {
      count: 1,
      line: Uint32Array.of(0),
      reason: Uint8Array.of(code),
      column: Int16Array.of(-1),
      rowText: [],
    },
  };
}

const emptyBatch: PeopleBatch = {
  rowCount: 0,
  rowFaults: new Uint32Array(0),
  externalIdStart: new Uint32Array(1),
  externalIdBytes: new Uint8Array(0),
  identifierStart: new Uint32Array(1),
  identifierType: new Uint8Array(0),
  identifierDigest: new Uint8Array(0),
  uidValueStart: new Uint32Array(1),
  uidValueBytes: new Uint8Array(0),
  foreign: null,
};

function countsOf(counts: Uint32Array, from: number, to: number): Record<string, number> {
  const named: Record<string, number> = {};
  for (let code = from; code < to; code++) if (counts[code]! > 0) named[reasons[code]!] = counts[code]!;
  return named;
}
