import { recordWords } from './layout.ts';
import { isMarked, type Marks } from './marks.ts';
import type { Run } from './run.ts';

/** Walks a run in order and gives the leading token bits back; bits that the run does not keep are zero. */
export interface RunCursor {
  readonly run: Run;
  /** Marked records are skipped. */
  readonly hidden: Marks | null;
  /** Of the present record; `run.count` behind the last. */
  position: number;
  place: number;
  w0: number;
  w1: number;
  w2: number;
  load: number;
}

/** Stands on the first record that is not hidden. */
export function createCursor(run: Run, hidden: Marks | null): RunCursor {
  const cursor: RunCursor = { run, hidden, position: -1, place: 0, w0: 0, w1: 0, w2: 0, load: 0 };
  advance(cursor);
  return cursor;
}

/** Steps to the next visible record; false behind the last. About 5 ns. */
export function advance(cursor: RunCursor): boolean {
  const { run, hidden } = cursor;
  let position = cursor.position + 1;
  if (hidden !== null) while (position < run.count && isMarked(hidden, position)) position += 1;
  cursor.position = position;
  if (position >= run.count) return false;
  const { directory, records, layout } = run;
  let place = cursor.place;
  while (directory[place + 1]! <= position) place += 1;
  cursor.place = place;
  const at = position * recordWords(layout);
  const k0 = records[at]!;
  const k1 = records[at + 1]!;
  if (layout.keyWords === 3) {
    cursor.w0 = k0;
    cursor.w1 = k1;
    cursor.w2 = records[at + 2]!;
    cursor.load = records[at + 3]!;
    return true;
  }
  const { keyStart } = layout;
  const lead = place >>> (run.directoryBits - keyStart);
  cursor.w0 = ((lead << (32 - keyStart)) | (k0 >>> keyStart)) >>> 0;
  cursor.w1 = ((k0 << (32 - keyStart)) | (k1 >>> keyStart)) >>> 0;
  cursor.w2 = (k1 << (32 - keyStart)) >>> 0;
  cursor.load = records[at + 2]!;
  return true;
}

/** Order of the present entries of two cursors, on the bits of the third word that the mask leaves. */
export function compareCursors(a: RunCursor, b: RunCursor, thirdWordMask: number): number {
  if (a.w0 !== b.w0) return a.w0 - b.w0;
  if (a.w1 !== b.w1) return a.w1 - b.w1;
  const a2 = (a.w2 & thirdWordMask) >>> 0;
  const b2 = (b.w2 & thirdWordMask) >>> 0;
  if (a2 !== b2) return a2 - b2;
  return (a.load >>> 4) - (b.load >>> 4);
}
