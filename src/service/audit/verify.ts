/** Walks a chain and says where it was tampered with. */
import type { KeyObject } from 'node:crypto';

import { isSigned, type ChainPlace, type Checkpoint, type HashRecord } from './chain.ts';

export interface VerifiedRecord {
  readonly seq: number;
  readonly record: string;
  readonly hash: Uint8Array;
}

export interface AuditProblem {
  /** The first record that is not what it was. */
  readonly seq: number;
  readonly says: string;
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** The places that are known of one chain, by whoever says so. */
export interface KnownPlaces {
  /** Where it begins: nothing before its first record, or what was forgotten. */
  readonly start: ChainPlace;
  readonly checkpoints: readonly Checkpoint[];
  /** What somebody wrote down elsewhere. Against these, whoever owns the database and the secret cannot write a new history. */
  readonly kept: readonly ChainPlace[];
}

/** Takes records in order, a page at a time. */
export class ChainWalk {
  readonly #hash: HashRecord;
  readonly #start: number;
  readonly #places: ReadonlyMap<number, readonly ChainPlace[]>;
  readonly #newest: number;
  #before: Uint8Array;
  #seq: number;
  #startIsTold: boolean;
  #problem: AuditProblem | null;

  constructor(hash: HashRecord, { start, checkpoints, kept }: KnownPlaces, publicKey: KeyObject) {
    this.#hash = hash;
    this.#start = start.seq;
    this.#startIsTold = start.seq === 0;
    this.#before = start.hash;
    this.#seq = start.seq;
    const forged = checkpoints.find((one) => !isSigned(one, publicKey));
    this.#problem =
      forged === undefined ? null : { seq: forged.seq, says: 'its checkpoint is not signed by this server' };
    const places = [...checkpoints, ...kept];
    this.#places = Map.groupBy(places, ({ seq }) => seq);
    this.#newest = places.reduce((newest, { seq }) => Math.max(newest, seq), 0);
    if (start.seq > 0 && this.#problem === null) this.#compare(start.seq, start.hash);
  }

  /** The last record that was taken. */
  get place(): ChainPlace {
    return { seq: this.#seq, hash: this.#before };
  }

  /** The first problem so far. */
  take(records: readonly VerifiedRecord[]): AuditProblem | null {
    for (const { seq, record, hash } of records) {
      if (this.#problem !== null) return this.#problem;
      const expected = this.#seq + 1;
      if (seq !== expected) {
        this.#problem = { seq: expected, says: 'it is missing' };
      } else if (!equal(this.#hash(this.#before, record), hash)) {
        this.#problem = { seq, says: 'it was changed, or the one before it was' };
      } else {
        this.#compare(seq, hash);
        this.#startIsTold ||= tellsStart(record, this.#start);
      }
      this.#seq = seq;
      this.#before = hash;
    }
    return this.#problem;
  }

  /** After the last record. */
  end(): AuditProblem | null {
    if (this.#problem !== null) return this.#problem;
    if (!this.#startIsTold)
      return { seq: this.#start, says: 'it and those before it are gone, and no record says why' };
    if (this.#seq >= this.#newest) return null;
    return { seq: this.#seq + 1, says: `it is missing, though record ${this.#newest} is known` };
  }

  #compare(seq: number, hash: Uint8Array): void {
    const isOther = (this.#places.get(seq) ?? []).some((one) => !equal(one.hash, hash));
    if (isOther) this.#problem = { seq, says: 'another history up to here is known' };
  }
}

/** Whether a record says that the chain begins after this one. Only whoever has the key of the chain can write it. */
function tellsStart(record: string, start: number): boolean {
  if (!record.includes('"audit_forgotten"')) return false;
  const { kind, facts } = JSON.parse(record) as { kind: string; facts: { up_to?: unknown } };
  return kind === 'audit_forgotten' && facts.up_to === start;
}
