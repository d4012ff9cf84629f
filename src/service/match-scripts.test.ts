import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';

import { insertAccount } from '../store/account-rows.ts';
import { insertAudience } from '../store/audience-rows.ts';
import { insertOperation, isPending } from '../store/operation-rows.ts';
import { migrations } from '../store/migrations/index.ts';
import type { Script } from '../store/script.ts';
import { migrate } from '../store/sqlite/migrate.ts';
import { createScriptRunner } from '../store/sqlite/run-script.ts';
import { createMatchScripts } from './match-scripts.ts';
import { createSealer } from './seal.ts';
import { createOutbox } from './webhooks/outbox.ts';

const sealer = createSealer(new Uint8Array(32).fill(5));
const sizes = { minimumSize: 1, sandboxMinimumSize: 1 };
const scripts = createMatchScripts(
  sealer,
  sizes,
  createOutbox(sealer, () => ''),
);
const [accountNo, audienceNo] = [1, 1];

function* setUp(): Script<number> {
  const account = { accountId: 'acct', brandDomain: 'a.example', brandId: '', operator: 'a.example' };
  const facts = { sandbox: true, name: 'A', status: 'active', billing: 'operator' } as const;
  yield* insertAccount({ ...account, ...facts, createdAt: 1, declaredBy: null });
  const words = { name: null, description: null, audienceType: null, tags: null, consentBasis: null };
  yield* insertAudience(accountNo, 'list', words, 1);
  const place = { accountNo, audienceNo, taskId: 'task', uploadedCount: 1, acceptedAt: 1 };
  return yield* insertOperation({ ...place, byteCount: 1, memberCount: 1, nodeNo: 0 });
}

function world() {
  const db = new DatabaseSync(':memory:');
  migrate(db, migrations, 0);
  db.exec('PRAGMA foreign_keys = OFF');
  const { run } = createScriptRunner(db);
  const opSeq = run(setUp());
  const settle = () =>
    run(
      scripts.settleFolds({
        ...{ accountNo, nowMs: 2 },
        folds: [{ audienceNo, opSeq, taskId: 'task', reply: { kind: 'gone' } }],
      }),
    );
  return { db, settle, isPending: () => run(isPending(accountNo, audienceNo, opSeq)) };
}

test('an operation of a live audience that the matcher cannot find stays, to be folded again', () => {
  const { db, settle, isPending: waits } = world();
  assert.deepEqual(settle(), [{ counted: false, outcome: null, notifies: false, stale: 'missing' }]);
  assert.equal(waits(), true);
  db.close();
});

test('an operation of a deleted audience is dropped', () => {
  const { db, settle, isPending: waits } = world();
  db.exec(`UPDATE audience SET state = 'deleted', deleted_at = 3`);
  assert.equal(settle()[0]?.stale, null);
  assert.equal(waits(), false);
  db.close();
});
