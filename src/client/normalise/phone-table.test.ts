import assert from 'node:assert/strict';
import { test } from 'node:test';

import examples from 'libphonenumber-js/examples.mobile.json';
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';

import { normalisePhone, normalisePhoneByLibrary } from './phone.ts';
import { phoneTable } from './testing/phone-table.ts';

const isNumber = (expected: string): boolean => expected.startsWith('+');

test('written numbers and their E.164 form, or none', () => {
  const wrong = phoneTable
    .map((row) => ({ ...row, found: normalisePhone(row.text, row.country) }))
    .filter(({ expected, found }) => found !== (isNumber(expected) ? expected : null))
    .map(({ country, text, expected, found }) => `  ${country ?? '-'} ${text}: ${found}, not ${expected}`);
  assert.deepEqual(wrong, []);
});

test('the slow path has the same table', () => {
  for (const { country, text, expected } of phoneTable)
    assert.equal(normalisePhoneByLibrary(text, country), isNumber(expected) ? expected : null, text);
});

test('the table is long, of many countries, and its numbers are possible ones', () => {
  assert.ok(phoneTable.length >= 200, `${phoneTable.length} rows`);
  const countries = new Set(phoneTable.map((row) => row.country));
  assert.ok(countries.size >= 30, `${countries.size} countries`);
  for (const { expected, text } of phoneTable)
    if (isNumber(expected)) assert.equal(parsePhoneNumberFromString(expected)?.isPossible(), true, text);
  assert.ok(phoneTable.filter(({ expected }) => !isNumber(expected)).length >= 50);
});

test('the example number of every country, in the spellings of exports', () => {
  // Some of the library's examples are what we take for placeholders.
  let compared = 0;
  for (const country of getCountries()) {
    const example = getExampleNumber(country, examples);
    if (example === undefined || /^1?234567/.test(example.nationalNumber)) continue;
    const spellings: readonly (readonly [string, string | undefined])[] = [
      [example.formatNational(), country],
      [example.number, undefined],
      [`00${example.number.slice(1)}`, undefined],
      [example.number.slice(1), country],
      [`${example.number.slice(1)}.0`, country],
      [example.formatInternational(), 'US'],
    ];
    for (const [text, home] of spellings) {
      assert.equal(normalisePhone(text, home), example.number, `${text} in ${home ?? 'no country'}`);
      compared++;
    }
  }
  assert.ok(compared > 1_200, `${compared} spellings`);
});
