import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import fc from 'fast-check';

import { countryOf } from './country.ts';
import { hashInto, hashText, hashTextInto } from './hash-text.ts';
import { maidOfNobody, normaliseMaid } from './maid.ts';
import { isNoId, isNothing } from './nothing.ts';

test('countries by code and by name in several languages', () => {
  const table: Readonly<Record<string, string | null>> = {
    US: 'US', ' de ': 'DE', USA: 'US', 'United States': 'US', UK: 'GB', 'Großbritannien': 'GB', Deutschland: 'DE',
    Brasil: 'BR', 日本: 'JP', 'Estados Unidos': 'US', France: 'FR', ZZ: null, '': null, Atlantis: null, XX: null,
  }; // prettier-ignore
  for (const [text, country] of Object.entries(table)) assert.equal(countryOf(text), country, text);
});

test('advertising ids are folded, and the one of nobody is none', () => {
  const id = '6D92078A-8246-4BA4-AE5B-76104861E7DC';
  assert.equal(normaliseMaid(` ${id} `), id.toLowerCase());
  for (const text of ['', maidOfNobody, id.replaceAll('-', ''), `${id}0`, 'null'])
    assert.equal(normaliseMaid(text), null);
});

test('words for nothing are nothing, ids may be short', () => {
  for (const text of ['', '  ', 'NULL', ' n/a', '-', 'undefined', '#N/A']) assert.ok(isNothing(text), text);
  for (const text of ['jane@example.com', '12', 'nullable']) assert.ok(!isNothing(text), text);
  for (const text of ['', 'NULL', 'n/a']) assert.ok(isNoId(text), text);
  for (const text of ['0', 'x', 'u1', 'unknown-7']) assert.ok(!isNoId(text), text);
});

test('all ways of hashing are SHA-256, and write nowhere else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, at) => {
      const expected = createHash('sha256').update(text).digest();
      assert.equal(hashText(text), expected.toString('hex'));
      const out = Buffer.alloc(80, 0xaa);
      hashInto(Buffer.from(text), out, at);
      assert.deepEqual(out.subarray(at, at + 32), expected);
      const other = Buffer.alloc(80, 0xaa);
      hashTextInto(text, other, at);
      assert.deepEqual(other, out);
      assert.ok(out.subarray(0, at).every((byte) => byte === 0xaa));
      assert.ok(out.subarray(at + 32).every((byte) => byte === 0xaa));
    }),
  );
});
