/** The rule for secret scanners in docs/keys.md finds every key, and nothing else. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { systemRandom } from '../../src/platform/clock.ts';
import { keyPattern, keyRandomBytes, makeKey, parseKey } from '../../src/protocol/auth/key-format.ts';
import { createDice } from '../fuzz/dice.ts';

const page = readFileSync(new URL('../../docs/keys.md', import.meta.url), 'utf8');
const rule = /```toml\n([\s\S]*?)```/.exec(page)?.[1] ?? assert.fail('there is no rule');
const written = /^regex = '''(.+)'''$/m.exec(rule)?.[1] ?? assert.fail('the rule has no regex');
const pattern = new RegExp(written);
const stringCount = 1_000_000;
const keyChars = 65;

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const dice = createDice(20_261_126);
/** As long as it must be, of what keys are made of. */
function randomText(chars: number, alphabet: string): string {
  let text = '';
  for (let at = 0; at < chars; at++) text += alphabet[dice.below(alphabet.length)]!;
  return text;
}

test('keys are found wherever people leave them, by the rule and by its keyword', () => {
  const keyword = /^keywords = \["(.+)"\]$/m.exec(rule)?.[1] ?? assert.fail('the rule has no keyword');
  for (let n = 0; n < 1_000; n++) {
    const { key } = makeKey(systemRandom.bytes(keyRandomBytes));
    assert.equal(key.length, keyChars);
    assert.ok(key.includes(keyword));
    for (const text of [
      key,
      `KEY=${key}`,
      `{"key":"${key}"}`,
      `-H "Authorization: Bearer ${key}"`,
      `?api_key=${key}&x=1`,
    ]) {
      assert.equal(pattern.exec(text)?.[0], key);
      assert.equal(keyPattern.exec(text)?.[0], key);
    }
  }
});

test('a million random strings of the same length and letters are no keys', () => {
  let found = 0;
  for (let n = 0; n < stringCount; n++) if (pattern.test(randomText(keyChars, `${letters}_`))) found += 1;
  assert.equal(found, 0);
});

test('of a million strings that look like keys to the rule, none has the checksum of one', () => {
  let found = 0;
  for (let n = 0; n < stringCount; n++) {
    const lookalike = `rk_${randomText(12, letters)}_${randomText(49, letters)}`;
    if (n < 1_000) assert.match(lookalike, pattern);
    if (parseKey(lookalike) !== null) found += 1;
  }
  assert.equal(found, 0);
});
