import { assert } from '../../base/assert.ts';

assert(
  new Uint8Array(Uint32Array.of(1).buffer)[0] === 1,
  () => 'columns are written as little-endian words, so the machine must be little-endian',
);

/** 32-bit words of a SHA-256. */
export const hashWords = 8;
/** Hex digits of a SHA-256. */
export const hashChars = 64;

const invalid = 0x8000;

/** Two digits as they lie in memory, read as one little-endian number → the byte that they spell. */
const byteOfPair = new Uint16Array(0x10000).fill(invalid);
const lowerDigits = '0123456789abcdef';
for (let byte = 0; byte < 256; byte++) {
  const first = lowerDigits.charCodeAt(byte >> 4);
  const second = lowerDigits.charCodeAt(byte & 15);
  byteOfPair[first | (second << 8)] = byte;
}

/**
 * Decodes 64 lower-case hex digits at `pos` into 8 words (the 32 bytes in order) at `words[at]`. False when
 * a digit is not one; the words then hold rubbish. Both ranges must exist. Costs about 25 ns.
 */
export function decodeHash(view: DataView, pos: number, words: Int32Array, at: number): boolean {
  let seen = 0;
  for (let i = 0; i < hashWords; i++, pos += 8) {
    const a = byteOfPair[view.getUint16(pos, true)]!;
    const b = byteOfPair[view.getUint16(pos + 2, true)]!;
    const c = byteOfPair[view.getUint16(pos + 4, true)]!;
    const d = byteOfPair[view.getUint16(pos + 6, true)]!;
    words[at + i] = a | (b << 8) | (c << 16) | (d << 24);
    seen |= a | b | c | d;
  }
  return seen < invalid;
}

/** The 8 words of a digest's 32 bytes, written at `words[at]`. */
export function copyDigest(digest: Uint8Array, words: Int32Array, at: number): void {
  for (let i = 0, from = 0; i < hashWords; i++, from += 4) {
    words[at + i] =
      digest[from]! | (digest[from + 1]! << 8) | (digest[from + 2]! << 16) | (digest[from + 3]! << 24);
  }
}

/** Whether two runs of 8 words are equal. */
export function sameDigest(a: Int32Array, aAt: number, b: Int32Array, bAt: number): boolean {
  for (let i = 0; i < hashWords; i++) {
    if (a[aAt + i] !== b[bAt + i]) return false;
  }
  return true;
}
