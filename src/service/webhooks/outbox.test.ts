import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bindAccount, insertAccount } from '../../store/account-rows.ts';
import { get, type Script } from '../../store/script.ts';
import { openMemoryStore } from '../../store/testing/memory-store.ts';
import { createKeyScripts } from '../key-scripts.ts';
import { createSealer } from '../seal.ts';
import { createOutbox, type Notification, type PromisedCallback, type TaskEnd } from './outbox.ts';

const nowMs = 1_700_000_000_000;
const sealer = createSealer(new Uint8Array(32).fill(7));
/** What the outbox asks to be put into words. */
const asked: Notification[] = [];
const outbox = createOutbox(sealer, (notification) => {
  asked.push(notification);
  return JSON.stringify({ key: notification.registration.eventKey, at: notification.atMs });
});

const promised = (taskId: string, url = 'https://buyer.example/hook'): PromisedCallback => ({
  accountNo: 1,
  principalNo: 1,
  taskId,
  nowMs,
  addressHash: Buffer.alloc(32, url),
  registration: {
    shape: 'adcp',
    url,
    operationId: 'op_1',
    token: null,
    authentication: { scheme: 'Bearer', credentials: 'canary-canary-canary-canary-canary' },
    eventKey: `key-of-${taskId}`,
    accountId: 'acct_a',
  },
});

const end: TaskEnd = {
  status: 'completed',
  outcome: { kind: 'answered', sandbox: false, audiences: [] },
  namedCount: 0,
};
const task = (taskId: string, hasWebhook = 1) => ({
  ...{ accountNo: 1, taskId, taskType: 'sync_audiences' as const, generation: '3.1' },
  ...{ context: sealer.seal({ trace: 'x' }), hasWebhook },
});

interface Row {
  readonly state: string;
  readonly endpointNo: number;
  readonly nextAttemptAt: number | null;
  readonly body: Uint8Array | null;
  readonly registration: Uint8Array;
}

const scripts = {
  ...createKeyScripts(),
  *setUp(_: null): Script<void> {
    yield* insertAccount({
      ...{ accountId: 'acct_a', brandDomain: 'a.example', brandId: '', operator: 'a.example' },
      ...{ sandbox: true, name: 'A', status: 'active', billing: 'operator', createdAt: nowMs },
      declaredBy: null,
    });
    yield* bindAccount(1, 1);
  },
  *promise(input: { readonly promised: PromisedCallback; readonly armed: boolean }): Script<void> {
    yield* outbox.promise(input.promised, input.armed);
  },
  *arm(input: { readonly taskId: string }): Script<void> {
    yield* outbox.arm(1, input.taskId);
  },
  *release(input: { readonly taskId: string; readonly hasWebhook?: number }): Script<boolean> {
    return yield* outbox.release(task(input.taskId, input.hasWebhook), end, nowMs + 5);
  },
  *row(input: { readonly taskId: string }): Script<Row | null> {
    const row = yield* get<Row>(
      `SELECT state, endpoint_no AS endpointNo, next_attempt_at AS nextAttemptAt, body, registration
       FROM webhook_delivery WHERE account_no = 1 AND task_id = ?`,
      input.taskId,
    );
    return row ?? null;
  },
};

async function opened() {
  asked.length = 0;
  const store = openMemoryStore(scripts);
  await store.write('createKey', {
    ...{ keyId: 'k', principalId: 'prn_k', secretHash: new Uint8Array(32), accountIds: [], name: 'k' },
    ...{ nowMs, expiresAtMs: null },
  });
  await store.write('setUp', null);
  return store;
}

test('a call that was answered with its outcome is not notified of it', async () => {
  const store = await opened();
  await store.write('promise', { promised: promised('t1'), armed: false });
  assert.equal((await store.read('row', { taskId: 't1' }))?.state, 'held');
  assert.equal(await store.write('release', { taskId: 't1' }), false);
  assert.equal(await store.read('row', { taskId: 't1' }), null);
  assert.deepEqual(asked, []);
  await store.close();
});

test('a call that was answered without its outcome is notified once, from the moment that the task ends', async () => {
  const store = await opened();
  await store.write('promise', { promised: promised('t1'), armed: false });
  await store.write('arm', { taskId: 't1' });
  await store.write('promise', { promised: promised('t2'), armed: true });
  for (const taskId of ['t1', 't2']) {
    assert.equal((await store.read('row', { taskId }))?.state, 'armed');
    assert.equal(await store.write('release', { taskId }), true);
    assert.equal(await store.write('release', { taskId }), false, 'a second end changes nothing');
    const row = await store.read('row', { taskId });
    assert.deepEqual([row?.state, row?.nextAttemptAt], ['waiting', nowMs + 5]);
    const text = sealer.open<string>(row?.body ?? assert.fail('a body'));
    assert.equal(text, JSON.stringify({ key: `key-of-${taskId}`, at: nowMs + 5 }));
    await store.write('arm', { taskId });
    assert.equal((await store.read('row', { taskId }))?.state, 'waiting');
  }
  assert.deepEqual(
    asked.map(({ taskId, context }) => [taskId, context]),
    [
      ['t1', { trace: 'x' }],
      ['t2', { trace: 'x' }],
    ],
  );
  await store.close();
});

test('one address of a caller is one endpoint, and nothing of it is readable', async () => {
  const store = await opened();
  await store.write('promise', { promised: promised('t1'), armed: true });
  await store.write('promise', { promised: promised('t2'), armed: true });
  await store.write('promise', { promised: promised('t3', 'https://other.example/'), armed: true });
  const rows = await Promise.all(['t1', 't2', 't3'].map(async (taskId) => store.read('row', { taskId })));
  const [first, second, third] = rows.map((row) => row?.endpointNo);
  assert.equal(first, second);
  assert.notEqual(first, third);
  for (const row of rows) {
    const bytes = Buffer.from(row?.registration ?? assert.fail('a registration')).toString('latin1');
    assert.doesNotMatch(bytes, /canary|example/);
  }
  await store.close();
});

test('a task that nobody registered for is not looked at', async () => {
  const store = await opened();
  assert.equal(await store.write('release', { taskId: 't9', hasWebhook: 0 }), false);
  assert.equal(await store.write('release', { taskId: 't9' }), false);
  await store.close();
});
