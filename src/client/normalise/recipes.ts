import type { NumberingPlan } from 'libphonenumber-js/min';
import { getCountries, getCountryCallingCode, Metadata } from 'libphonenumber-js/min';

import type { Recipe } from '../../base/recipes.ts';
import { hashText } from './hash-text.ts';

/** What a recipe would have hashed in the place of the right form. */
export interface ForeignForm {
  readonly recipe: Recipe;
  readonly text: string;
}

export interface ForeignDigest {
  readonly recipe: Recipe;
  /** 64 lower-case hexadecimal digits, as they would be sent. */
  readonly digest: string;
}

/**
 * The digests that the foreign recipes give for a clear value and that differ from the right one, each once:
 * where two recipes agree about a value, the first in the list of recipes has it. `value` is normalised;
 * `typed` is what the file of users had. MD5 and SHA-1 have no place here: AdCP carries 64 digits, so
 * such a list never arrives.
 *
 *     foreignDigests('email', 'alice@example.com')[0] // double_hash
 */
export function foreignDigests(
  kind: 'email' | 'phone',
  value: string,
  typed?: string,
): readonly ForeignDigest[] {
  const forms = kind === 'email' ? foreignEmailForms(value, typed) : foreignPhoneForms(value);
  return forms.map(({ recipe, text }) => ({ recipe, digest: hashText(text) }));
}

/** The texts behind `foreignDigests` of an address, for whoever hashes by himself. */
export function foreignEmailForms(email: string, typed = email): readonly ForeignForm[] {
  const forms = commonForms(email);
  push(forms, email, 'upper_case', email.toUpperCase());
  push(forms, email, 'upper_case', typed.trim());
  const at = email.lastIndexOf('@');
  const host = email.slice(at + 1);
  const isGmail = host === 'gmail.com' || host === 'googlemail.com';
  push(forms, email, isGmail ? 'gmail_folded' : 'all_folded', `${folded(email.slice(0, at))}@${host}`);
  push(forms, email, 'amazon_filtered', email.replace(/[^a-z0-9.@-]/g, ''));
  return forms;
}

/** The texts behind `foreignDigests` of an E.164 number. */
export function foreignPhoneForms(phone: string): readonly ForeignForm[] {
  const forms = commonForms(phone);
  const digits = phone.slice(1);
  push(forms, phone, 'phone_without_plus', digits);
  push(forms, phone, 'phone_double_zero', `00${digits}`);
  const code = callingCodeOf(digits);
  if (code === '') return forms;
  const national = digits.slice(code.length);
  push(forms, phone, 'phone_national', national);
  if (trunkZeroCodes.has(code)) push(forms, phone, 'phone_national', `0${national}`);
  return forms;
}

/** What can be said where only the right hash is known: that it was hashed again. */
export function foreignHashForms(hash: string): readonly ForeignForm[] {
  return [
    { recipe: 'double_hash', text: hash },
    { recipe: 'double_hash_upper', text: hash.toUpperCase() },
  ];
}

function commonForms(right: string): ForeignForm[] {
  const untrimmed = [` ${right}`, `${right} `, `${right}\n`];
  return [
    ...foreignHashForms(hashText(right)),
    ...untrimmed.map((text): ForeignForm => ({ recipe: 'untrimmed', text })),
  ];
}

/** Adds a form unless it is empty, the right one, or there already. Lists are short. */
function push(forms: ForeignForm[], right: string, recipe: Recipe, text: string): void {
  if (text === '' || text === right || forms.some((form) => form.text === text)) return;
  forms.push({ recipe, text });
}

/** The name of an address without its tag and dots; as it is where nothing would be left. */
function folded(name: string): string {
  const tag = name.indexOf('+');
  const bare = (tag < 0 ? name : name.slice(0, tag)).replaceAll('.', '');
  return bare === '' ? name : bare;
}

/** Calling codes, none of which begins another one. */
const callingCodes: ReadonlySet<string> = new Set(
  getCountries().map((country) => getCountryCallingCode(country)),
);
const callingCodeDigitsMax = 3;

/** The library's plans have this method; its types leave it out. */
interface WithPrefix {
  nationalPrefix(): string | null;
}

/** Codes of countries in which a zero is dialled before a national number. */
const trunkZeroCodes: ReadonlySet<string> = new Set(
  getCountries()
    .filter((country) => {
      const metadata = new Metadata();
      metadata.selectNumberingPlan(country);
      return (metadata.numberingPlan as NumberingPlan & WithPrefix).nationalPrefix() === '0';
    })
    .map((country) => getCountryCallingCode(country)),
);

/** Empty for a number that belongs to no country. */
function callingCodeOf(digits: string): string {
  for (let length = 1; length <= callingCodeDigitsMax; length++) {
    if (callingCodes.has(digits.slice(0, length))) return digits.slice(0, length);
  }
  return '';
}
