import { countryOf } from '../normalise/country.ts';
import { normaliseEmail } from '../normalise/email.ts';
import { isNothing } from '../normalise/nothing.ts';

/** What a single value looks like, whatever its column is called. */
export type ValueShape =
  | 'nothing'
  | 'email'
  /** Could be nothing else. */
  | 'plain_phone'
  | 'phone'
  | 'digits'
  | 'sha256'
  | 'sha256_upper'
  | 'sha1'
  | 'md5'
  | 'base64'
  | 'uuid'
  | 'country'
  | 'other';

const phoneMarks = /^[+(]?[\d(][\d\s().\-/]{5,24}$/;
/** Spellings that are telephone numbers without anybody saying so: +44 …, (206) 555-0142, 206-555-0142. */
const plainlyPhone = /^(?:\+[\d\s().\-/]{8,24}|(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4})$/;

/** Names the shape of one value. Costs about a microsecond: for samples, not for files. */
export function shapeOf(value: string): ValueShape {
  if (isNothing(value)) return 'nothing';
  const text = value.trim();
  const hex = hexShape(text);
  if (hex !== undefined) return hex;
  if (/^[A-Za-z0-9+/_-]{43}=$/.test(text)) return 'base64';
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)) return 'uuid';
  if (normaliseEmail(text.split(/[;,|\s]/, 1)[0]!) !== null) return 'email';
  const shape = phoneShape(text);
  if (shape !== undefined) return shape;
  return text.length <= 40 && countryOf(text) !== null ? 'country' : 'other';
}

function phoneShape(text: string): ValueShape | undefined {
  const number = firstNumber(text);
  if (/^\d{7,15}$/.test(number)) return 'digits';
  const digitCount = number.replace(/\D/g, '').length;
  if (!phoneMarks.test(number) || digitCount < 7 || isDate(number) || isDecimal(number) || isAddress(number))
    return undefined;
  return digitCount <= 15 && plainlyPhone.test(number) ? 'plain_phone' : 'phone';
}

/** The first number of a cell without what exports put around it: wide digits, ', tel:, an extension. */
function firstNumber(text: string): string {
  return text
    .normalize('NFKC')
    .split(/[;,|]|:::| \/ /, 1)[0]!
    .replace(/^'?\s*(?:(?:tel|phone|p):\s*)?/i, '')
    .replace(/\s*(?:#|x|ext\.?|extension)\s*\d{1,6}$/i, '')
    .trim();
}

function hexShape(text: string): ValueShape | undefined {
  if (text.length === 64 && /^[0-9a-fA-F]+$/.test(text))
    return /[A-F]/.test(text) ? 'sha256_upper' : 'sha256';
  if (text.length === 40 && /^[0-9a-fA-F]+$/.test(text)) return 'sha1';
  return text.length === 32 && /^[0-9a-fA-F]+$/.test(text) ? 'md5' : undefined;
}

/** 2024-01-31, 31.01.2024, with or without a time. */
function isDate(text: string): boolean {
  return /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b/.test(text) || /^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\b/.test(text);
}

/** 47.6062095: a position or a price. A trunk zero in front makes it a phone number: 030.23125678. */
function isDecimal(text: string): boolean {
  return /^(?:0|[1-9]\d{0,2})\.\d{4,}$/.test(text);
}

/** Four numbers of an IP address. */
function isAddress(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text);
}

/** 32 bytes in Base64 without its padding. */
const tokenCharsMin = 43;

/** Shares of the shapes among the values that are there. */
export interface ShapeShares {
  /** Values that are there. */
  readonly count: number;
  readonly distinctCount: number;
  /** Share of values that are long enough for an encrypted or hashed token. */
  readonly tokenShare: number;
  share(...shapes: readonly ValueShape[]): number;
}

export function sharesOf(values: readonly string[]): ShapeShares {
  const counts = new Map<ValueShape, number>();
  const distinct = new Set<string>();
  let count = 0;
  let tokenCount = 0;
  for (const value of values) {
    const shape = shapeOf(value);
    if (shape === 'nothing') continue;
    count++;
    if (value.trim().length >= tokenCharsMin) tokenCount++;
    distinct.add(value);
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
  return {
    count,
    distinctCount: distinct.size,
    tokenShare: count === 0 ? 0 : tokenCount / count,
    share: (...shapes) =>
      count === 0 ? 0 : shapes.reduce((sum, shape) => sum + (counts.get(shape) ?? 0), 0) / count,
  };
}
