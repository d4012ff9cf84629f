import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { normaliseEmail } from './email.ts';
import { hashText } from './hash-text.ts';

test('golden vectors of the wire rule', () => {
  const vectors: readonly (readonly [string, string])[] = [
    [' Jane.Doe+News@Gmail.com ', 'f41439c944a763c9812d700a779941cec169de13c9ccd13aaf9424ba5231620a'],
    ['alice@example.com', 'ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976'],
    ['\tALICE@example.COM\u00a0', 'ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976'],
  ];
  for (const [text, expected] of vectors) assert.equal(hashText(normaliseEmail(text) ?? ''), expected);
});

test('what is no address is refused', () => {
  const texts = [
    '',
    ' ',
    'null',
    'n/a',
    'N/A',
    'none',
    '-',
    '@',
    'a@',
    '@b.com',
    'a@b',
    'a@@b.com',
    'a b@c.com',
  ];
  const more = [
    'a@b.com, c@d.com',
    '<a@b.com>',
    'mailto:a@b.com',
    'a\u200bb@c.com',
    'null@null.null',
    'a@b..com',
  ];
  const last = [
    'a@.com',
    'a@b.',
    'a@b.c',
    `${'a'.repeat(250)}@b.com`,
    'none@none.na',
    '+12065551234',
    'a@b.com\u0000',
  ];
  for (const text of [...texts, ...more, ...last])
    assert.equal(normaliseEmail(text), null, JSON.stringify(text));
});

test('unusual but real addresses are kept as they are', () => {
  for (const text of [
    "o'brien@example.ie",
    'müller@bücher.de',
    '用户@例子.中国',
    '_x-1%y@sub.example.co.uk',
    '1@2.io',
  ])
    assert.equal(normaliseEmail(text), text);
});

test('normalising again changes nothing, and nothing but case and outer space is lost', () => {
  const local = fc.stringMatching(/^[A-Za-z0-9_]{1,12}([.+][A-Za-z0-9]{1,6})?$/);
  const host = fc.stringMatching(/^[A-Za-z0-9]{1,10}\.(com|de|co\.jp|FR)$/);
  fc.assert(
    fc.property(local, host, fc.stringMatching(/^[ \t]{0,3}$/), (name, domain, blank) => {
      const email = normaliseEmail(`${blank}${name}@${domain}${blank}`);
      assert.equal(email, `${name}@${domain}`.toLowerCase());
      assert.equal(normaliseEmail(email ?? ''), email);
    }),
  );
});

test('any text gives null or a trimmed lower-case address', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, b) => {
      const email = normaliseEmail(`${a}@${b}.com`);
      if (email !== null) assert.equal(email, `${a}@${b}.com`.trim().toLowerCase());
    }),
  );
});
