import { countryOf } from '../normalise/country.ts';
import { normaliseEmail } from '../normalise/email.ts';
import { isNothing } from '../normalise/nothing.ts';

/** What a single value looks like, whatever its column is called. */
export type ValueShape =
  | 'nothing'
  | 'email'
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

/** Names the shape of one value. Costs about a microsecond: for samples, not for files. */
export function shapeOf(value: string): ValueShape {
  if (isNothing(value)) return 'nothing';
  const text = value.trim();
  const hex = hexShape(text);
  if (hex !== undefined) return hex;
  if (/^[A-Za-z0-9+/_-]{43}=$/.test(text)) return 'base64';
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)) return 'uuid';
  if (normaliseEmail(text.split(/[;,|\s]/, 1)[0]!) !== null) return 'email';
  if (/^\d{7,15}$/.test(text)) return 'digits';
  const digitCount = text.replace(/\D/g, '').length;
  if (phoneMarks.test(text.split(/[;|]|:::| \/ /, 1)[0]!.trim()) && digitCount >= 7 && !isDate(text))
    return 'phone';
  return text.length <= 40 && countryOf(text) !== null ? 'country' : 'other';
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

/** Shares of the shapes among the values that are there. */
export interface ShapeShares {
  /** Values that are there. */
  readonly count: number;
  readonly distinctCount: number;
  share(...shapes: readonly ValueShape[]): number;
}

export function sharesOf(values: readonly string[]): ShapeShares {
  const counts = new Map<ValueShape, number>();
  const distinct = new Set<string>();
  let count = 0;
  for (const value of values) {
    const shape = shapeOf(value);
    if (shape === 'nothing') continue;
    count++;
    distinct.add(value);
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
  return {
    count,
    distinctCount: distinct.size,
    share: (...shapes) =>
      count === 0 ? 0 : shapes.reduce((sum, shape) => sum + (counts.get(shape) ?? 0), 0) / count,
  };
}
