import { limits } from '../../base/limits.ts';
import { backslash, isPlain, quote, sequenceLength } from './bytes.ts';
import type { Reader } from './reader.ts';
import { peek, stop } from './reader.ts';

/** The mark U+FEFF is a character like any other inside a string, so it must not be swallowed. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const asciiText = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
/** Up to this length, joining pieces beats a call of the decoder. */
const joinedBytesMax = 96;

const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Text of bytes that are known to be well-formed UTF-8. */
function decode(bytes: Uint8Array, from: number, to: number, ascii: boolean): string {
  if (ascii && to - from <= joinedBytesMax) return joinedText(bytes, from, to);
  // The copy is for bodies in shared memory, which not every decoder accepts.
  return decoder.decode(bytes.slice(from, to));
}

/** Eight characters at a time: one call that makes a flat string costs about as much as joining two. */
function joinedText(b: Uint8Array, from: number, to: number): string {
  let text = '';
  let p = from;
  for (; p + 8 <= to; p += 8) {
    text += String.fromCharCode(
      b[p]!,
      b[p + 1]!,
      b[p + 2]!,
      b[p + 3]!,
      b[p + 4]!,
      b[p + 5]!,
      b[p + 6]!,
      b[p + 7]!,
    );
  }
  for (; p < to; p++) text += asciiText[b[p]!]!;
  return text;
}

/**
 * Reads the string whose quote is at `pos`. Refuses what JSON refuses and, beyond that, NUL, lone
 * surrogates and more than jsonStringBytesMax bytes (of the decoded text in UTF-8).
 */
export function readString(r: Reader): string {
  const { bytes, end } = r;
  const start = r.pos;
  let text = '';
  let sizeBytes = 0;
  let run = start + 1;
  let ascii = true;
  let p = run;
  for (;;) {
    while (p < end && isPlain[bytes[p]!] === 1) p++;
    if (sizeBytes + p - run > limits.jsonStringBytesMax) stop(r, 'string_length', start);
    if (p >= end) stop(r, 'truncated', end);
    const byte = bytes[p]!;
    if (byte >= 0x80) {
      const length = sequenceLength(bytes, p, end);
      if (length <= 0) stop(r, length === 0 ? 'invalid_utf8' : 'truncated', p);
      ascii = false;
      p += length;
      continue;
    }
    if (byte !== quote && byte !== backslash) stop(r, 'invalid_string', p);
    sizeBytes += p - run;
    text += decode(bytes, run, p, ascii);
    r.pos = p + 1;
    if (byte === quote) return text;
    const character = readEscape(r);
    sizeBytes += utf8Bytes(character);
    text += character;
    run = p = r.pos;
    ascii = true;
  }
}

/** Reads an escape whose backslash has been stepped over; a surrogate pair is one escape of two halves. */
function readEscape(r: Reader): string {
  const escape = String.fromCharCode(peek(r));
  const simple = simpleEscapes[escape];
  if (simple === undefined && escape !== 'u') stop(r, 'invalid_string');
  r.pos++;
  if (simple !== undefined) return simple;
  const unit = readCodeUnit(r);
  if (unit === 0 || (unit >= 0xdc00 && unit <= 0xdfff)) stop(r, 'invalid_string');
  if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
  for (const expected of [backslash, 0x75]) {
    if (peek(r) !== expected) stop(r, 'invalid_string');
    r.pos++;
  }
  const low = readCodeUnit(r);
  if (low < 0xdc00 || low > 0xdfff) stop(r, 'invalid_string');
  return String.fromCharCode(unit, low);
}

function readCodeUnit(r: Reader): number {
  let unit = 0;
  for (let i = 0; i < 4; i++) {
    const digit = hexDigit(peek(r));
    if (digit < 0) stop(r, 'invalid_string');
    unit = unit * 16 + digit;
    r.pos++;
  }
  return unit;
}

/** Value of an ASCII hex digit of either case; -1 for any other byte. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const folded = byte | 0x20;
  return folded >= 0x61 && folded <= 0x66 ? folded - 0x61 + 10 : -1;
}

/** UTF-8 bytes of one character. */
function utf8Bytes(character: string): number {
  const code = character.charCodeAt(0);
  if (character.length === 2) return 4;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
}
