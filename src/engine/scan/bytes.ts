/** The bytes that JSON's grammar names. Source: RFC 8259, section 2. */
export const quote = 0x22;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBracket = 0x5b;
export const backslash = 0x5c;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;

/** 1 for a byte that stands for itself inside a string: ASCII, not a control, not a quote, not a backslash. */
export const isPlain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x80 && byte !== quote && byte !== backslash ? 1 : 0,
);

/** The first position at or after `pos` that holds no white space; `end` when there is none. */
export function skipSpace(bytes: Uint8Array, pos: number, end: number): number {
  while (pos < end) {
    const byte = bytes[pos]!;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    pos++;
  }
  return pos;
}

/**
 * Bytes of the well-formed UTF-8 sequence of a non-ASCII character that starts at `pos`, 2 to 4.
 * 0: the bytes are not UTF-8. -1: they are until `end` cuts them off.
 * Source: RFC 3629, section 4; its ranges leave out overlong forms, surrogates and what lies above U+10FFFF.
 */
export function sequenceLength(bytes: Uint8Array, pos: number, end: number): number {
  const first = bytes[pos]!;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  let low = 0x80;
  let high = 0xbf;
  if (first === 0xe0) low = 0xa0;
  else if (first === 0xed) high = 0x9f;
  else if (first === 0xf0) low = 0x90;
  else if (first === 0xf4) high = 0x8f;
  for (let i = 1; i < length; i++) {
    if (pos + i >= end) return -1;
    const next = bytes[pos + i]!;
    if (next < low || next > high) return 0;
    low = 0x80;
    high = 0xbf;
  }
  return length;
}
