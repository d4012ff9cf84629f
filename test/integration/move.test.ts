/** Everything goes to the other kind of database and back, and a server goes on there where it stopped. */
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';

import pg from 'pg';

import { stderrLog } from '../../src/platform/log.ts';
import { openAdmin } from '../../src/server/admin/open-admin.ts';
import { walkAudit } from '../../src/server/admin/audit-walk.ts';
import { secretFileName } from '../../src/server/secrets.ts';
import { startPostgres, type PostgresServer } from '../../src/store/testing/postgres-server.ts';
import { newBuyer, type Buyer } from '../support/buyer.ts';
import { mcp } from '../support/doors.ts';
import { runText, spawnServer } from '../support/process.ts';
import { startSeller } from '../support/seller.ts';
import { digestsOf, membersOf, moveLists, verifyAt } from '../support/verified.ts';
import type { Fields } from '../support/wire.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-move-'));
/** The directory of a server that has stopped. */
const base = join(folder, 'base');
const back = join(folder, 'back');
let postgres: PostgresServer;
let url: string;
let buyer: Buyer;
let digests: Readonly<Record<string, string | null>>;
let lastOperation: number;
let listed: readonly Fields[];

const sync = async (serverUrl: string, fields: Fields = {}): Promise<readonly Fields[]> => {
  const args = {
    adcp_version: '3.1',
    idempotency_key: `moved-${Math.random()}-key`,
    account: { account_id: buyer.accountId },
  };
  const { content, text } = await mcp.call({ url: serverUrl, key: buyer.key }, 'sync_audiences', {
    ...args,
    ...fields,
  });
  assert.equal(content?.['status'], 'completed', text);
  return content['audiences'] as Fields[];
};

/** What is told of every audience, but for when it was last synced. */
const listAt = async (serverUrl: string): Promise<readonly Fields[]> => sync(serverUrl);

before(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  const seller = await startSeller({ databaseUrl: '' });
  buyer = await newBuyer(seller);
  await moveLists(seller, buyer);
  // The user who came last is counted behind the import.
  do listed = await listAt(seller.url);
  while (listed[0]?.['matched_count'] !== 301);
  digests = digestsOf(await verifyAt(seller.dataDir));
  const refused = await runText(['move', '--to', url, '--data', seller.dataDir]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /is in use by another rollcall process/);
  await seller.admin.close();
  await seller.node.close();
  cpSync(seller.dataDir, base, { recursive: true });
  rmSync(seller.dataDir, { recursive: true });
  // As after a month: settled operations are forgotten, and their numbers are not used again.
  const db = new DatabaseSync(join(base, 'rollcall.db'));
  lastOperation = Number(db.prepare('SELECT max(op_seq) AS last FROM operation').get()?.['last']);
  db.exec('DELETE FROM operation');
  db.close();
});
after(async () => {
  await postgres.destroy();
  rmSync(folder, { recursive: true, force: true });
});

/** A sync that changes a list: new numbers of operations, tasks, audiences and records. */
async function goesOn(dataDir: string, flags: readonly string[], round: number): Promise<void> {
  const server = await spawnServer(dataDir, flags);
  try {
    assert.deepEqual(await listAt(server.url), listed);
    const [spring] = await sync(server.url, {
      audiences: [{ audience_id: 'spring', remove: [{ external_id: `m${round}` }] }],
    });
    assert.equal(spring?.['total_uploaded_count'], 499 - round);
    const [made] = await sync(server.url, {
      audiences: [{ audience_id: `new-${round}`, add: membersOf(0, 40) }],
    });
    assert.deepEqual(
      [made?.['action'], made?.['total_uploaded_count'], made?.['matched_count']],
      ['created', 40, 40],
    );
    const report = await verifyAt(dataDir);
    assert.deepEqual(report.problems, []);
    listed = await listAt(server.url);
    digests = digestsOf(report);
    const open = await openAdmin(dataDir, stderrLog('error', false));
    assert.equal((await walkAudit(open, [], () => undefined)).problem, null);
    await open.close();
    const backup = await runText(['backup', join(folder, `backup-${round}`), '--data', dataDir]);
    if (flags.length > 0) assert.match(backup.err, /pg_dump/);
    else assert.equal(backup.code, 0, backup.err);
  } finally {
    await server.stop();
  }
}

/** An address may hold a password, so that it is no flag. */
function configWith(databaseUrl: string): string {
  const file = join(folder, 'rollcall.json');
  writeFileSync(file, JSON.stringify({ 'database-url': databaseUrl }));
  return file;
}

test('to Postgres: the same lists, and a server that goes on', async () => {
  const done = await runText(['move', '--to', url, '--data', base]);
  assert.equal(done.code, 0, done.err + done.out);
  assert.match(done.err, /Copying [\d,]+ rows of \d+ tables/);
  assert.match(done.out, /^All holds: 4 audiences/);
  const config = ['--config', configWith(url)];
  await goesOn(base, config, 0);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ first: string }>('SELECT min(op_seq) AS first FROM operation');
  assert.equal(Number(rows[0]?.first), lastOperation + 1);
  await client.query('DELETE FROM operation');
  await client.end();
});

test('back into a directory: what was done in between is there too', async () => {
  mkdirSync(back);
  copyFileSync(join(base, secretFileName), join(back, secretFileName));
  const done = await runText(['move', '--from', url, '--data', back]);
  assert.equal(done.code, 0, done.err + done.out);
  assert.deepEqual(digestsOf(await verifyAt(back)), digests);
  await goesOn(back, [], 1);
  const db = new DatabaseSync(join(back, 'rollcall.db'), { readOnly: true });
  const row = db.prepare('SELECT min(op_seq) AS first FROM operation').get();
  db.close();
  assert.equal(row?.['first'], lastOperation + 3, 'two were made in between');
});

test('nothing is moved over something, out of nothing, or from under a server', async () => {
  const cases = [
    [['--to', url, '--data', back], 1, /database is not empty/],
    [['--from', url, '--data', base], 1, /is not empty/],
    [['--to', url, '--data', join(folder, 'none')], 1, /There is no database in/],
    [['--from', await postgres.createDatabase(), '--data', join(folder, 'none')], 1, /has schema 0/],
    [['--to', 'postgres://rollcall:word@127.0.0.1/x'], 2, /PGPASSWORD/],
    [['--data', back], 2, /--to URL or --from URL/],
  ] as const;
  for (const [words, code, says] of cases) {
    const done = await runText(['move', ...words]);
    assert.equal(done.code, code, done.err);
    assert.match(done.err, says);
  }
  assert.ok(!readdirSync(folder).includes('none'), 'a refusal leaves nothing behind');
  const busy = new pg.Client({ connectionString: url, application_name: 'rollcall' });
  await busy.connect();
  const done = await runText(['move', '--from', url, '--data', join(folder, 'none')]);
  await busy.end();
  assert.match(done.err, /in use by a rollcall server/);
});
