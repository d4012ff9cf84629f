import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { openMemoryStore } from '../store/testing/memory-store.ts';
import { createLeaseScripts } from './lease-scripts.ts';
import { takePart, type Leadership, type LeadershipOptions } from './leadership.ts';

const store = openMemoryStore(createLeaseScripts());
after(async () => store.close());

let names = 0;
const leaseMs = 300;
const clock = { monotonic: () => performance.now() };

/** Those who take part in one work, and what each was told. */
function createWork() {
  const name = `work-${++names}`;
  const told: string[] = [];
  const join = (holder: string, parts: Partial<LeadershipOptions> = {}): Leadership =>
    takePart({
      ...{ store, name, holder, clock, leaseMs },
      begun: ({ leaseNo }) => told.push(`${holder} begins ${leaseNo}`),
      ended: () => told.push(`${holder} ends`),
      ...parts,
    });
  const until = async (count: number): Promise<void> => {
    for (let looks = 0; told.length < count && looks < 500; looks++) await sleep(10);
    assert.equal(told.length, count, told.join(', '));
  };
  return { name, told, join, until };
}

test('one does the work and keeps it; the next begins when it is given back', async () => {
  const { told, join, until } = createWork();
  const first = join('a');
  await until(1);
  const second = join('b');
  await sleep(leaseMs * 3);
  assert.deepEqual(told, ['a begins 1']);
  await first.close();
  await until(3);
  assert.deepEqual(told, ['a begins 1', 'a ends', 'b begins 2']);
  await second.close();
});

test('who hears nothing of the database ends by itself, and begins again under another number', async () => {
  const { told, join, until } = createWork();
  let isAway = false;
  const cut = {
    ...store,
    write: async (...args: Parameters<typeof store.write>) => {
      if (isAway) throw new Error('the database is away');
      return store.write(...args);
    },
  } as typeof store;
  const one = join('a', { store: cut });
  await until(1);
  isAway = true;
  await until(2);
  isAway = false;
  await until(3);
  assert.deepEqual(told, ['a begins 1', 'a ends', 'a begins 2']);
  await one.close();
});

test('a database that does not answer at all keeps nobody at work', async () => {
  const { told, join, until } = createWork();
  let isHanging = false;
  const hanging = {
    ...store,
    write: async (...args: Parameters<typeof store.write>) => {
      if (isHanging) await sleep(leaseMs * 2);
      return store.write(...args);
    },
  } as typeof store;
  const one = join('a', { store: hanging });
  await until(1);
  isHanging = true;
  await until(2);
  assert.equal(told[1], 'a ends');
  isHanging = false;
  await one.close();
});

test('who lost it to another is told, and only waits from then on', async () => {
  const { name, told, join, until } = createWork();
  const one = join('a');
  await until(1);
  await store.write('releaseLease', { name, leaseNo: 1 });
  assert.equal(await store.write('takeLease', { name, holder: 'b', leaseMs: 60_000 }), 2);
  await until(2);
  await sleep(leaseMs);
  assert.deepEqual(told, ['a begins 1', 'a ends']);
  assert.equal(await store.write('renewLease', { name, leaseNo: 1, leaseMs }), false);
  await one.close();
});
