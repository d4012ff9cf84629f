import assert from 'node:assert/strict';
import { test } from 'node:test';

import { limits } from '../../base/limits.ts';
import { createAccountScripts } from '../../service/account-scripts.ts';
import { createKeyScripts } from '../../service/key-scripts.ts';
import { createSealer } from '../../service/seal.ts';
import { createWebhookOperatorScripts } from '../../service/webhooks/operator-scripts.ts';
import { get, run, type Script } from '../../store/script.ts';
import { openMemoryStore } from '../../store/testing/memory-store.ts';
import type { Store } from '../../store/store.ts';
import type { Scripts } from '../scripts.ts';
import { createWebhookAdmin } from './webhook-admin.ts';

const sealer = createSealer(new Uint8Array(32).fill(7));
const givenUpCount = 2 * limits.listedDeliveryCountMax + 1;

const scripts = {
  ...createAccountScripts(),
  ...createKeyScripts(),
  ...createWebhookOperatorScripts(sealer),
  *giveUpMany(_: null): Script<void> {
    const endpoint = `INSERT INTO webhook_endpoint (account_no, endpoint_no, principal_no, address_hash, address, state, created_at)
      VALUES (1, 1, 1, zeroblob(32), ?, 'ok', 1)`;
    yield* run(endpoint, sealer.seal('https://buyer.example/hook'));
    const delivery = `INSERT INTO webhook_delivery (account_no, delivery_no, endpoint_no, task_id, state, created_at, registration,
      body, released_at, finished_at) VALUES (1, ?, 1, ?, 'given_up', 1, x'00', ?, 1, 1)`;
    for (let n = 1; n <= givenUpCount; n++)
      yield* run(delivery, n, `task_${n}`, n === 1 ? Buffer.alloc(0) : Buffer.alloc(1));
  },
  *countOf({ state }: { readonly state: string }): Script<number> {
    const row = yield* get<{ count: number }>(
      `SELECT count(*) AS count FROM webhook_delivery WHERE state = ?`,
      state,
    );
    return row?.count ?? 0;
  },
};

test('all that were given up are sent again, however many, but those whose text is gone', async () => {
  const store = openMemoryStore(scripts);
  await store.write('createAccount', {
    ...{ accountId: 'acct_a', brandDomain: 'a.example', brandId: null, operator: 'a.example' },
    ...{ sandbox: true, name: null, nowMs: 1 },
  });
  await store.write('createKey', {
    ...{
      keyId: 'k',
      principalId: 'prn_k',
      secretHash: new Uint8Array(32),
      accountIds: ['acct_a'],
      name: 'k',
    },
    ...{ nowMs: 1, expiresAtMs: null },
  });
  await store.write('giveUpMany', null);
  let wakes = 0;
  const admin = createWebhookAdmin(store as unknown as Store<Scripts>, () => void (wakes += 1));
  const all = { deliveryNo: null, endpointNo: null };
  assert.equal(await admin.replayDeliveries(all), givenUpCount - 1);
  assert.ok(wakes > 0);
  assert.deepEqual(
    [await store.read('countOf', { state: 'waiting' }), await store.read('countOf', { state: 'given_up' })],
    [givenUpCount - 1, 1],
  );
  assert.equal(await admin.replayDeliveries(all), 0);
  await store.close();
});
