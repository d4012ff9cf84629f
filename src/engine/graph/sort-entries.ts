import { assert } from '../../base/assert.ts';

/** Words of an unsorted entry: three of the token, then the record's last word (person and type). */
export const entryWords = 4;

/** Buckets above this are sorted by comparison, so that equal prefixes cost n log n and never n². */
const insertionCountMax = 24;
const bucketBitsMax = 22;

export interface EntrySorter {
  /**
   * Sorts `count` entries that lie in `chunks` (each full but the last) and share their first
   * `sharedBits` bits, and drops pairs that are there twice (the lowest type stays). The result stands in
   * the chunks; returns how many entries are left. About 40 ns an entry.
   */
  sort(chunks: readonly Uint32Array[], count: number, sharedBits: number): number;
}

/** One sorter has scratch memory for `entryCountMax` entries and is used for all partitions in turn. */
export function createEntrySorter(entryCountMax: number): EntrySorter {
  const scratch = new Uint32Array(entryCountMax * entryWords);
  const bits = bucketBitsFor(entryCountMax);
  const ends = new Uint32Array(2 ** bits);
  return {
    sort(chunks, count, sharedBits) {
      assert(count <= entryCountMax, () => 'the sorter has room for the partition');
      scatter(chunks, count, sharedBits, bits, scratch, ends);
      sortLargeBuckets(scratch, ends);
      insertionSort(scratch, count);
      return writeDistinct(scratch, count, chunks);
    },
  };
}

const bucketBitsFor = (count: number): number =>
  Math.min(bucketBitsMax, Math.max(1, Math.ceil(Math.log2(count + 1))));

/** Places entries by the bits behind the shared ones; afterwards `ends[b]` is the end of bucket b. */
function scatter(
  chunks: readonly Uint32Array[],
  count: number,
  sharedBits: number,
  bits: number,
  scratch: Uint32Array,
  ends: Uint32Array,
): void {
  const shift = 32 - bits;
  ends.fill(0);
  forEachChunk(chunks, count, (chunk, words) => {
    for (let at = 0; at < words; at += entryWords) ends[(chunk[at]! << sharedBits) >>> shift]! += 1;
  });
  let start = 0;
  for (let bucket = 0; bucket < ends.length; bucket++) {
    const size = ends[bucket]!;
    ends[bucket] = start;
    start += size;
  }
  forEachChunk(chunks, count, (chunk, words) => {
    for (let at = 0; at < words; at += entryWords) {
      const to = ends[(chunk[at]! << sharedBits) >>> shift]!++ * entryWords;
      scratch[to] = chunk[at]!;
      scratch[to + 1] = chunk[at + 1]!;
      scratch[to + 2] = chunk[at + 2]!;
      scratch[to + 3] = chunk[at + 3]!;
    }
  });
}

function forEachChunk(
  chunks: readonly Uint32Array[],
  count: number,
  visit: (chunk: Uint32Array, words: number) => void,
): void {
  let left = count * entryWords;
  for (const chunk of chunks) {
    visit(chunk, Math.min(left, chunk.length));
    left -= Math.min(left, chunk.length);
  }
  assert(left === 0, () => 'the chunks hold all entries');
}

function sortLargeBuckets(entries: Uint32Array, ends: Uint32Array): void {
  let start = 0;
  for (let bucket = 0; bucket < ends.length; bucket++) {
    const end = ends[bucket]!;
    if (end - start > insertionCountMax) sortByComparison(entries, start, end);
    start = end;
  }
}

function sortByComparison(entries: Uint32Array, first: number, end: number): void {
  const order = Uint32Array.from({ length: end - first }, (_, i) => first + i);
  order.sort((a, b) => compareEntries(entries, a * entryWords, entries, b * entryWords));
  const copy = entries.slice(first * entryWords, end * entryWords);
  for (let i = 0; i < order.length; i++) {
    const from = (order[i]! - first) * entryWords;
    const to = (first + i) * entryWords;
    for (let word = 0; word < entryWords; word++) entries[to + word] = copy[from + word]!;
  }
}

function compareEntries(a: Uint32Array, p: number, b: Uint32Array, q: number): number {
  if (a[p] !== b[q]) return a[p]! - b[q]!;
  if (a[p + 1] !== b[q + 1]) return a[p + 1]! - b[q + 1]!;
  if (a[p + 2] !== b[q + 2]) return a[p + 2]! - b[q + 2]!;
  return a[p + 3]! - b[q + 3]!;
}

/** Linear, because the scatter has left every entry a few places from home. */
function insertionSort(entries: Uint32Array, count: number): void {
  const end = count * entryWords;
  for (let at = entryWords; at < end; at += entryWords) {
    if (compareEntries(entries, at - entryWords, entries, at) <= 0) continue;
    const w0 = entries[at]!;
    const w1 = entries[at + 1]!;
    const w2 = entries[at + 2]!;
    const load = entries[at + 3]!;
    let to = at;
    do {
      entries[to] = entries[to - 4]!;
      entries[to + 1] = entries[to - 3]!;
      entries[to + 2] = entries[to - 2]!;
      entries[to + 3] = entries[to - 1]!;
      to -= entryWords;
    } while (to > 0 && isAfter(entries, to - entryWords, w0, w1, w2, load));
    entries[to] = w0;
    entries[to + 1] = w1;
    entries[to + 2] = w2;
    entries[to + 3] = load;
  }
}

function isAfter(e: Uint32Array, at: number, w0: number, w1: number, w2: number, load: number): boolean {
  if (e[at] !== w0) return e[at]! > w0;
  if (e[at + 1] !== w1) return e[at + 1]! > w1;
  if (e[at + 2] !== w2) return e[at + 2]! > w2;
  return e[at + 3]! > load;
}

/** Copies the entries back into the chunks without those that name the same pair as the one before. */
function writeDistinct(sorted: Uint32Array, count: number, chunks: readonly Uint32Array[]): number {
  let chunkNo = 0;
  let chunk = chunks[0]!;
  let to = 0;
  let written = 0;
  for (let at = 0; at < count * entryWords; at += entryWords) {
    if (at > 0 && samePair(sorted, at)) continue;
    if (to === chunk.length) {
      chunk = chunks[++chunkNo]!;
      to = 0;
    }
    chunk[to] = sorted[at]!;
    chunk[to + 1] = sorted[at + 1]!;
    chunk[to + 2] = sorted[at + 2]!;
    chunk[to + 3] = sorted[at + 3]!;
    to += entryWords;
    written += 1;
  }
  return written;
}

function samePair(e: Uint32Array, at: number): boolean {
  return (
    e[at] === e[at - 4] &&
    e[at + 1] === e[at - 3] &&
    e[at + 2] === e[at - 2] &&
    e[at + 3]! >>> 4 === e[at - 1]! >>> 4
  );
}
