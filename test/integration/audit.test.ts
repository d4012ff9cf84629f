/** What a server writes down of what was done, and that nobody changes it unseen. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';

import { walkAudit, type AuditOutcome } from '../../src/server/admin/audit-walk.ts';
import { newBuyer } from '../support/buyer.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';

let seller: Seller;
before(async () => {
  seller = await startSeller({ waitMs: 0 });
});
after(async () => seller.close());

const address = 'somebody@example.com';

async function walk(): Promise<{ readonly outcome: AuditOutcome; readonly text: string }> {
  const lines: string[] = [];
  const outcome = await walkAudit(seller.admin, (records) => {
    lines.push(...records.map(({ record }) => record));
  });
  return { outcome, text: lines.join('\n') };
}

/** What somebody does who owns the file, and knows of the triggers. */
function tamper(statement: string): void {
  const database = new DatabaseSync(join(seller.dataDir, 'rollcall.db'));
  try {
    database.exec(statement);
  } finally {
    database.close();
  }
}

test('what was done is written down with the transaction, and names nobody', async () => {
  const buyer = await newBuyer(seller);
  await buyer.send({
    audiences: [{ audience_id: 'a', add: [{ external_id: 'crm-canary-1', hashed_email: sha256(address) }] }],
  });
  const { outcome, text } = await walk();
  assert.equal(outcome.problem, null);
  assert.equal(outcome.end, text.split('\n').length);
  for (const kind of ['account_created', 'key_created', 'sync_accepted']) {
    assert.ok(text.includes(`"kind":"${kind}"`), `no ${kind}`);
  }
  for (const secret of [address, sha256(address), 'crm-canary-1']) assert.ok(!text.includes(secret));
});

test('the database itself refuses a change and a deletion', () => {
  assert.throws(() => tamper(`UPDATE audit_record SET record = '{}' WHERE seq = 1`), /are not changed/);
  assert.throws(() => tamper('DELETE FROM audit_record WHERE seq = 1'), /are not deleted/);
});

test('a lost end and an edit are found, by whoever can take the triggers out', async () => {
  const { admin } = seller.admin;
  await admin.signAudit({});
  const { end } = await admin.auditFacts({});
  tamper(`DROP TRIGGER audit_record_is_kept; DELETE FROM audit_record WHERE seq = ${end}`);
  assert.equal((await walk()).outcome.problem?.seq, end);
  tamper(
    `DROP TRIGGER audit_record_stays; UPDATE audit_record SET record = replace(record, 'T', 'U') WHERE seq = 1`,
  );
  assert.equal((await walk()).outcome.problem?.seq, 1);
});
