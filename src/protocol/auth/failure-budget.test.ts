import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { AppError } from '../../base/faults.ts';
import { addressGroup, createFailureBudget } from './failure-budget.ts';

const perMinute = 10;

function bench() {
  let now = 0;
  const budget = createFailureBudget({ perMinute }, { now: () => 0, monotonic: () => now });
  let looks = 0;
  /** How one try went: what the look says, or that nobody looked. */
  const show = async (shown: string, isGood: boolean, address = '203.0.113.1'): Promise<string> => {
    try {
      return await budget.watchKey(address, shown, async () => {
        looks += 1;
        await Promise.resolve();
        if (!isGood) throw new AppError('AUTH_INVALID');
        return 'good';
      });
    } catch (error) {
      return error instanceof AppError ? error.code : assert.fail('another kind of error');
    }
  };
  return {
    budget,
    show,
    looks: () => looks,
    pass: (ms: number) => void (now += ms),
  };
}

const count = (all: readonly string[], word: string): number => all.filter((one) => one === word).length;

describe('the budget of bad credentials', () => {
  test('a thousand at once are looked at as often as one after the other', async () => {
    const { show, looks } = bench();
    const told = await Promise.all(Array.from({ length: 1_000 }, (_, n) => show(`bad ${n}`, false)));
    assert.deepEqual([count(told, 'AUTH_INVALID'), count(told, 'RATE_LIMITED'), looks()], [10, 990, 10]);
  });

  test('a good key that begins with many calls at once is not held up by its own number', async () => {
    const { show } = bench();
    const told = await Promise.all(Array.from({ length: 500 }, () => show('good', true)));
    assert.equal(count(told, 'good'), 500);
  });

  test('over budget, what was good from there goes on, also from one who stands in line; the rest is refused unseen', async () => {
    const { show, looks, pass } = bench();
    assert.equal(await show('good', true), 'good');
    const [, , known] = await Promise.all([
      Promise.all(Array.from({ length: 50 }, (_, n) => show(`bad ${n}`, false))),
      show('new', true),
      show('good', true),
    ]);
    assert.equal(known, 'good');
    const before = looks();
    assert.equal(await show('new', true), 'RATE_LIMITED');
    assert.equal(looks(), before, 'nobody looked');
    assert.equal(await show('new', true, '203.0.113.2'), 'good', 'another address is another budget');
    pass(60_000 / perMinute);
    assert.equal(await show('new', true), 'good', 'and it comes back');
  });

  test('a key that was good and is no longer counts again', async () => {
    const { show } = bench();
    await show('once', true);
    const told: string[] = [];
    for (let n = 0; n < perMinute; n++) told.push(await show('once', false));
    assert.equal(count(told, 'AUTH_INVALID'), perMinute);
    assert.equal(await show('other', true), 'RATE_LIMITED');
  });

  test('what is neither good nor bad counts for nothing, and does not stop those behind it', async () => {
    const { budget, show } = bench();
    const inTrouble = Array.from({ length: 50 }, async (_, n) =>
      budget.watchKey('203.0.113.1', `x ${n}`, () => Promise.reject(new AppError('SERVICE_UNAVAILABLE'))),
    );
    const told = await Promise.allSettled(inTrouble);
    assert.ok(told.every(({ status }) => status === 'rejected'));
    assert.equal(await show('good', true), 'good');
  });

  test('in any order, whoever is wrong is looked at no more often than the budget allows', async () => {
    const step = fc.record({
      isGood: fc.boolean(),
      atOnce: fc.integer({ min: 1, max: 30 }),
      pauseMs: fc.nat(9_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const { show, pass } = bench();
        let [elapsedMs, wrong, name] = [0, 0, 0];
        for (const { isGood, atOnce, pauseMs } of steps) {
          pass(pauseMs);
          elapsedMs += pauseMs;
          const told = await Promise.all(Array.from({ length: atOnce }, () => show(`${name++}`, isGood)));
          wrong += count(told, 'AUTH_INVALID');
          assert.ok(wrong <= perMinute + (elapsedMs * perMinute) / 60_000 + 1e-6);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('an address of IPv6 is its network', () => {
    assert.equal(addressGroup('2001:db8::1'), addressGroup('2001:db8:0:0:ffff::2'));
    assert.notEqual(addressGroup('2001:db8::1'), addressGroup('2001:db8:0:1::1'));
    assert.equal(addressGroup('::ffff:203.0.113.1'), addressGroup('203.0.113.1'));
  });
});
