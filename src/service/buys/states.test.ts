import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import type { BuyStatus } from './api.ts';
import { spendOfImpressions } from './money.ts';
import { forcedFacts, isOver, statusOf, type BuyFacts } from './states.ts';

/** Source: AdCP media-buy lifecycle, as its SDK spells it; staying is always possible. */
const edges: Readonly<Record<BuyStatus, readonly BuyStatus[]>> = {
  pending_creatives: ['pending_start', 'active', 'paused', 'canceled', 'rejected'],
  pending_start: ['active', 'paused', 'canceled', 'rejected'],
  active: ['paused', 'completed', 'canceled'],
  paused: ['active', 'completed', 'canceled'],
  completed: [],
  rejected: [],
  canceled: [],
};

const start = 1_000;
const end = 2_000;
const facts: BuyFacts = { startAt: start, endAt: end, paused: 0, canceledAt: null, rejectedAt: null };

/** What a buyer, or a test, can do to a buy that is not over. */
const acts: Readonly<Record<string, (before: BuyFacts, now: number) => BuyFacts>> = {
  wait: (before) => before,
  pause: (before) => ({ ...before, paused: 1 }),
  resume: (before) => ({ ...before, paused: 0 }),
  cancel: (before, now) => ({ ...before, canceledAt: now }),
  'force active': (before, now) => forcedFacts(before, 'active', now) ?? before,
  'force paused': (before, now) => forcedFacts(before, 'paused', now) ?? before,
  'force completed': (before, now) => forcedFacts(before, 'completed', now) ?? before,
  'force rejected': (before, now) => forcedFacts(before, 'rejected', now) ?? before,
};

describe('the state of a media buy', () => {
  test('follows the clock', () => {
    const at = (now: number, more: Partial<BuyFacts> = {}): BuyStatus => statusOf({ ...facts, ...more }, now);
    assert.deepEqual(
      [at(999), at(1_000), at(1_999), at(2_000)],
      ['pending_start', 'active', 'active', 'completed'],
    );
    assert.deepEqual(
      [at(999, { paused: 1 }), at(1_000, { paused: 1 }), at(2_000, { paused: 1 })],
      ['pending_start', 'paused', 'completed'],
    );
    assert.equal(at(3_000, { canceledAt: 1_500 }), 'canceled');
    assert.equal(at(3_000, { rejectedAt: 500, canceledAt: 600 }), 'rejected');
  });

  test('moves only as AdCP allows, whoever does what at whatever time', () => {
    const act = fc.constantFrom(...Object.keys(acts));
    // Looked at often enough that nothing begins and ends unseen.
    const steps = fc.array(fc.tuple(act, fc.integer({ min: 0, max: end - start - 1 })), { maxLength: 30 });
    fc.assert(
      fc.property(steps, (list) => {
        let now = 0;
        let current = facts;
        let seen = statusOf(current, now);
        const see = (): void => {
          const next = statusOf(current, now);
          assert.ok(next === seen || edges[seen].includes(next), `${seen} became ${next}`);
          seen = next;
        };
        for (const [name, wait] of list) {
          now += wait;
          see();
          if (!isOver(seen)) current = acts[name]!(current, now);
          see();
        }
      }),
    );
  });

  test('forcing brings about what it says, or nothing', () => {
    const wanted = fc.constantFrom<BuyStatus>(...(Object.keys(edges) as BuyStatus[]));
    fc.assert(
      fc.property(wanted, fc.nat(3_000), fc.boolean(), (status, now, paused) => {
        const before = { ...facts, paused: paused ? 1 : 0 };
        const forced = forcedFacts(before, status, now);
        if (forced === null) return;
        assert.equal(statusOf(forced, now), status);
        assert.ok(forced.startAt <= forced.endAt);
      }),
    );
  });
});

describe('spend', () => {
  test('is the same however the impressions are counted', () => {
    fc.assert(
      fc.property(fc.nat(50_000_000), fc.array(fc.nat(5_000), { maxLength: 20 }), (rate, counts) => {
        let before = 0;
        let spent = 0;
        for (const count of counts) {
          spent += spendOfImpressions(rate, before, count);
          before += count;
        }
        assert.equal(spent, spendOfImpressions(rate, 0, before));
      }),
    );
    assert.equal(spendOfImpressions(5_000_000, 0, 1_000), 5_000_000);
    assert.equal(spendOfImpressions(5_000_000, 0, 1), 5_000);
  });
});
