import { assert } from '../../base/assert.ts';

/**
 * Tokens are compared as four 32-bit words, the first word weighing most. Words are the machine's
 * own reading of the cipher's bytes, and stored blocks hold those bytes: both need little-endian.
 */
assert(new Uint8Array(Uint32Array.of(1).buffer)[0] === 1, () => 'tokens need a little-endian machine');

/** Negative, zero or positive, as token `a[aIndex]` is before, equal to or after token `b[bIndex]`. */
export function compareTokens(a: Uint32Array, aIndex: number, b: Uint32Array, bIndex: number): number {
  const p = aIndex * 4;
  const q = bIndex * 4;
  if (a[p] !== b[q]) return a[p]! - b[q]!;
  if (a[p + 1] !== b[q + 1]) return a[p + 1]! - b[q + 1]!;
  if (a[p + 2] !== b[q + 2]) return a[p + 2]! - b[q + 2]!;
  return a[p + 3]! - b[q + 3]!;
}

export function sameToken(a: Uint32Array, aIndex: number, b: Uint32Array, bIndex: number): boolean {
  const p = aIndex * 4;
  const q = bIndex * 4;
  return a[p] === b[q] && a[p + 1] === b[q + 1] && a[p + 2] === b[q + 2] && a[p + 3] === b[q + 3];
}

/** Copies token `from[fromIndex]` to `to[toIndex]`; cheaper than `set` for one token. */
export function copyToken(from: Uint32Array, fromIndex: number, to: Uint32Array, toIndex: number): void {
  const p = fromIndex * 4;
  const q = toIndex * 4;
  to[q] = from[p]!;
  to[q + 1] = from[p + 1]!;
  to[q + 2] = from[p + 2]!;
  to[q + 3] = from[p + 3]!;
}

/** The bytes as words; copies only when they do not start on a word. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  assert(bytes.length % 4 === 0, () => 'bytes do not fill words');
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

/** The words as bytes, over the same memory. */
export function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
