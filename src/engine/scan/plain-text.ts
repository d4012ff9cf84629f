import { colon, isPlain, quote, sequenceLength, skipSpace } from './bytes.ts';

/**
 * Bytes that must follow a position so that a key and the longest value of fixed size can be looked at
 * without asking for the end: quote, key and quote, colon, quote, hash and quote.
 */
export const lookAheadBytes = 96;

/** Four ASCII characters as a little-endian word. */
export function word(text: string): number {
  return [...text].reduceRight((value, character) => (value << 8) | character.charCodeAt(0), 0);
}

/** The value behind the colon that follows position `p`; -1 when it is not there or too near the end. */
export function valueAfter(bytes: Uint8Array, p: number, end: number): number {
  if (bytes[p] !== colon) {
    p = skipSpace(bytes, p, end);
    if (p >= end || bytes[p] !== colon) return -1;
  }
  p++;
  if (p < end && bytes[p]! <= 0x20) p = skipSpace(bytes, p, end);
  return p + lookAheadBytes > end ? -1 : p;
}

/**
 * Copies the string whose first byte is `bytes[from]` up to its quote and returns its length; -1 when
 * it holds an escape, is not well-formed or is longer than `max` bytes.
 */
export function copyPlainText(
  bytes: Uint8Array,
  from: number,
  end: number,
  out: Uint8Array,
  at: number,
  max: number,
): number {
  const stopAt = Math.min(end, from + max);
  const shift = at - from;
  let p = from;
  while (p < stopAt) {
    const byte = bytes[p]!;
    if (isPlain[byte] === 1) {
      out[p + shift] = byte;
      p++;
      continue;
    }
    if (byte < 0x80) break;
    const length = sequenceLength(bytes, p, stopAt);
    if (length <= 0) return -1;
    for (let i = 0; i < length; i++, p++) out[p + shift] = bytes[p]!;
  }
  return p < end && bytes[p] === quote ? p - from : -1;
}
