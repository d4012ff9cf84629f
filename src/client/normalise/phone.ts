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
 * repeated, or digits counting up) are refused, because strangers share them.
 *
 *     normalisePhone('(206) 555-1234', 'US') === '+12065551234'
 */
export function normalisePhone(text: string, defaultCountry?: Country): string | null {
  if (text.length <= clientLimits.phoneCharsMax && ascii.test(text)) {
    const length = scratch.latin1Write(text, 0);
    const result = fastPhone(scratch, 0, length, phonePlanOf(defaultCountry), out);
    if (result !== undecided) return result === 0 ? null : out.latin1Slice(0, result);
  }
  return normalisePhoneByLibrary(text, defaultCountry);
}

const ascii = /^[\x20-\x7e]*$/;
const scratch = Buffer.alloc(clientLimits.phoneCharsMax);
const out = Buffer.alloc(clientLimits.phoneCharsMax);

/** `normalisePhone` without the fast path: the definition, and 20 times slower. */
export function normalisePhoneByLibrary(text: string, defaultCountry?: Country): string | null {
  if (text.length > clientLimits.phoneCharsMax) return null;
  const parsed = parsePhoneNumberFromString(text, defaultCountry);
  if (parsed === undefined || !parsed.isPossible()) return null;
  return isPlaceholder(parsed.nationalNumber) ? null : parsed.number;
}

/** One digit repeated, or every digit one more than the last: 0000000000, 1234567890. */
function isPlaceholder(digits: string): boolean {
  let repeats = true;
  let counts = true;
  for (let i = 1; i < digits.length; i++) {
    const step = (digits.charCodeAt(i) - digits.charCodeAt(i - 1) + 10) % 10;
    repeats &&= step === 0;
    counts &&= step === 1;
  }
  return repeats || counts;
}
