import { assert } from '../../base/assert.ts';

/**
 * An immutable sorted index from identifier token to person ordinal, in one stretch of shared memory:
 *
 *   directory   2^bits + 1 words   where the entries of each prefix begin; the prefix is the top `bits` of word 0
 *   records     3 words an entry   words 1 and 2 of the token, and the person
 *   lowBits     16 bits an entry   the low half of word 0, kept so that a larger directory can be made later
 *
 * Entries are in the order of prefix, word 1, word 2, person. A look-up compares prefix and two words: at
 * least 80 bits, 86 at 20 million entries. Tokens are pseudorandom, so a false match among 150,000 look-ups
 * in 20 million entries has odds of about 4 in 10^14. Costs 14.5 bytes an entry.
 */
export interface IndexRun {
  readonly entryCount: number;
  readonly bits: number;
  readonly directory: Uint32Array;
  readonly records: Uint32Array;
  readonly lowBits: Uint16Array;
  /** All of the above, one behind the other. */
  readonly memory: SharedArrayBuffer;
}

export const recordWords = 3;
/** Word 0 is 32 bits: 16 to 24 in the directory, the low 16 in `lowBits`, so every bit is in one of them. */
const directoryBitsMin = 16;
const directoryBitsMax = 24;
const entriesPerBucket = 8;

/** About eight entries a bucket: their words 1 lie in two cache lines. */
export function directoryBitsFor(entryCount: number): number {
  const wanted = Math.ceil(Math.log2(Math.max(1, entryCount / entriesPerBucket)));
  return Math.min(directoryBitsMax, Math.max(directoryBitsMin, wanted));
}

/** Bytes of a run's memory. */
export function runBytes(entryCount: number, bits: number): number {
  const directoryBytes = 4 * (2 ** bits + 1);
  const bytes = directoryBytes + entryCount * (4 * recordWords + 2);
  return Math.ceil(bytes / 4) * 4;
}

/** Lays a run over memory of `runBytes`; the contents are the caller's matter. */
export function runOver(memory: SharedArrayBuffer, entryCount: number, bits: number): IndexRun {
  assert(memory.byteLength === runBytes(entryCount, bits), () => 'memory of a run');
  const directoryLength = 2 ** bits + 1;
  const recordsAt = 4 * directoryLength;
  const lowBitsAt = recordsAt + 4 * recordWords * entryCount;
  return {
    entryCount,
    bits,
    directory: new Uint32Array(memory, 0, directoryLength),
    records: new Uint32Array(memory, recordsAt, recordWords * entryCount),
    lowBits: new Uint16Array(memory, lowBitsAt, entryCount),
    memory,
  };
}

export function allocateRun(entryCount: number, bits: number): IndexRun {
  return runOver(new SharedArrayBuffer(runBytes(entryCount, bits)), entryCount, bits);
}

export const emptyRun: IndexRun = allocateRun(0, directoryBitsMin);

/** Whether directory and entries agree, so that no look-up can leave the run. Scans the directory and the persons. */
export function isSoundRun({ directory, records, entryCount }: IndexRun, personCount: number): boolean {
  if (directory[0] !== 0 || directory[directory.length - 1] !== entryCount) return false;
  for (let i = 1; i < directory.length; i++) if (directory[i]! < directory[i - 1]!) return false;
  for (let at = 2; at < records.length; at += recordWords) if (records[at]! >= personCount) return false;
  return true;
}

/** A bucket this long is searched by halves: many users may share one placeholder address. */
export const longBucketEntries = 32;

/** The first entry of `start … end - 1` that does not come before (w1, w2, person); `end` when all do. */
export function lowerBound(
  records: Uint32Array,
  range: { readonly start: number; readonly end: number },
  w1: number,
  w2: number,
  person: number,
): number {
  let low = range.start;
  let high = range.end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = middle * recordWords;
    const isBefore =
      records[at] !== w1
        ? records[at]! < w1
        : records[at + 1] !== w2
          ? records[at + 1]! < w2
          : records[at + 2]! < person;
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the run has this token for this person. */
export function hasEntry(run: IndexRun, w0: number, w1: number, w2: number, person: number): boolean {
  const { directory, records, bits } = run;
  const prefix = w0 >>> (32 - bits);
  const end = directory[prefix + 1]!;
  const at = lowerBound(records, { start: directory[prefix]!, end }, w1, w2, person);
  const record = at * recordWords;
  return at < end && records[record] === w1 && records[record + 1] === w2 && records[record + 2] === person;
}

/** Gives word 0 of an entry back: its prefix comes from the directory, the rest from `lowBits`. */
export function wordZero(run: IndexRun, prefix: number, entry: number): number {
  const high = (prefix << (32 - run.bits)) >>> 0;
  return ((high & 0xffff0000) | run.lowBits[entry]!) >>> 0;
}
