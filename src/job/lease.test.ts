import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { AppError } from '../base/faults.ts';
import { openMemoryStore } from '../store/testing/memory-store.ts';
import { createLeaseScripts } from './lease-scripts.ts';
import { takeLease, type Lease } from './lease.ts';

const store = openMemoryStore(createLeaseScripts());
after(async () => store.close());

let names = 0;
const leaseMs = 300;

function holders(name = `lease-${++names}`) {
  const lost: string[] = [];
  const take = async (
    holder: string,
    isPatient = true,
    waiting: (by: string) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<Lease> =>
    takeLease(
      {
        store,
        name,
        holder,
        leaseMs,
        lost: () => lost.push(holder),
        ...(signal === undefined ? {} : { signal }),
      },
      isPatient,
      waiting,
    );
  return { name, lost, take };
}

test('a lease is held by one, who keeps it for longer than it lasts', async () => {
  const { take, lost } = holders();
  const lease = await take('a');
  await sleep(leaseMs * 3);
  await assert.rejects(
    take('b', false),
    (error) => error instanceof AppError && /in use by a\./.test(error.message),
  );
  assert.deepEqual(lost, []);
  await lease.release();
});

test('who waits is told for whom, and has it when it is given back, under the next number', async () => {
  const { take, lost } = holders();
  const first = await take('a');
  const waits: string[] = [];
  const second = take('b', true, (by) => waits.push(by));
  await sleep(100);
  assert.deepEqual(waits, ['a']);
  await first.release();
  const lease = await second;
  assert.equal(lease.leaseNo, first.leaseNo + 1);
  assert.deepEqual(lost, [], 'given back, and not lost');
  await lease.release();
});

test('a lease that runs out goes to another, and its holder hears of it', async () => {
  const { name, take, lost } = holders();
  const leaseNo = await store.write('takeLease', { name, holder: 'a', leaseMs: 150 });
  assert.equal(leaseNo, 1);
  const second = await take('b');
  assert.equal(second.leaseNo, 2);
  assert.equal(await store.write('renewLease', { name, leaseNo: 1, leaseMs: 150 }), false);
  // Somebody takes it from under the one that renews.
  await second.release();
  const third = await take('c');
  await store.write('releaseLease', { name, leaseNo: third.leaseNo });
  await store.write('takeLease', { name, holder: 'd', leaseMs: 60_000 });
  await sleep(leaseMs);
  assert.deepEqual(lost, ['c'], 'once');
});

test('a wait can be ended', async () => {
  const { take } = holders();
  const lease = await take('a');
  const ending = new AbortController();
  const waiting = take('b', true, () => ending.abort(), ending.signal);
  await assert.rejects(waiting, (error) => error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE');
  await lease.release();
});
