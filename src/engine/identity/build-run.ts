import { allocateRun, directoryBitsFor, recordWords, type IndexRun } from './run.ts';

/** Entries to be sorted: 4 words each (words 0, 1 and 2 of a token, and a person). May be given in several parts. */
export interface EntryPart {
  readonly words: Uint32Array;
  readonly count: number;
}
export const entryWords = 4;

const partitionBits = 8;
/** Buckets hold about eight entries; a longer one means equal tokens or a weak key, and is sorted otherwise. */
const insertionSortMax = 48;

/**
 * Sorts entries into a run; an entry given twice is kept once. Two passes: entries go to 256 partitions by
 * their first byte, then each partition, which fits the cache, to its buckets. 20 million entries take
 * about one second and 16 bytes each beside the result.
 */
export function buildRun(parts: readonly EntryPart[]): IndexRun {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const bits = directoryBitsFor(count);
  const partitions = partition(parts, count);
  const run = allocateRun(count, bits);
  const bucketBits = bits - partitionBits;
  for (let p = 0; p < 2 ** partitionBits; p++) {
    fillPartition(run, partitions.words, partitions.starts[p]!, partitions.starts[p + 1]!, p << bucketBits);
  }
  run.directory[2 ** bits] = count;
  return withoutDoubles(run);
}

function partition(parts: readonly EntryPart[], count: number): { words: Uint32Array; starts: Uint32Array } {
  const starts = new Uint32Array(2 ** partitionBits + 1);
  for (const { words, count: partCount } of parts) {
    for (let at = 0; at < partCount * entryWords; at += entryWords) starts[(words[at]! >>> 24) + 1]! += 1;
  }
  for (let p = 1; p < starts.length; p++) starts[p]! += starts[p - 1]!;
  const next = starts.slice();
  const sorted = new Uint32Array(count * entryWords);
  for (const { words, count: partCount } of parts) {
    for (let at = 0; at < partCount * entryWords; at += entryWords) {
      const w0 = words[at]!;
      const to = next[w0 >>> 24]!++ * entryWords;
      sorted[to] = w0;
      sorted[to + 1] = words[at + 1]!;
      sorted[to + 2] = words[at + 2]!;
      sorted[to + 3] = words[at + 3]!;
    }
  }
  return { words: sorted, starts };
}

/** Puts the entries `from … to - 1` of one partition into their buckets, the first of which is `firstBucket`. */
function fillPartition(
  run: IndexRun,
  words: Uint32Array,
  from: number,
  to: number,
  firstBucket: number,
): void {
  const { directory, records, lowBits, bits } = run;
  const bucketCount = 2 ** (bits - partitionBits);
  const shift = 32 - bits;
  const next = new Uint32Array(bucketCount + 1);
  for (let i = from; i < to; i++) next[(words[i * entryWords]! >>> shift) - firstBucket + 1]! += 1;
  next[0] = from;
  for (let b = 1; b <= bucketCount; b++) next[b]! += next[b - 1]!;
  for (let b = 0; b < bucketCount; b++) directory[firstBucket + b] = next[b]!;
  for (let i = from; i < to; i++) {
    const at = i * entryWords;
    const w0 = words[at]!;
    const entry = next[(w0 >>> shift) - firstBucket]!++;
    const record = entry * recordWords;
    records[record] = words[at + 1]!;
    records[record + 1] = words[at + 2]!;
    records[record + 2] = words[at + 3]!;
    lowBits[entry] = w0 & 0xffff;
  }
  for (let b = 0; b < bucketCount; b++) {
    const start = directory[firstBucket + b]!;
    const end = b + 1 < bucketCount ? directory[firstBucket + b + 1]! : to;
    if (end - start > 1) sortBucket(run, start, end);
  }
}

function sortBucket(run: IndexRun, start: number, end: number): void {
  if (end - start > insertionSortMax) {
    sortLongBucket(run, start, end);
    return;
  }
  const { records, lowBits } = run;
  for (let i = start + 1; i < end; i++) {
    const a = records[i * recordWords]!;
    const b = records[i * recordWords + 1]!;
    const person = records[i * recordWords + 2]!;
    const low = lowBits[i]!;
    let at = i;
    while (at > start && isAfter(records, at - 1, a, b, person)) {
      records.copyWithin(at * recordWords, (at - 1) * recordWords, at * recordWords);
      lowBits[at] = lowBits[at - 1]!;
      at -= 1;
    }
    records[at * recordWords] = a;
    records[at * recordWords + 1] = b;
    records[at * recordWords + 2] = person;
    lowBits[at] = low;
  }
}

function isAfter(records: Uint32Array, entry: number, a: number, b: number, person: number): boolean {
  const at = entry * recordWords;
  if (records[at] !== a) return records[at]! > a;
  if (records[at + 1] !== b) return records[at + 1]! > b;
  return records[at + 2]! > person;
}

function sortLongBucket(run: IndexRun, start: number, end: number): void {
  const { records, lowBits } = run;
  const rows = Array.from({ length: end - start }, (_, i) => {
    const at = (start + i) * recordWords;
    return [records[at]!, records[at + 1]!, records[at + 2]!, lowBits[start + i]!] as const;
  });
  rows.sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]);
  rows.forEach(([a, b, person, low], i) => {
    records.set([a, b, person], (start + i) * recordWords);
    lowBits[start + i] = low;
  });
}

function withoutDoubles(run: IndexRun): IndexRun {
  const { records, directory, bits } = run;
  const isDouble = (entry: number, bucketStart: number): boolean => {
    if (entry === bucketStart) return false;
    const at = entry * recordWords;
    const before = at - recordWords;
    return (
      records[at] === records[before] &&
      records[at + 1] === records[before + 1] &&
      records[at + 2] === records[before + 2]
    );
  };
  let doubles = 0;
  for (let b = 0; b < 2 ** bits; b++) {
    const start = directory[b]!;
    for (let i = start; i < directory[b + 1]!; i++) if (isDouble(i, start)) doubles += 1;
  }
  if (doubles === 0) return run;
  const clean = allocateRun(run.entryCount - doubles, bits);
  let to = 0;
  for (let b = 0; b < 2 ** bits; b++) {
    const start = directory[b]!;
    clean.directory[b] = to;
    for (let i = start; i < directory[b + 1]!; i++) {
      if (isDouble(i, start)) continue;
      clean.records.set(records.subarray(i * recordWords, (i + 1) * recordWords), to * recordWords);
      clean.lowBits[to] = run.lowBits[i]!;
      to += 1;
    }
  }
  clean.directory[2 ** bits] = to;
  return clean;
}
