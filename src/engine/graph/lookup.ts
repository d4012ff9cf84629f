import type { OrdinalSink } from '../types.ts';
import { typeBits } from './layout.ts';
import { positionsOf } from './locate.ts';
import { isMarked, type Marks } from './marks.ts';
import type { Run } from './run.ts';

/** Look-ups in flight at once: enough that their cache misses overlap, few enough to stay in registers' reach. */
const batchCount = 64;
/** A place with more records holds an identifier of very many persons; see `lookUpCrowd`. */
const crowdCountMin = 128;
const hitsMax = 255;

const starts = new Uint32Array(batchCount);
const ends = new Uint32Array(batchCount);
const firsts = new Uint32Array(batchCount);

/**
 * Adds to `hits[i]` the number of visible records with token `offset + i` (saturating at 255) and gives
 * their persons to the sink. Costs one cache miss for the directory and one or two for the records; each
 * is started for a whole batch before the first is waited for.
 */
export function lookUpRun(
  run: Run,
  hidden: Marks | null,
  tokens: Uint32Array,
  offset: number,
  count: number,
  hits: Uint8Array,
  persons: OrdinalSink | undefined,
): void {
  if (run.count === 0) return;
  const crowds = new Set<number>();
  const scan = run.layout.keyWords === 2 ? scanNarrow : scanWide;
  for (let done = 0; done < count; done += batchCount) {
    const size = Math.min(batchCount, count - done);
    openPlaces(run, tokens, offset + done, size);
    for (let i = 0; i < size; i++) {
      const start = starts[i]!;
      const end = ends[i]!;
      if (start === end) continue;
      const found =
        end - start < crowdCountMin
          ? scan(run, hidden, tokens, (offset + done + i) * 4, start, end, firsts[i]!, persons)
          : lookUpCrowd(run, hidden, tokens, offset + done + i, persons, crowds);
      if (found > 0) hits[done + i] = Math.min(hitsMax, hits[done + i]! + found);
    }
  }
}

/** Reads the directory and the first record of each place without looking at what it reads. */
function openPlaces(run: Run, tokens: Uint32Array, offset: number, size: number): void {
  const { directory, records } = run;
  const shift = 32 - run.directoryBits;
  const words = run.layout.keyWords + 1;
  for (let i = 0; i < size; i++) {
    const place = tokens[(offset + i) * 4]! >>> shift;
    starts[i] = directory[place]!;
    ends[i] = directory[place + 1]!;
  }
  for (let i = 0; i < size; i++) firsts[i] = records[starts[i]! * words]!;
}

function scanNarrow(
  run: Run,
  hidden: Marks | null,
  tokens: Uint32Array,
  at: number,
  start: number,
  end: number,
  first: number,
  persons: OrdinalSink | undefined,
): number {
  const { records } = run;
  const { keyStart } = run.layout;
  const w1 = tokens[at + 1]!;
  const k0 = ((tokens[at]! << keyStart) | (w1 >>> (32 - keyStart))) >>> 0;
  if (first > k0) return 0;
  const k1 = ((w1 << keyStart) | (tokens[at + 2]! >>> (32 - keyStart))) >>> 0;
  let found = 0;
  let position = start;
  for (let word = start * 3; position < end; position++, word += 3) {
    const key = records[word]!;
    if (key < k0) continue;
    if (key > k0) break;
    if (records[word + 1] !== k1) continue;
    if (hidden !== null && isMarked(hidden, position)) continue;
    found += 1;
    persons?.add(records[word + 2]! >>> typeBits);
  }
  return found;
}

function scanWide(
  run: Run,
  hidden: Marks | null,
  tokens: Uint32Array,
  at: number,
  start: number,
  end: number,
  first: number,
  persons: OrdinalSink | undefined,
): number {
  const { records } = run;
  const k0 = tokens[at]!;
  if (first > k0) return 0;
  const k1 = tokens[at + 1]!;
  const k2 = tokens[at + 2]!;
  let found = 0;
  let position = start;
  for (let word = start * 4; position < end; position++, word += 4) {
    const key = records[word]!;
    if (key < k0) continue;
    if (key > k0) break;
    if (records[word + 1] !== k1 || records[word + 2] !== k2) continue;
    if (hidden !== null && isMarked(hidden, position)) continue;
    found += 1;
    persons?.add(records[word + 3]! >>> typeBits);
  }
  return found;
}

/**
 * An address like `none@example.com` may name half a million persons. Its records are found by halving,
 * and its persons go to the sink once per call, however many members hold it.
 */
function lookUpCrowd(
  run: Run,
  hidden: Marks | null,
  tokens: Uint32Array,
  index: number,
  persons: OrdinalSink | undefined,
  crowds: Set<number>,
): number {
  const { start, end } = positionsOf(run, tokens, index);
  const tellsPersons = persons !== undefined && !crowds.has(start);
  if (end - start >= crowdCountMin) crowds.add(start);
  const words = run.layout.keyWords + 1;
  let found = 0;
  for (let position = start; position < end && (tellsPersons || found < hitsMax); position++) {
    if (hidden !== null && isMarked(hidden, position)) continue;
    found += 1;
    if (tellsPersons) persons.add(run.records[(position + 1) * words - 1]! >>> typeBits);
  }
  return found;
}
