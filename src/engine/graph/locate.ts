import { recordWords } from './layout.ts';
import { personOf, type Run } from './run.ts';

/** Positions `start … end - 1` of a run. */
export interface Positions {
  readonly start: number;
  readonly end: number;
}

/** All records of token `tokens[index]`, hidden or not; binary search within one place of the directory. */
export function positionsOf(run: Run, tokens: Uint32Array, index: number): Positions {
  const place = tokens[index * 4]! >>> (32 - run.directoryBits);
  const first = run.directory[place]!;
  const end = run.directory[place + 1]!;
  if (first === end) return { start: first, end: first };
  const key = keyOf(run, tokens, index);
  const start = boundary(run, key, first, end, 0);
  return { start, end: boundary(run, key, start, end, 1) };
}

/** The record of the pair (token, person), or -1. */
export function positionOf(run: Run, tokens: Uint32Array, index: number, person: number): number {
  const { start, end } = positionsOf(run, tokens, index);
  let low = start;
  let high = end;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (personOf(run, middle) < person) low = middle + 1;
    else high = middle;
  }
  return low < end && personOf(run, low) === person ? low : -1;
}

interface Key {
  readonly k0: number;
  readonly k1: number;
  readonly k2: number;
}

function keyOf({ layout }: Run, tokens: Uint32Array, index: number): Key {
  const at = index * 4;
  const [w0, w1, w2] = [tokens[at]!, tokens[at + 1]!, tokens[at + 2]!];
  if (layout.keyWords === 3) return { k0: w0, k1: w1, k2: w2 };
  const { keyStart } = layout;
  return {
    k0: ((w0 << keyStart) | (w1 >>> (32 - keyStart))) >>> 0,
    k1: ((w1 << keyStart) | (w2 >>> (32 - keyStart))) >>> 0,
    k2: 0,
  };
}

/** The first position whose key is at least (after = 0) or above (after = 1) the given one. */
function boundary(run: Run, key: Key, first: number, end: number, after: 0 | 1): number {
  let low = first;
  let high = end;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (compareKey(run, middle, key) < after) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** -1, 0 or 1. */
function compareKey(run: Run, position: number, { k0, k1, k2 }: Key): number {
  const at = position * recordWords(run.layout);
  const { records } = run;
  if (records[at] !== k0) return records[at]! < k0 ? -1 : 1;
  if (records[at + 1] !== k1) return records[at + 1]! < k1 ? -1 : 1;
  if (run.layout.keyWords === 2 || records[at + 2] === k2) return 0;
  return records[at + 2]! < k2 ? -1 : 1;
}
