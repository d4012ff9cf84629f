import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ClockFollower, clockStepMsMin, type ClockStep } from './clock-follower.ts';

const hour = 3_600_000;

function setUp() {
  let [wall, steady] = [1_000_000_000, 500];
  const moved: ClockStep[] = [];
  let isBroken = false;
  const clock = { now: () => wall, monotonic: () => steady };
  const follower = new ClockFollower(clock, async (step) => {
    if (isBroken) throw new Error('the store is away');
    moved.push(step);
  });
  return {
    follower,
    moved,
    pass: (ms: number) => {
      wall += ms;
      steady += ms;
    },
    set: (byMs: number) => {
      wall += byMs;
    },
    now: () => wall,
    breaks: (value: boolean) => {
      isBroken = value;
    },
  };
}

test('time that passes is no step, however long nobody looks', async () => {
  const { follower, moved, pass } = setUp();
  pass(30 * hour);
  assert.equal(follower.look(), 0);
  await follower.catchUp();
  assert.deepEqual([follower.isBehind, moved], [false, []]);
});

test('a clock that is set moves what waits, once, by as much', async () => {
  for (const byMs of [-2 * hour, 72 * hour, clockStepMsMin, -clockStepMsMin]) {
    const { follower, moved, set, pass, now } = setUp();
    set(byMs);
    pass(20_000);
    assert.equal(follower.look(), byMs);
    assert.equal(follower.isBehind, true);
    await follower.catchUp();
    assert.deepEqual([follower.look(), follower.isBehind], [0, false]);
    assert.deepEqual(moved, [{ byMs, nowMs: now() }]);
  }
});

test('small corrections are left alone, and do not add up to a step', async () => {
  const { follower, set } = setUp();
  for (let turn = 0; turn < 100; turn++) {
    set(clockStepMsMin - 1);
    assert.equal(follower.look(), 0);
  }
});

test('what could not be moved stays behind, and several steps are taken in order', async () => {
  const { follower, moved, set, breaks } = setUp();
  breaks(true);
  set(hour);
  follower.look();
  await assert.rejects(follower.catchUp(), /away/);
  assert.equal(follower.isBehind, true);
  set(-3 * hour);
  follower.look();
  breaks(false);
  await Promise.all([follower.catchUp(), follower.catchUp()]);
  assert.deepEqual(
    moved.map(({ byMs }) => byMs),
    [hour, -3 * hour],
  );
});
