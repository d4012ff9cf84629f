import { limits } from '../../base/limits.ts';
import type { Reader } from './reader.ts';
import { stop } from './reader.ts';

const minus = 0x2d;
const plus = 0x2b;
const point = 0x2e;
const zero = 0x30;
/** Any integer of this many digits is exact in a double. */
const exactDigitsMax = 15;

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= 0x39;
}

/** Steps over one or more digits from `pos`. */
function skipDigits(r: Reader, pos: number): number {
  const from = pos;
  while (pos < r.end && isDigit(r.bytes[pos])) pos++;
  if (pos === from) stop(r, pos >= r.end ? 'truncated' : 'not_json', pos);
  return pos;
}

/**
 * Reads a number by JSON's grammar. Refuses one that is not finite as a double, an integer (spelt
 * without fraction and exponent) that a double cannot hold exactly, and one spelt with more than
 * jsonStringBytesMax bytes: two different requests must never read as the same.
 */
export function readNumber(r: Reader): number {
  const { bytes, end } = r;
  const start = r.pos;
  let p = start;
  if (bytes[p] === minus) p++;
  const firstDigit = p;
  p = skipDigits(r, p);
  if (bytes[firstDigit] === zero && p > firstDigit + 1) stop(r, 'not_json', firstDigit + 1);
  const digits = p - firstDigit;
  let integer = true;
  if (p < end && bytes[p] === point) {
    integer = false;
    p = skipDigits(r, p + 1);
  }
  if (p < end && (bytes[p]! | 0x20) === 0x65) {
    integer = false;
    p++;
    if (p < end && (bytes[p] === plus || bytes[p] === minus)) p++;
    p = skipDigits(r, p);
  }
  if (p - start > limits.jsonStringBytesMax) stop(r, 'invalid_number', start);
  let text = '';
  for (let i = start; i < p; i++) text += String.fromCharCode(bytes[i]!);
  const value = Number(text);
  if (!Number.isFinite(value)) stop(r, 'invalid_number', start);
  if (integer && digits > exactDigitsMax && BigInt(text) !== BigInt(value)) stop(r, 'invalid_number', start);
  r.pos = p;
  return value;
}
