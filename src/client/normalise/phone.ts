import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { PhoneNumber } from 'libphonenumber-js/min';

import { clientLimits } from '../client-limits.ts';
import type { Country } from './country.ts';
import { fastPhone, phonePlanOf, undecided } from './phone-fast.ts';

/**
 * The AdCP form of a phone number: E.164 with `+`. Null when the text is none.
 *
 * A number counts when it is *possible* (libphonenumber's isPossible: the length fits its country),
 * not only when it is *valid* in one release of the metadata: number ranges are opened every week, and
 * a refused number can never match while an accepted wrong one harms nobody. Placeholders (one digit
 * repeated, 1234567890) and dates are refused, because strangers share them.
 * Without a country only numbers with + or 00 in front can be read. Letters are not translated; an extension
 * is dropped, and so is the `.0` of a number that was once a float. A cell of several numbers is none: whoever
 * reads cells takes them apart. Source of the form: AdCP core/audience-member.json (hashed_phone), ITU-T E.164.
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
  if (text.length > clientLimits.phoneCharsMax || scientific.test(text) || date.test(text)) return null;
  const parsed = parse(repaired(text, country), country);
  if (parsed === undefined) return null;
  if (!parsed.isPossible()) return oldMexicanMobile(parsed);
  return isPlaceholder(parsed.nationalNumber) ? null : parsed.number;
}

function parse(text: string, country: string | undefined): PhoneNumber | undefined {
  const parsed =
    withoutPlus(text, country) ?? parsePhoneNumberFromString(text, country as Country | undefined);
  if (parsed === undefined || parsed.isValid()) return parsed;
  const [, prefix, code] = bracketedZero.exec(text) ?? [];
  if (prefix === undefined || code !== parsed.countryCallingCode) return parsed;
  const bare = parsePhoneNumberFromString(prefix + text.slice(prefix.length + '(0)'.length));
  return bare?.isValid() === true ? bare : parsed;
}

/**
 * A number that begins with its own calling code and lost its plus: 49 151 …. The library asks whether it could
 * be a national number, and in Germany nearly everything could. Where national numbers are written with a zero,
 * one that has none, begins like this and is this long is international.
 */
function withoutPlus(text: string, country: string | undefined): PhoneNumber | undefined {
  if (country === undefined || !isSupportedCountry(country)) return undefined;
  const digits = text.replace(/[\s().\-/]/g, '');
  const code = getCountryCallingCode(country);
  if (!/^[1-9]\d{10,14}$/.test(digits) || !digits.startsWith(code)) return undefined;
  const parsed = parsePhoneNumberFromString(`+${digits}`);
  if (parsed?.isValid() !== true) return undefined;
  const dialled = parsePhoneNumberFromString(`0${digits.slice(code.length)}`, country);
  return dialled?.number === parsed.number ? parsed : undefined;
}

/** +420 (0)601 …: written for countries that dial a zero, and by habit in those that do not. */
const bracketedZero = /^(\s*\+[\s.-]*(\d{1,3})[\s.-]*)\(0\)/;
/** What spreadsheets make of a long number: its last digits are lost, so nothing may be guessed from it. */
const scientific = /^\s*[+-]?\d+(?:[.,]\d+)?e[+-]?\d+\s*$/i;
/** A birthday that slipped by a column would be a number of the many who share it. */
const date =
  /^\s*(?:(?:0?[1-9]|[12]\d|3[01])([-./])(?:0?[1-9]|[12]\d|3[01])\1(?:19|20)\d\d|(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01]))\s*$/;
/** Without a country, 00 is read as it is dialled in most of them. */
const doubleZero = /^[\s.()-]*00/;
/** No calling code begins with 0, so `+00`, `00+` and `++` can only mean `+`. */
const doubledPlus = /^[\s.()-]*(?:\+[\s.()-]*(?:\+|00)|00[\s.()-]*\+)/;
const float = /^(\s*\+?\d+)\.0{1,2}\s*$/;
const wideForms = /[\uff01-\uff5e]/g;

/** What Mexico dialled before a number of ten digits until 2019: 01, and 044 or 045 before mobile numbers. */
const oldMexicanPrefix = /^[\s(]*0(?:1|44|45)[\s).-]*(?=(?:\D*\d){10}\D*$)/;

/** The text as its writer meant it, where there is only one thing that it can mean. */
function repaired(text: string, country: string | undefined): string {
  const narrow = text.replace(wideForms, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0));
  const whole = narrow.replace(float, '$1').replace(doubledPlus, '+');
  if (country === 'MX') return whole.replace(oldMexicanPrefix, '');
  return country === undefined ? whole.replace(doubleZero, '+') : whole;
}

/** Until 2019 Mexico's mobile numbers had a 1 after +52. Lists still have it; nobody can dial it. */
function oldMexicanMobile(parsed: PhoneNumber): string | null {
  const { countryCallingCode, nationalNumber } = parsed;
  if (countryCallingCode !== '52' || !/^1\d{10}$/.test(nationalNumber)) return null;
  return isPlaceholder(nationalNumber.slice(1)) ? null : `+52${nationalNumber.slice(1)}`;
}

/**
 * One digit repeated, or digits from 1 upwards: 0000000000, 1234567890. What runs downwards or begins elsewhere
 * stays, because it is somebody's: 98765 43210 is a mobile number in India, 090-1234-5678 in Japan.
 */
function isPlaceholder(digits: string): boolean {
  return digits === digits.charAt(0).repeat(digits.length) || upwards.startsWith(digits);
}

const upwards = '12345678901234567';
