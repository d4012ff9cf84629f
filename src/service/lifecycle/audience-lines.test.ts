import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfLoop } from 'node:timers/promises';

import { createAudienceLines } from './audience-lines.ts';

const place = (opSeq: number, audienceNo = 1) => ({ audienceNo, opSeq });

function setUp(count: number) {
  const lines = createAudienceLines();
  const went: number[] = [];
  for (let opSeq = 1; opSeq <= count; opSeq++) lines.enter(place(opSeq));
  const go = async (opSeq: number, isAgain: boolean): Promise<void> => {
    went.push((await lines.turn(place(opSeq), isAgain)) ? opSeq : -opSeq);
  };
  return { lines, went, go };
}

test('while nothing fails, nobody waits', async () => {
  const { went, go } = setUp(3);
  await Promise.all([1, 2, 3].map(async (opSeq) => go(opSeq, false)));
  assert.deepEqual(went, [1, 2, 3]);
});

test('once one failed, those behind it wait until it is over, and go on in order', async () => {
  const { lines, went, go } = setUp(4);
  for (const opSeq of [3, 2, 4]) void go(opSeq, true);
  void go(1, true);
  await turnOfLoop();
  assert.deepEqual(went, [1]);
  lines.enter(place(5));
  void go(5, false);
  await turnOfLoop();
  assert.deepEqual(went, [1], 'what comes now waits too');
  lines.leave(place(1));
  await turnOfLoop();
  assert.deepEqual(went, [1, 2, 3, 4, 5]);
});

test('another audience does not wait', async () => {
  const { lines, go } = setUp(2);
  void go(2, true);
  lines.enter(place(9, 2));
  await lines.turn(place(9, 2), false);
});

test('when another must come first, those that wait are left for later, and what comes then is not', async () => {
  const { lines, went, go } = setUp(3);
  void go(1, true);
  void go(2, true);
  void go(3, true);
  await turnOfLoop();
  lines.abandon(1);
  await turnOfLoop();
  assert.deepEqual(went, [1, -2, -3]);
  for (const opSeq of [1, 2, 3]) lines.leave(place(opSeq));
  lines.enter(place(4));
  await go(4, false);
  assert.deepEqual(went, [1, -2, -3, 4]);
});

test('when work stops, nobody waits any more', async () => {
  const { lines, went, go } = setUp(3);
  void go(2, true);
  void go(3, true);
  lines.close();
  await turnOfLoop();
  assert.deepEqual(went, [-2, -3]);
  await go(1, true);
  assert.deepEqual(went, [-2, -3, -1]);
});

test('a thousand that all failed once take a thousand turns and not a million', async () => {
  const count = 1_000;
  const lines = createAudienceLines();
  let attempts = 0;
  let settled = 0;
  let last = 0;
  const work = async (opSeq: number): Promise<void> => {
    for (let isAgain = false; ; isAgain = true) {
      await lines.turn(place(opSeq), isAgain);
      attempts++;
      // As folds do: each onto what was folded last; the first round is disturbed.
      const isGood = attempts > count && last === opSeq - 1;
      if (isGood) last = opSeq;
      await turnOfLoop();
      if (isGood) break;
    }
    settled++;
    lines.leave(place(opSeq));
  };
  for (let opSeq = 1; opSeq <= count; opSeq++) lines.enter(place(opSeq));
  await Promise.all(Array.from({ length: count }, async (_, at) => work(at + 1)));
  assert.equal(settled, count);
  assert.ok(attempts < 3 * count, `${attempts} attempts`);
});
