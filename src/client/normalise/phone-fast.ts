import { getCountries, getCountryCallingCode, Metadata } from 'libphonenumber-js/min';

import { assert } from '../../base/assert.ts';
import type { Country } from './country.ts';

/** The fast path cannot settle the spelling; ask the library. */
export const undecided = -1;

/**
 * What the fast path knows about one calling code. It settles a spelling only where the library could
 * answer nothing else; everything unusual is left undecided. A differential test holds it to that.
 */
export interface PhonePlan {
  /** Digits of the calling code. */
  readonly code: string;
  /** The digit that is dialled before national numbers, or -1 where there is none or it is not simple. */
  readonly trunkDigit: number;
  /** Entry d is 1 when no rule of any country of the code rewrites a national number that begins with d. */
  readonly safeFirst: Uint8Array;
  /** Entry n is 1 when n digits are possible in every country that shares the code. */
  readonly safeLength: Uint8Array;
  /** `00` begins an international number in the countries for which this is the default plan. */
  readonly dialsDoubleZero: boolean;
}

/** One calling code as written down here; lengths come from the library's own metadata. */
interface Row {
  readonly country: Country;
  readonly trunk: '0' | '1' | '';
  /** First digits of national numbers that no prefix rule and no dialling prefix of the country touches. */
  readonly first: string;
}

/** Read off the prefix rules of the metadata. Rules that are more than one digit stay with the library. */
const rows: readonly Row[] = [
  { country: 'US', trunk: '1', first: '23456789' },
  { country: 'GB', trunk: '0', first: '23456789' },
  { country: 'DE', trunk: '0', first: '123456789' },
  { country: 'FR', trunk: '0', first: '123456789' },
  { country: 'ES', trunk: '', first: '123456789' },
  { country: 'IT', trunk: '', first: '3' },
  { country: 'NL', trunk: '0', first: '123456789' },
  { country: 'BE', trunk: '0', first: '123456789' },
  { country: 'CH', trunk: '0', first: '123456789' },
  { country: 'AT', trunk: '0', first: '123456789' },
  { country: 'SE', trunk: '0', first: '123456789' },
  { country: 'NO', trunk: '', first: '23456789' },
  { country: 'DK', trunk: '', first: '123456789' },
  { country: 'PL', trunk: '', first: '123456789' },
  { country: 'PT', trunk: '', first: '123456789' },
  { country: 'CZ', trunk: '', first: '123456789' },
  { country: 'GR', trunk: '', first: '123456789' },
  { country: 'IE', trunk: '0', first: '123456789' },
  { country: 'AU', trunk: '0', first: '23456789' },
  { country: 'NZ', trunk: '0', first: '23456789' },
  { country: 'IN', trunk: '0', first: '123456789' },
  { country: 'ZA', trunk: '0', first: '123456789' },
  { country: 'TR', trunk: '0', first: '123456789' },
  { country: 'JP', trunk: '0', first: '23456789' },
  { country: 'MX', trunk: '', first: '12345678' },
  { country: 'BR', trunk: '', first: '1234678' },
  { country: 'SG', trunk: '', first: '3689' },
];

const nationalDigitsMax = 17;

function planOf(row: Row): PhonePlan {
  const code = getCountryCallingCode(row.country);
  const sharing = getCountries().filter((country) => getCountryCallingCode(country) === code);
  const safeLength = new Uint8Array(nationalDigitsMax + 1);
  for (let length = 2; length <= nationalDigitsMax; length++) {
    const fits = sharing.every((country) => numberingPlan(country).possibleLengths().includes(length));
    safeLength[length] = fits ? 1 : 0;
  }
  const safeFirst = new Uint8Array(10);
  for (const digit of row.first) safeFirst[Number(digit)] = 1;
  return {
    code,
    trunkDigit: row.trunk === '' ? -1 : Number(row.trunk),
    safeFirst,
    safeLength,
    dialsDoubleZero: sharing.every((country) => numberingPlan(country).IDDPrefix() === '00'),
  };
}

function numberingPlan(country: Country) {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  assert(metadata.numberingPlan !== undefined, () => 'the library has a plan for each of its countries');
  return metadata.numberingPlan;
}

const plans = rows.map(planOf);
/** Calling code as a number → plan. Codes are prefix-free, so the first hit while reading digits is the code. */
const planByCode: (PhonePlan | undefined)[] = new Array<PhonePlan | undefined>(1_000).fill(undefined);
for (const plan of plans) planByCode[Number(plan.code)] = plan;

