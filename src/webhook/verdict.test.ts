import assert from 'node:assert/strict';
import { test } from 'node:test';

import { failureWords, retryAfterMs, verdictOf, type Verdict } from './verdict.ts';

const nowMs = Date.parse('2026-11-26T12:00:00Z');
const answered = (
  status: number,
  challenge: string | null = null,
  retryAfter: string | null = null,
): Verdict => verdictOf({ kind: 'answered', status, challenge, retryAfter }, nowMs);
const retry: Verdict = { kind: 'retry', retryAfterMs: null, quiets: false };

test('every answer has its meaning', () => {
  for (const status of [200, 201, 202, 204, 299]) assert.deepEqual(answered(status), { kind: 'delivered' });
  for (const status of [
    100, 300, 301, 302, 304, 307, 400, 401, 402, 403, 404, 405, 413, 418, 422, 500, 501, 505, 599,
  ])
    assert.deepEqual(answered(status), retry, String(status));
  for (const status of [429, 502, 503, 504])
    assert.deepEqual(answered(status), { ...retry, quiets: true }, String(status));
  assert.deepEqual(answered(409), { kind: 'stop', reason: 'key_reused', disables: false });
  assert.deepEqual(answered(410), { kind: 'stop', reason: 'gone', disables: true });
  for (const reason of failureWords) assert.deepEqual(verdictOf({ kind: 'failed', reason }, nowMs), retry);
});

test('only a receiver that says that the signature is bad ends it with 401', () => {
  const stop = { kind: 'stop', reason: 'signature_refused', disables: false };
  assert.deepEqual(answered(401, 'Signature error="webhook_signature_invalid"'), stop);
  assert.deepEqual(answered(401, 'signature  realm="x", error="webhook_signature_key_unknown"'), stop);
  assert.deepEqual(answered(401, 'Bearer error="invalid_token"'), retry);
  assert.deepEqual(answered(401, 'Signature error="request_signature_required"'), retry);
  assert.deepEqual(answered(403, 'Signature error="webhook_signature_invalid"'), retry);
});

test('Retry-After is read as seconds or as a date, and nonsense is nothing', () => {
  assert.equal(retryAfterMs('120', nowMs), 120_000);
  assert.equal(retryAfterMs(' 0 ', nowMs), 0);
  assert.equal(retryAfterMs('Thu, 26 Nov 2026 12:01:00 GMT', nowMs), 60_000);
  assert.equal(retryAfterMs('Thu, 26 Nov 2026 11:00:00 GMT', nowMs), 0);
  for (const odd of [null, '', '-5', '1.5', 'soon', '1e9', '99999999999', '2026-11-26T13:00:00Z']) {
    assert.equal(retryAfterMs(odd, nowMs), null, String(odd));
  }
  assert.deepEqual(answered(503, null, '30'), { kind: 'retry', retryAfterMs: 30_000, quiets: true });
  assert.deepEqual(answered(500, null, '30'), retry, 'only of the overloaded');
});
