/** What a server writes down of what was done, and that nobody changes it unseen. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { AuditPlaceView } from '../../src/server/admin/audit-admin.ts';
import { walkAudit, type AuditOutcome } from '../../src/server/admin/audit-walk.ts';
import { inDatabase } from '../support/database.ts';
import { newBuyer } from '../support/buyer.ts';
import { runJson, spawnServer } from '../support/process.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';

let seller: Seller;
before(async () => {
  seller = await startSeller({ waitMs: 0 });
});
after(async () => seller.close());

const address = 'somebody@example.com';

async function walk(
  kept: readonly AuditPlaceView[] = [],
): Promise<{ readonly outcome: AuditOutcome; readonly text: string }> {
  const lines: string[] = [];
  const outcome = await walkAudit(seller.admin, kept, (records) => {
    lines.push(...records.map(({ record }) => record));
  });
  return { outcome, text: lines.join('\n') };
}

/** What somebody does who owns the file, and knows of the triggers. */
const tamper = async (statement: string): Promise<unknown> => inDatabase(seller, statement);
/** Postgres wants to know whose trigger it is. */
const dropTrigger = (name: string): string =>
  `DROP TRIGGER ${name}${seller.databaseUrl === '' ? '' : ' ON audit_record'}`;

test('what was done is written down with the transaction, and names nobody', async () => {
  const buyer = await newBuyer(seller);
  await buyer.send({
    audiences: [{ audience_id: 'a', add: [{ external_id: 'crm-canary-1', hashed_email: sha256(address) }] }],
  });
  const { outcome, text } = await walk();
  assert.equal(outcome.problem, null);
  assert.equal(outcome.newest.seq, text.split('\n').length);
  for (const kind of ['account_created', 'key_created', 'sync_accepted']) {
    assert.ok(text.includes(`"kind":"${kind}"`), `no ${kind}`);
  }
  for (const secret of [address, sha256(address), 'crm-canary-1']) assert.ok(!text.includes(secret));
});

test('starts are written down, and refused credentials are counted without saying whose they were', async () => {
  for (let i = 0; i < 3; i++) {
    await fetch(`${seller.url}/mcp`, {
      method: 'POST',
      headers: { authorization: `Bearer rk_guess${i}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
        params: { name: 'list_accounts', arguments: {} },
      }),
    }).then(async (answer) => answer.text());
  }
  await seller.restart();
  const { outcome, text } = await walk();
  assert.equal(outcome.problem, null);
  const records = text.split('\n').map((line) => JSON.parse(line) as { kind: string; facts: object });
  const refused = records.filter(({ kind }) => kind === 'auth_refused');
  assert.deepEqual(
    refused.map(({ facts }) => facts),
    [{ bad: 3, unseen: 0, places: 1 }],
  );
  assert.equal(records.filter(({ kind }) => kind === 'server_started').length, 2);
  assert.ok(!text.includes('127.0.0.1') && !text.includes('guess'));
});

test('the database itself refuses a change and a deletion', async () => {
  await assert.rejects(tamper(`UPDATE audit_record SET record = '{}' WHERE seq = 1`), /are not changed/);
  await assert.rejects(tamper('DELETE FROM audit_record WHERE seq = 1'), /are not deleted/);
});

test('whoever can take the triggers out is found out: a lost end, a moved beginning, an edit', async () => {
  const { newest } = (await walk()).outcome;
  const { admin } = seller.admin;
  await admin.signAudit({});
  await tamper(dropTrigger('audit_record_is_kept'));
  await tamper(`DELETE FROM audit_record WHERE seq = ${newest.seq}`);
  assert.equal((await walk()).outcome.problem?.seq, newest.seq);
  await tamper('DELETE FROM audit_checkpoint');
  assert.equal((await walk()).outcome.problem, null, 'with the checkpoints gone too');
  assert.equal((await walk([newest])).outcome.problem?.seq, newest.seq, 'but not against what was kept');
  await tamper('UPDATE audit_start SET seq = 1, hash = (SELECT hash FROM audit_record WHERE seq = 1)');
  assert.match((await walk()).outcome.problem?.says ?? '', /no record says why/);
  await tamper(`UPDATE audit_start SET seq = 0, hash = x'${'00'.repeat(32)}'`);
  assert.equal((await walk()).outcome.problem, null);
  await tamper(dropTrigger('audit_record_stays'));
  await tamper(`UPDATE audit_record SET record = replace(record, 'T', 'U') WHERE seq = 1`);
  assert.equal((await walk()).outcome.problem?.seq, 1);
});

test('the command prints what to keep, and says when it no longer fits', async () => {
  const other = await startSeller();
  try {
    const { hash, last, ok } = await runJson(['audit', 'verify', '--data', other.dataDir]);
    assert.equal(ok, true);
    const kept = `${String(last)}:${String(hash)}`;
    const again = await runJson(['audit', 'verify', '--data', other.dataDir, '--kept', kept]);
    assert.equal(again['ok'], true);
    const wrong = `${String(last)}:${'0'.repeat(64)}`;
    const verify = ['audit', 'verify', '--data', other.dataDir, '--kept'];
    await assert.rejects(runJson([...verify, wrong]), /another history up to here is known/);
    await assert.rejects(runJson([...verify, 'x']), /kept takes NUMBER:HASH/);
  } finally {
    await other.close();
  }
});

test('a server that is killed leaves a log that holds', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-audit-'));
  try {
    const server = await spawnServer(dataDir);
    await runJson([
      'account',
      'create',
      '--id',
      'acct_k',
      '--brand',
      'k.example',
      '--operator',
      'k.example',
      '--data',
      dataDir,
    ]);
    const writers = Array.from({ length: 8 }, () =>
      runJson(['key', 'create', '--account', 'acct_k', '--data', dataDir]).catch(() => null),
    );
    await writers[0];
    await server.kill();
    const made = (await Promise.all(writers)).filter((one) => one !== null).length;
    assert.ok(made > 0);
    const { ok, last } = await runJson(['audit', 'verify', '--data', dataDir]);
    assert.equal(ok, true);
    assert.ok(Number(last) >= made + 1, 'what was answered was written down');
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
