import { AppError } from '../../base/faults.ts';
import { all, get, run, type Script } from '../script.ts';

/**
 * Scripts for the contract suite of stores. They use two tables of the real schema that stand alone:
 * `meta` as a map of words, and `graph_piece` as a home for blobs.
 */
const put = `INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`;
const insertOnly = `INSERT INTO meta (name, value) VALUES (?, ?)`;
const find = `SELECT value FROM meta WHERE name = ?`;
const list = `SELECT name, value FROM meta ORDER BY name`;
const append = `INSERT INTO latency_sample (matched_at, duration_ms) VALUES (?, ?) RETURNING sample_no AS place`;
const appended = `SELECT matched_at AS value FROM latency_sample ORDER BY sample_no`;
const putBlob = `INSERT INTO graph_piece (run_no, piece_no, bytes) VALUES (?, ?, ?)
  ON CONFLICT (run_no, piece_no) DO UPDATE SET bytes = excluded.bytes`;
const findBlob = `SELECT bytes FROM graph_piece WHERE run_no = ? AND piece_no = ?`;
const blobSizes = `SELECT piece_no AS piece, length(bytes) AS size FROM graph_piece WHERE run_no = ? ORDER BY piece_no`;

export interface Word {
  readonly name: string;
  readonly value: string;
}

export const contractScripts = {
  *putWord({ name, value }: Word): Script<number> {
    return yield* run(put, name, value);
  },
  *putWords(words: readonly Word[]): Script<void> {
    for (const { name, value } of words) yield* run(put, name, value);
  },
  /** Writes, then refuses: nothing of it may stay. */
  *putAndRefuse({ name, value }: Word): Script<never> {
    yield* run(put, name, value);
    throw new AppError('AUDIENCE_NOT_FOUND', 'refused on purpose', {
      field: 'audiences[3].audience_id',
      suggestion: 'Try another.',
      retryAfterSeconds: 7,
      details: { depth: { list: [1, 'two', null] } },
      cause: new Error('stays where it was'),
    });
  },
  /** Writes, then breaks as a bug would, with data in the message. */
  *putAndBreak({ name, value }: Word): Script<never> {
    yield* run(put, name, value);
    throw new TypeError(`unexpected ${value}`);
  },
  /** Refused by the database itself when the name is taken. */
  *insertWord({ name, value }: Word): Script<number> {
    return yield* run(insertOnly, name, value);
  },
  *word({ name }: { readonly name: string }): Script<string | null> {
    return (yield* get<{ value: string }>(find, name))?.value ?? null;
  },
  *words(_: object): Script<readonly Word[]> {
    return (yield* all<Word>(list)).map(({ name, value }) => ({ name, value }));
  },
  /** Reads and writes in one transaction: lost updates would show. */
  *increment({ name }: { readonly name: string }): Script<number> {
    const next = Number((yield* get<{ value: string }>(find, name))?.value ?? 0) + 1;
    yield* run(put, name, String(next));
    return next;
  },
  *append({ value }: { readonly value: number }): Script<number> {
    return (yield* get<{ place: number }>(append, value, 0))?.place ?? 0;
  },
  *appended(_: object): Script<readonly number[]> {
    return (yield* all<{ value: number }>(appended)).map(({ value }) => value);
  },
  *putBlob(input: {
    readonly run: number;
    readonly piece: number;
    readonly bytes: Uint8Array;
  }): Script<void> {
    yield* run(putBlob, input.run, input.piece, input.bytes);
  },
  *blob(input: { readonly run: number; readonly piece: number }): Script<Uint8Array | null> {
    return (yield* get<{ bytes: Uint8Array }>(findBlob, input.run, input.piece))?.bytes ?? null;
  },
  *blobSizes({ run: runNo }: { readonly run: number }): Script<readonly (readonly [number, number])[]> {
    const rows = yield* all<{ piece: number; size: number }>(blobSizes, runNo);
    return rows.map(({ piece, size }) => [piece, size] as const);
  },
  /** Gives what cannot be sent between threads. */
  *unsendable(_: object): Script<() => void> {
    yield* run(put, 'unsendable', 'written');
    return () => undefined;
  },
};

export type ContractScripts = typeof contractScripts;
