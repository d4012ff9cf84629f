import { must } from './assert.ts';

/**
 * The usual wrong or foreign ways of preparing an e-mail address or a phone number, each with the byte that
 * stands for it in stored bytes. A code never changes its meaning: a file outlives releases. The names are what
 * a diagnosis says and what `push --recipe` takes.
 */
export const recipeCodes = {
  /** SHA-256 of the right hash's hexadecimal digits in lower case. */
  double_hash: 1,
  /** The same over digits in capitals. */
  double_hash_upper: 2,
  /** A blank in front, a blank behind or a newline behind was hashed with the value. */
  untrimmed: 3,
  /** An e-mail address in capitals, or as somebody typed it. */
  upper_case: 4,
  /** Digits with the country code: Meta, Snap, Amazon. */
  phone_without_plus: 5,
  /** Without the country code, and also with the zero that is dialled in front. */
  phone_national: 6,
  /** 00 in the place of the plus. */
  phone_double_zero: 7,
  /** Dots and tag dropped at gmail.com and googlemail.com: Google, UID2. */
  gmail_folded: 8,
  /** Dots and tag dropped at every other host. At Gmail's this is `gmail_folded`. */
  all_folded: 9,
  /** Only letters, digits, dot, at sign and hyphen are left of an e-mail address: Amazon. */
  amazon_filtered: 10,
} as const;

export type Recipe = keyof typeof recipeCodes;

export const recipes = Object.keys(recipeCodes) as readonly Recipe[];

/** Codes run from 1 to this. */
export const recipeCodeMax = 10;

export function recipeOfCode(code: number): Recipe {
  return must(
    recipes.find((recipe) => recipeCodes[recipe] === code),
    () => `recipe code ${code}`,
  );
}

/** What bad exports hash where there is no value. Such a hash says nothing about anybody. */
export const wordsForNothing = ['', 'null', 'undefined', 'none', 'n/a', 'NULL', 'nan', '0'] as const;
