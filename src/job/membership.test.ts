import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { AppError } from '../base/faults.ts';
import { migrations } from '../store/migrations/index.ts';
import { openMemoryStore } from '../store/testing/memory-store.ts';
import { createLeaseScripts } from './lease-scripts.ts';
import { joinNodes, takeAlone, type Membership } from './membership.ts';
import { createNodeScripts } from './node-scripts.ts';

const leaseMs = 300;

function createPlace() {
  const store = openMemoryStore({ ...createLeaseScripts(), ...createNodeScripts() });
  const lost: string[] = [];
  const optionsOf = (holder: string) => ({ store, holder, leaseMs, lost: () => lost.push(holder) });
  const join = async (
    holder: string,
    isPatient = false,
    waiting?: (by: string) => void,
  ): Promise<Membership> => joinNodes(optionsOf(holder), isPatient, waiting ?? (() => undefined));
  return { store, lost, join, alone: async (holder: string) => takeAlone(optionsOf(holder)) };
}

const refuses = (says: RegExp) => (error: unknown) => error instanceof AppError && says.test(error.message);

test('many work at the same time, each under a number that never comes back', async () => {
  const { store, lost, join } = createPlace();
  const [a, b] = [await join('a'), await join('b')];
  assert.deepEqual(
    [a.fence, b.fence],
    [1, 2].map((nodeNo) => ({ kind: 'node', nodeNo })),
  );
  await sleep(leaseMs * 3);
  assert.deepEqual(
    (await store.read('liveNodes', {})).map(({ holder }) => holder),
    ['a', 'b'],
  );
  await b.leave();
  const c = await join('c');
  assert.equal(c.nodeNo, 3);
  assert.deepEqual(lost, []);
  await a.leave();
  await c.leave();
  await store.close();
});

test('who needs it alone is refused while anybody works, and refuses others until it leaves', async () => {
  const { store, join, alone } = createPlace();
  const node = await join('a');
  await assert.rejects(alone('b'), refuses(/in use by a\./));
  await node.leave();
  const sole = await alone('b');
  await assert.rejects(alone('c'), refuses(/in use by b\./));
  await assert.rejects(join('c'), refuses(/in use by b\./));
  const waits: string[] = [];
  const patient = join('d', true, (by) => waits.push(by));
  await sleep(leaseMs * 2);
  assert.deepEqual(waits, ['b']);
  await sole.leave();
  const joined = await patient;
  assert.equal(joined.nodeNo, 2);
  await joined.leave();
  await store.close();
});

test('who was silent too long is struck off, and hears of it', async () => {
  const { store, lost, alone } = createPlace();
  const { nodeNo } = (await store.write('joinNodes', {
    ...{ holder: 'a', leaseMs: 50, schema: migrations.length },
  })) as { nodeNo: number };
  await sleep(100);
  // Silence alone costs nothing: nobody has taken its place.
  assert.equal(await store.write('renewNode', { nodeNo, leaseMs: 50 }), true);
  await sleep(100);
  const sole = await alone('b');
  assert.equal(await store.write('renewNode', { nodeNo, leaseMs: 50 }), false);
  assert.deepEqual(lost, []);
  await sole.leave();
  await store.close();
});

test('who had it alone and was silent has it no more once somebody joined', async () => {
  const { store, join } = createPlace();
  const taken = (await store.write('takeAlone', { holder: 'a', leaseMs: 50 })) as { leaseNo: number };
  await sleep(100);
  const node = await join('b');
  assert.equal(await store.write('renewLease', { name: 'alone', leaseNo: taken.leaseNo, leaseMs }), false);
  await node.leave();
  await store.close();
});

test('a process of another schema is turned away', async () => {
  const { store } = createPlace();
  assert.deepEqual(await store.write('joinNodes', { holder: 'old', leaseMs, schema: 1 }), {
    kind: 'outdated',
  });
  await store.close();
});
