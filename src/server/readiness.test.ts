import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { systemClock } from '../platform/clock.ts';
import { createReadiness } from './readiness.ts';

const soon = { clock: systemClock, probeMs: 10, silentMsMax: 60 };

test('a server is ready from its beginning to its end', () => {
  const readiness = createReadiness({ ...soon, probe: null });
  assert.equal(readiness.notReady(), 'starting');
  readiness.begin();
  assert.equal(readiness.notReady(), null);
  readiness.drain();
  assert.equal(readiness.notReady(), 'stopping');
  readiness.close();
});

test('it is not while the database refuses or hangs, and is again when that answers', async () => {
  const answers: Record<string, () => Promise<unknown>> = {
    answers: async () => null,
    refuses: async () => Promise.reject(new Error('gone')),
    hangs: async () => sleep(150),
  };
  let how = 'answers';
  const readiness = createReadiness({ ...soon, probe: async () => answers[how]!() });
  readiness.begin();
  const becomes = async (expected: string | null): Promise<void> => {
    for (let looks = 0; looks < 200 && readiness.notReady() !== expected; looks++) await sleep(10);
    assert.equal(readiness.notReady(), expected, how);
  };
  try {
    for (const failing of ['refuses', 'hangs']) {
      how = 'answers';
      await becomes(null);
      how = failing;
      await becomes('the database does not answer');
    }
    how = 'answers';
    await becomes(null);
  } finally {
    readiness.close();
  }
});
