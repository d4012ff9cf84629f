/** Walks a chain and says where it was tampered with. */
import type { KeyObject } from 'node:crypto';

import { isSigned, type Checkpoint, type HashRecord } from './chain.ts';

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

/**
 * Takes records in order, a page at a time. Checkpoints may come from the database or from a file that was kept elsewhere: against
 * the latter, whoever owns the database cannot have written a new history.
 */
export class ChainWalk {
  readonly #hash: HashRecord;
  readonly #checkpoints: ReadonlyMap<number, readonly Checkpoint[]>;
  readonly #newest: number;
  #before: Uint8Array;
  #seq: number;
  #problem: AuditProblem | null;

  constructor(
    hash: HashRecord,
    start: { readonly seq: number; readonly hash: Uint8Array },
    checkpoints: readonly Checkpoint[],
    publicKey: KeyObject,
  ) {
    this.#hash = hash;
    this.#before = start.hash;
    this.#seq = start.seq;
    const forged = checkpoints.find((one) => !isSigned(one, publicKey));
    this.#problem =
      forged === undefined ? null : { seq: forged.seq, says: 'its checkpoint is not signed by this server' };
    this.#checkpoints = Map.groupBy(checkpoints, ({ seq }) => seq);
    this.#newest = Math.max(0, ...checkpoints.map(({ seq }) => seq));
    // What was forgotten in its time is vouched for by the checkpoint there.
    if (start.seq > 0 && this.#problem === null) this.#compare(start.seq, start.hash);
  }

  get count(): number {
    return this.#seq;
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
      }
      this.#seq = seq;
      this.#before = hash;
    }
    return this.#problem;
  }

  /** After the last record. */
  end(): AuditProblem | null {
    if (this.#problem !== null || this.#seq >= this.#newest) return this.#problem;
    return { seq: this.#seq + 1, says: `it is missing, though a checkpoint knows record ${this.#newest}` };
  }

  #compare(seq: number, hash: Uint8Array): void {
    const isOther = (this.#checkpoints.get(seq) ?? []).some((one) => !equal(one.hash, hash));
    if (isOther) this.#problem = { seq, says: 'a checkpoint knows another history up to here' };
  }
}
