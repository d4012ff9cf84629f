import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

import { clientLimits } from '../client-limits.ts';
import type { Country } from './country.ts';
import { fastPhone, phonePlanOf, undecided } from './phone-fast.ts';

/**
 * The AdCP form of a phone number: E.164 with `+`. Null when the text is none.
 *
 * A number counts when it is *possible* (libphonenumber's isPossible: the length fits its country),
 * not only when it is *valid* in one release of the metadata: number ranges are opened every week, and
 * a refused number can never match while an accepted wrong one harms nobody. Placeholders (one digit
 * repeated) are refused, because strangers share them.
 * Without a country only numbers with + or 00 in front can be read. Letters are not translated; an extension
 * is dropped. Source of the form: AdCP core/audience-member.json (hashed_phone), ITU-T E.164.
 *
 *     normalisePhone('(206) 555-1234', 'US') === '+12065551234'
 */
export function normalisePhone(text: string, country?: string): string | null {
  if (text.length <= clientLimits.phoneCharsMax && ascii.test(text)) {
    const length = scratch.write(text, 0, 'latin1');
    const result = fastPhone(scratch, 0, length, phonePlanOf(country), out);
    if (result !== undecided) return result === 0 ? null : out.toString('latin1', 0, result);
  }
  return normalisePhoneByLibrary(text, country);
}

const ascii = /^[\x20-\x7e]*$/;
const scratch = Buffer.alloc(clientLimits.phoneCharsMax);
const out = Buffer.alloc(clientLimits.phoneCharsMax);

/** `normalisePhone` without the fast path: the definition, and 20 times slower. */
export function normalisePhoneByLibrary(text: string, country?: string): string | null {
  if (text.length > clientLimits.phoneCharsMax || scientific.test(text)) return null;
  const readable = country === undefined ? text.replace(doubleZero, '+') : text;
  const parsed = parsePhoneNumberFromString(readable, country as Country | undefined);
  if (parsed === undefined || !parsed.isPossible()) return null;
  return isPlaceholder(parsed.nationalNumber) ? null : parsed.number;
}

/** What spreadsheets make of a long number: its last digits are lost, so nothing may be guessed from it. */
const scientific = /^\s*[+-]?\d+(?:[.,]\d+)?e[+-]?\d+\s*$/i;
/** Without a country, 00 is read as it is dialled in most of them. */
const doubleZero = /^[\s.()-]*00/;

/** One digit repeated, as in 0000000000. */
function isPlaceholder(digits: string): boolean {
  return digits === digits.charAt(0).repeat(digits.length);
}
