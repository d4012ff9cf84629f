import { assert } from '../../base/assert.ts';
import { countBits } from '../bitmap/bit-set.ts';

/** A bit per record of a run, or per person, over shared memory. */
export interface Marks {
  readonly buffer: SharedArrayBuffer;
  readonly words: Uint32Array;
  /** Places that can be marked; bits behind are zero. */
  readonly length: number;
}

export function createMarks(length: number): Marks {
  return marksOver(length, new SharedArrayBuffer(Math.ceil(length / 32) * 4));
}

export function marksOver(length: number, buffer: SharedArrayBuffer): Marks {
  assert(buffer.byteLength === Math.ceil(length / 32) * 4, () => 'a bit per place');
  return { buffer, words: new Uint32Array(buffer), length };
}

/** A copy with room for `length` places, at least as many as before. */
export function copyMarks(marks: Marks | null, length: number): Marks {
  const copy = createMarks(length);
  if (marks !== null) {
    assert(marks.length <= length, () => 'marks only grow');
    copy.words.set(marks.words);
  }
  return copy;
}

export function isMarked(marks: Marks, at: number): boolean {
  return (marks.words[at >>> 5]! & (1 << (at & 31))) !== 0;
}

export function mark(marks: Marks, at: number): void {
  marks.words[at >>> 5]! |= 1 << (at & 31);
}

export function unmark(marks: Marks, at: number): void {
  marks.words[at >>> 5]! &= ~(1 << (at & 31));
}

export const countMarks = (marks: Marks | null): number => (marks === null ? 0 : countBits(marks.words));

/** Visits the marked places in ascending order. */
export function forEachMark(marks: Marks, visit: (at: number) => void): void {
  const { words } = marks;
  for (let i = 0; i < words.length; i++) {
    let word = words[i]!;
    while (word !== 0) {
      visit(i * 32 + 31 - Math.clz32(word & -word));
      word &= word - 1;
    }
  }
}