/** National spellings are settled for the countries of the table only (and Canada, which dials like the US). */
const planByCountry = new Map<string, PhonePlan>(rows.map((row, i) => [row.country, plans[i]!]));
planByCountry.set('CA', planByCode[1]!);

/** The plan for numbers without a country code; undefined leaves those to the library. */
export function phonePlanOf(country: string | undefined): PhonePlan | undefined {
  return country === undefined ? undefined : planByCountry.get(country);
}

/** Countries that the fast path knows, for tests and reports. */
export const fastPhoneCountries: readonly string[] = [...planByCountry.keys()];

const digits = new Uint8Array(24);

/**
 * Writes E.164 to `out` and returns its length, 0 for a placeholder, `undecided` for anything that is not
 * digits, blanks, dots, hyphens and brackets in a common order. Costs about 30 ns.
 */
export function fastPhone(
  bytes: Uint8Array,
  start: number,
  end: number,
  plan: PhonePlan | undefined,
  out: Uint8Array,
): number {
  let count = 0;
  let international = false;
  let dotCount = 0;
  let hyphenCount = 0;
  let dotAt = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    const digit = byte - 0x30;
    if (digit >= 0 && digit <= 9) {
      if (count === digits.length) return undecided;
      digits[count++] = digit;
    } else if (byte === 0x2b) {
      if (international || count > 0) return undecided;
      international = true;
    } else if (byte === 0x2e) {
      dotCount++;
      dotAt = count;
    } else if (byte === 0x2d) hyphenCount++;
    else if (!isBlankOrBracket(byte)) return undecided;
  }
  // A float (2065550142.0) and a date (31-01-1990) are for the slow path.
  if (dotCount === 1 && count - dotAt <= 2) return undecided;
  if (count <= 8 && dotCount + hyphenCount === 2) return undecided;
  if (international) return settleInternational(0, count, out);
  if (plan === undefined) return undecided;
  if (digits[0] === 0 && digits[1] === 0) {
    return plan.dialsDoubleZero ? settleInternational(2, count, out) : undecided;
  }
  return settleNational(plan, count, out);
}

/** space ( ) */
function isBlankOrBracket(byte: number): boolean {
  return byte === 0x20 || byte === 0x28 || byte === 0x29;
}

/** digits[from…] is a calling code and a national number, perhaps with the trunk digit: +44 (0)20 … */
function settleInternational(from: number, count: number, out: Uint8Array): number {
  let code = 0;
  if (digits[from] === 0) return undecided;
  for (let i = from; i < from + 3 && i < count; i++) {
    code = code * 10 + digits[i]!;
    const plan = planByCode[code];
    if (plan !== undefined) return settleTrunk(plan, i + 1, count, out);
  }
  return undecided;
}

/** digits[0…] is a number as it is dialled inside the plan's country. */
function settleNational(plan: PhonePlan, count: number, out: Uint8Array): number {
  if (digits[0] === plan.trunkDigit) return settleTrunk(plan, 0, count, out);
  // What begins with the calling code may be an international number without its plus.
  let i = 0;
  while (i < plan.code.length && i < count && digits[i] === plan.code.charCodeAt(i) - 0x30) i++;
  return i === plan.code.length ? undecided : write(plan, 0, count, out);
}

function settleTrunk(plan: PhonePlan, from: number, count: number, out: Uint8Array): number {
  return write(plan, digits[from] === plan.trunkDigit ? from + 1 : from, count, out);
}

function write(plan: PhonePlan, from: number, count: number, out: Uint8Array): number {
  const length = count - from;
  if (length < 2 || length > nationalDigitsMax) return undecided;
  if (plan.safeFirst[digits[from]!] !== 1 || plan.safeLength[length] !== 1) return undecided;
  let at = 0;
  out[at++] = 0x2b;
  for (let i = 0; i < plan.code.length; i++) out[at++] = plan.code.charCodeAt(i);
  let before = digits[from]!;
  out[at++] = before + 0x30;
  const step = before === 1 && digits[from + 1] === 2 ? 1 : 0;
  let isEven = true;
  for (let i = from + 1; i < count; i++) {
    const digit = digits[i]!;
    if (digit !== (before + step) % 10) isEven = false;
    out[at++] = digit + 0x30;
    before = digit;
  }
  // 0000000000 and 1234567890 are what people write who give no number.
  return isEven ? 0 : at;
}
