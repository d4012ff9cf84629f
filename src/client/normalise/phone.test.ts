import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { hashText } from './hash-text.ts';
import { fastPhoneCountries, phonePlanOf } from './phone-fast.ts';
import { normalisePhone, normalisePhoneByLibrary } from './phone.ts';

const codes = fastPhoneCountries.map((country) => phonePlanOf(country)!.code);
const isLong = process.env.ROLLCALL_LONG === '1';
const countries = [...fastPhoneCountries, undefined, 'AG', 'KZ', 'AR', 'ZZ'];

test('golden vector of the wire rule', () => {
  const expected = 'f48869b8f9aa60d5eb6147b2130ae29eae6e2d6877dbb9eb9448ce04fe90e3ca';
  assert.equal(hashText(normalisePhone('+1 (206) 555-1234') ?? ''), expected);
  assert.equal(hashText(normalisePhone('206.555.1234', 'US') ?? ''), expected);
});

test('spellings and their numbers', () => {
  const table: readonly (readonly [string, string | undefined, string | null])[] = [
    ['(206) 555-1234', 'US', '+12065551234'],
    ['1-206-555-1234', 'US', '+12065551234'],
    ['0044 20 7946 0018', undefined, '+442079460018'],
    ['0044 20 7946 0018', 'DE', '+442079460018'],
    ['020 7946 0018', 'GB', '+442079460018'],
    ['+44 (0)20 7946 0018', undefined, '+442079460018'],
    ['0151 23456789', 'DE', '+4915123456789'],
    ['06 12 34 56 78', 'FR', '+33612345678'],
    ['(11) 91234-5678', 'BR', '+5511912345678'],
    ['090-1234-5678', 'JP', '+819012345678'],
    ['98765 43210', 'IN', '+919876543210'],
    ['206-555-1234 x99', 'US', '+12065551234'],
    ['206-555-1234', undefined, null],
    ['206-555-1234', 'ZZ', null],
    ['12345', 'US', null],
    ['', 'US', null],
    ['null', 'US', null],
    ['4.91511E+12', 'DE', null],
    ['1-800-FLOWERS', 'US', null],
    ['0000000000', 'US', null],
  ];
  for (const [text, country, expected] of table)
    assert.equal(normalisePhone(text, country), expected, `${text} in ${country ?? 'no country'}`);
});

test('the fast path answers as the library does', () => {
  const separator = fc.constantFrom('', '', '', ' ', '-', '.', '(', ')', ' (', ') ');
  const head = fc.constantFrom('', '0', '00', '+', '1', '0', ...codes.map((code) => `+${code}`));
  const middle = fc.constantFrom('', '', '', '0', '1', '44', '55', '91', '90', '010', '00');
  const body = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), separator), { minLength: 0, maxLength: 14 });
  fc.assert(
    fc.property(
      fc.constantFrom(...countries),
      separator,
      head,
      middle,
      body,
      (country, blank, plus, start, rest) => {
        const text = blank + plus + start + rest.map(([digit, gap]) => `${digit}${gap}`).join('');
        assert.equal(
          normalisePhone(text, country),
          normalisePhoneByLibrary(text, country),
          `${text} ${country}`,
        );
      },
    ),
    { numRuns: isLong ? 1_000_000 : 20_000 },
  );
});

test('every beginning of three digits in every spelling that a plan claims', () => {
  let compared = 0;
  const step = isLong ? 1 : 41;
  for (const country of fastPhoneCountries) {
    const code = phonePlanOf(country)!.code;
    for (let prefix = 0; prefix < 10_000; prefix += step) {
      const start = String(prefix).padStart(4, '0');
      for (const tail of ['23456', '712345', '0000000']) {
        for (const text of [start + tail, `0${start}${tail}`, `+${code}${start}${tail}`]) {
          assert.equal(
            normalisePhone(text, country),
            normalisePhoneByLibrary(text, country),
            `${text} ${country}`,
          );
          compared++;
        }
      }
    }
  }
  assert.ok(compared > 10_000);
});
