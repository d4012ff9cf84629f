import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bindAccount, insertAccount } from '../store/account-rows.ts';
import { insertAudience } from '../store/audience-rows.ts';
import { insertIdempotency } from '../store/idempotency-rows.ts';
import { insertOperation, settlePending } from '../store/operation-rows.ts';
import { all, type Script } from '../store/script.ts';
import { insertTask } from '../store/task-rows.ts';
import { openMemoryStore } from '../store/testing/memory-store.ts';
import { createCapabilityScripts } from './capability-scripts.ts';
import { createKeyScripts } from './key-scripts.ts';

const day = 24 * 3_600_000;
const nowMs = 1_700_000_000_000;

/** One sync whose work was accepted, finished and may be replayed until these days ago. */
function* leaveBehind(daysAgo: number, isSettled: boolean): Script<void> {
  const at = nowMs - daysAgo * day;
  const taskId = `task_${daysAgo}_${isSettled}`;
  const accountNo = 1;
  const audienceNo = 1;
  yield* insertTask({
    ...{ taskId, accountNo, principalNo: 1, taskType: 'sync_audiences', generation: 'adcp_3_0' },
    ...{ status: isSettled ? 'completed' : 'working', createdAt: at, completedAt: isSettled ? at : null },
    ...{
      hasWebhook: false,
      audienceTotal: 1,
      audienceDone: isSettled ? 1 : 0,
      memberTotal: 1,
      context: null,
      outcome: null,
    },
  });
  const opSeq = yield* insertOperation({
    ...{
      accountNo,
      audienceNo,
      taskId,
      uploadedCount: 1,
      acceptedAt: at,
      byteCount: 40,
      memberCount: 1,
      nodeNo: 0,
    },
  });
  if (isSettled) yield* settlePending(accountNo, audienceNo, opSeq, 'folded');
  yield* insertIdempotency({
    ...{ accountNo, principalNo: 1, keyHash: Buffer.from(taskId), digest: new Uint8Array(32), taskId },
    ...{ operationName: 'sync_audiences', createdAt: at, expiresAt: at, response: null },
  });
}

const scripts = {
  ...createCapabilityScripts(),
  ...createKeyScripts(),
  *setUp(_: null): Script<void> {
    const accountNo = yield* insertAccount({
      ...{ accountId: 'acct_a', brandDomain: 'a.example', brandId: '', operator: 'a.example' },
      ...{ sandbox: true, name: 'A', status: 'active', billing: 'operator', createdAt: nowMs },
      declaredBy: null,
    });
    yield* bindAccount(1, accountNo);
    const details = { name: 'VIP', description: null, audienceType: 'crm', tags: null, consentBasis: null };
    yield* insertAudience(accountNo, 'vip', details, nowMs);
    for (const daysAgo of [40, 31, 29, 8, 6, 0]) {
      yield* leaveBehind(daysAgo, true);
      yield* leaveBehind(daysAgo, false);
    }
  },
  *left(_: null): Script<Record<string, readonly unknown[]>> {
    return {
      tasks: (yield* all<{ id: string }>('SELECT task_id AS id FROM task ORDER BY 1')).map(({ id }) => id),
      operations: (yield* all<{ id: string }>('SELECT task_id AS id FROM operation ORDER BY 1')).map(
        ({ id }) => id,
      ),
      keys: (yield* all<{ id: string }>('SELECT task_id AS id FROM idempotency ORDER BY 1')).map(
        ({ id }) => id,
      ),
    };
  },
};

test('housekeeping forgets what is over for 30 days and keys that expired a week ago, and nothing else', async () => {
  const store = openMemoryStore(scripts);
  await store.write('createKey', {
    ...{ keyId: 'k', principalId: 'prn_k', secretHash: new Uint8Array(32), accountIds: [], name: 'k' },
    ...{ nowMs, expiresAtMs: null },
  });
  await store.write('setUp', null);
  await store.write('forgetOld', { nowMs });
  const unsettled = [40, 31, 29, 8, 6, 0].map((days) => `task_${days}_false`);
  const kept = [...unsettled, ...[29, 8, 6, 0].map((days) => `task_${days}_true`)].toSorted();
  assert.deepEqual(await store.read('left', null), {
    tasks: kept,
    operations: kept,
    keys: [0, 6].flatMap((days) => [`task_${days}_false`, `task_${days}_true`]),
  });
  await store.close();
});
