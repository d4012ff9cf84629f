import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { limits } from '../base/limits.ts';
import { attemptWaitsMs, jitterShare, nextAttemptMs, retryAfterMsMax } from './schedule.ts';

const hour = 3_600_000;

test('attempts follow the table, within a tenth, and go on hourly until the horizon', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 30, maxLength: 30 }),
      (random) => {
        let at = 0;
        let count = 1;
        const waits: number[] = [];
        for (const one of random) {
          const next = nextAttemptMs(
            { attemptCount: count, failedAtMs: at, releasedAtMs: 0, retryAfterMs: null },
            one,
          );
          if (next === null) break;
          waits.push(next - at);
          at = next;
          count += 1;
        }
        assert.ok(at <= limits.webhookHorizonMs);
        assert.ok(limits.webhookHorizonMs - at <= hour * (1 + jitterShare), 'the last hours are used');
        for (const [index, wait] of waits.entries()) {
          const planned = attemptWaitsMs[index + 1] ?? hour;
          assert.ok(Math.abs(wait - planned) <= planned * jitterShare + 1, `${index}: ${wait}`);
        }
        assert.ok(waits.length >= attemptWaitsMs.length - 1, 'the table fits the horizon');
      },
    ),
  );
});

test('two attempts come within a minute and a half of the first failure', () => {
  const second = nextAttemptMs({ attemptCount: 1, failedAtMs: 0, releasedAtMs: 0, retryAfterMs: null }, 1);
  assert.ok((second ?? Infinity) <= 90_000);
});

test('a receiver may ask for more than the schedule gives, up to six hours, and for no less', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: -1, max: 400 * hour }),
      (attemptCount, asked) => {
        const failure = { attemptCount, failedAtMs: 1_000, releasedAtMs: 0 };
        const plain = nextAttemptMs({ ...failure, retryAfterMs: null }, 0.5) ?? assert.fail('a next attempt');
        const next = nextAttemptMs({ ...failure, retryAfterMs: asked }, 0.5) ?? assert.fail('a next attempt');
        assert.equal(next, Math.max(plain, 1_000 + Math.min(Math.max(asked, 0), retryAfterMsMax)));
      },
    ),
  );
});
