import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { AppError } from '../base/faults.ts';
import { createRateLimits, RateLimit } from './rate-limit.ts';

test('a bucket lets through what a list of all calls would', () => {
  const rate = { perSecond: 5, burst: 10 };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 200 }), (pauses) => {
      let now = 0;
      const limit = new RateLimit(rate, { now: () => 0, monotonic: () => now });
      /** When each token that was taken is back: they come back one after the other. */
      let backAt: number[] = [];
      for (const pause of pauses) {
        now += pause;
        backAt = backAt.filter((at) => at > now + 1e-6);
        const wait = limit.take('a');
        const last = backAt.at(-1) ?? now;
        if (backAt.length < rate.burst) {
          assert.equal(wait, 0);
          backAt.push(last + 1_000 / rate.perSecond);
        } else {
          assert.ok(Math.abs(wait - (backAt[0]! - now)) < 1.001, `${wait} and ${backAt[0]! - now}`);
        }
      }
    }),
  );
});

test('callers and accounts are apart, so are reads and writes, and a wait is enough', () => {
  let now = 0;
  const clock = { now: () => 0, monotonic: () => now };
  const limits = createRateLimits(
    { read: { perSecond: 1, burst: 2 }, write: { perSecond: 2, burst: 1 } },
    clock,
  );
  const refusal = (act: () => void): AppError => {
    try {
      act();
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === 'RATE_LIMITED');
      return error;
    }
    return assert.fail('it was let through');
  };
  limits.take('write', 1, 1);
  const { info } = refusal(() => limits.take('write', 1, 1));
  assert.deepEqual(info.details, { limit: 2, remaining: 0, window_seconds: 1, scope: 'account' });
  limits.take('write', 1, 2);
  limits.take('write', 2, 1);
  limits.take('read', 1, 1);
  limits.take('read', 1, 1);
  refusal(() => limits.take('read', 1, 1));
  now += (info.retryAfterSeconds ?? 0) * 1_000;
  limits.take('write', 1, 1);
  refusal(() => limits.take('write', 1, 1));
  limits.giveBack('write', 1, 1);
  limits.take('write', 1, 1);
});

test('no rate is no limit, and names without end are no memory without end', () => {
  const clock = { now: () => 0, monotonic: () => 0 };
  const none = createRateLimits(
    { read: { perSecond: 0, burst: 0 }, write: { perSecond: 1, burst: 1 } },
    clock,
  );
  for (let i = 0; i < 50_000; i++) none.take('read', 1, 1);
  for (let i = 0; i < 50_000; i++) none.take('write', i, 1);
});
