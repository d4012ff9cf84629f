import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import type { Delivery } from './delivery.ts';
import { delivery, nowMs, testBody } from './testing/deliveries.ts';
import { verifyBearer, verifyHmac } from './verify-secret.ts';

const secret = 'a-secret-that-is-long-enough-for-sellers';
const stamp = String(nowMs / 1000);

/** The signature in the words of the document, apart from the code under test. */
const mac = (text: string | Uint8Array, key = secret, encoding: 'hex' | 'base64' = 'hex'): string =>
  createHmac('sha256', key).update(text).digest(encoding);

const sent = (signature: string, timestamp = stamp, text = testBody): Delivery =>
  delivery({ text, headers: { 'x-adcp-signature': signature, 'x-adcp-timestamp': timestamp } });

test('a fixed vector', () => {
  // Reckoned with `printf '1764187200.{"a":1}' | openssl dgst -sha256 -hmac "$secret"`.
  const known = 'sha256=ce87934a490c1ff44d4d8faf8c03480b9b40e2968c003c4c7d01e249c0c8d244';
  const one = { ...sent(known, '1764187200', '{"a":1}'), receivedAtMs: 1_764_187_200_000 };
  assert.equal(verifyHmac(one, secret).outcome, 'verified');
});

test('every body and time that is signed right is verified, and no other byte is', () => {
  fc.assert(
    fc.property(fc.json(), fc.integer({ min: -300, max: 300 }), fc.nat(), (text, age, at) => {
      const timestamp = String(nowMs / 1000 - age);
      const good = sent(`sha256=${mac(`${timestamp}.${text}`)}`, timestamp, text);
      const verdict = verifyHmac(good, secret);
      // Random JSON may name a key twice, which is refused for itself.
      assert.ok(verdict.outcome === 'verified' || verdict.code === 'duplicate_key_input');
      const body = Buffer.from(text);
      body[at % body.length]! ^= 1;
      assert.equal(verifyHmac({ ...good, body }, secret).code, 'hmac_mismatch');
    }),
  );
});

const right = mac(`${stamp}.${testBody}`);
const python = testBody.replaceAll('":', '": ').replaceAll(',"', ', "');
const milliseconds = String(nowMs);

const cases: readonly (readonly [string, Delivery, string, RegExp])[] = [
  [
    'no timestamp',
    delivery({ headers: { 'x-adcp-signature': 'sha256=x' } }),
    'hmac_header_missing',
    /X-ADCP-Timestamp is missing/,
  ],
  [
    'no signature',
    delivery({ headers: { 'x-adcp-timestamp': stamp } }),
    'hmac_header_missing',
    /X-ADCP-Signature is missing/,
  ],
  [
    'milliseconds',
    sent(`sha256=${mac(`${milliseconds}.${testBody}`)}`, milliseconds),
    'hmac_timestamp_malformed',
    /in milliseconds/,
  ],
  ['no number', sent(`sha256=${right}`, 'today'), 'hmac_timestamp_malformed', /“today”/],
  [
    '301 s old',
    sent(`sha256=${right}`, String(nowMs / 1000 - 301)),
    'hmac_timestamp_stale',
    /301 s ago; 300 s/,
  ],
  [
    '301 s early',
    sent(`sha256=${right}`, String(nowMs / 1000 + 301)),
    'hmac_timestamp_stale',
    /301 s in the future/,
  ],
  ['upper case', sent(`sha256=${right.toUpperCase()}`), 'hmac_mismatch', /spelling/],
  ['no prefix', sent(right), 'hmac_mismatch', /spelling/],
  ['base64', sent(`sha256=${mac(`${stamp}.${testBody}`, secret, 'base64')}`), 'hmac_mismatch', /in base64/],
  ['the body alone', sent(`sha256=${mac(testBody)}`), 'hmac_mismatch', /body alone/],
  [
    'a line break in the secret',
    sent(`sha256=${mac(`${stamp}.${testBody}`, `${secret}\n`)}`),
    'hmac_mismatch',
    /line break/,
  ],
  [
    'signed as Python writes it',
    sent(`sha256=${mac(`${stamp}.${python}`)}`),
    'hmac_mismatch',
    /another spelling/,
  ],
  [
    'another secret',
    sent(`sha256=${mac(`${stamp}.${testBody}`, `${secret}2`)}`),
    'hmac_mismatch',
    /not that of this body/,
  ],
  [
    'a key twice',
    sent(`sha256=${mac(`${stamp}.{"a":1,"a":2}`)}`, stamp, '{"a":1,"a":2}'),
    'duplicate_key_input',
    /twice/,
  ],
];

describe('HMAC-SHA256: each fault is named, without the secret', () => {
  for (const [what, one, code, reason] of cases) {
    test(what, () => {
      const verdict = verifyHmac(one, secret);
      assert.deepEqual([verdict.outcome, verdict.code], ['failed', code]);
      assert.match(verdict.explanation?.reason ?? '', reason);
      assert.ok(!JSON.stringify(verdict).includes(secret));
      assert.equal(verdict.steps.filter(({ outcome }) => outcome === 'failed').length, 1);
    });
  }
});

test('Bearer', () => {
  const judged = (authorization: string): unknown =>
    verifyBearer(delivery({ headers: { authorization } }), secret).code;
  assert.deepEqual(
    [`Bearer ${secret}`, `bearer ${secret}`, `Bearer ${secret}x`, `Basic ${secret}`, 'Bearer'].map(judged),
    [null, null, 'bearer_mismatch', 'bearer_malformed', 'bearer_malformed'],
  );
  const short = verifyBearer(delivery({ headers: { authorization: 'Bearer short' } }), 'short');
  assert.match(short.notes.join(), /fewer than 32/);
});
