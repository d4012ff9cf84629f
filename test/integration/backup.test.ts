/** A backup is one moment of a server that goes on writing, and a directory made of it is a server again. */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';

import { secretFileName } from '../../src/server/secrets.ts';
import { newBuyer, type Buyer } from '../support/buyer.ts';
import { mcp } from '../support/doors.ts';
import { runText, spawnServer, type Ended } from '../support/process.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import { digestsOf, moveLists, verifyAt } from '../support/verified.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-backup-'));
const at = (name: string): string => join(folder, name);
let seller: Seller;
let buyer: Buyer;

before(async () => {
  // Postgres is backed up by its own tools.
  seller = await startSeller({ databaseUrl: '' });
  buyer = await newBuyer(seller);
  await moveLists(seller, buyer);
});
after(async () => {
  await seller.close();
  rmSync(folder, { recursive: true, force: true });
});

const backUp = async (file: string, ...more: readonly string[]): Promise<Ended> =>
  runText(['backup', file, '--data', seller.dataDir, ...more]);
const restore = async (file: string, dataDir: string, ...more: readonly string[]): Promise<Ended> =>
  runText(['restore', file, '--data', dataDir, ...more]);

test('a backup of a server at rest restores to the same lists, in one private file', async () => {
  const done = await backUp(at('rest.rollcall'));
  assert.equal(done.code, 0, done.err);
  const { size, mode } = statSync(at('rest.rollcall'));
  assert.equal(done.out, `${at('rest.rollcall')} holds ${size.toLocaleString('en')} bytes.\n`);
  assert.match(done.err, new RegExp(`The secret is not in it: ${join(seller.dataDir, secretFileName)}\\.`));
  if (process.platform !== 'win32') assert.equal(mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder), ['rest.rollcall'], 'nothing lies beside it');
  const secret = readFileSync(join(seller.dataDir, secretFileName), 'utf8').trim();
  const content = readFileSync(at('rest.rollcall'));
  assert.equal(content.indexOf(Buffer.from(secret, 'hex')) + content.indexOf(secret), -2);
  const restored = await restore(at('rest.rollcall'), at('rest'));
  assert.equal(restored.code, 0, restored.err);
  assert.match(restored.out, /^All holds: 4 audiences with [\d,]+ members\.\n$/);
  assert.match(restored.err, /Put the secret of the backup’s server to/);
  copyFileSync(join(seller.dataDir, secretFileName), join(at('rest'), secretFileName));
  assert.deepEqual(digestsOf(await verifyAt(at('rest'))), digestsOf(await verifyAt(seller.dataDir)));
});

test('a file that is there is kept, unless it may be replaced', async () => {
  writeFileSync(at('kept'), 'mine');
  const refused = await backUp(at('kept'));
  assert.deepEqual([refused.code, readFileSync(at('kept'), 'utf8')], [8, 'mine'], refused.err);
  assert.equal((await backUp(at('kept'), '--force')).code, 0);
  assert.ok(statSync(at('kept')).size > 10_000);
  for (const inside of [join(seller.dataDir, 'b'), join(seller.dataDir, 'rollcall.db')]) {
    const { code, err } = await backUp(inside, '--force');
    assert.equal(code, 1);
    assert.match(err, /A backup in the data directory would be lost with it/);
  }
  assert.equal((await backUp(join(folder, 'no', 'b'))).code, 1);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('partial')),
    [],
  );
});

test('a backup during writes is one moment: each write before it, none after it, and the restored server goes on', async () => {
  const audience = (fields: object) => ({ audiences: [{ audience_id: 'stream', ...fields }] });
  let acknowledged = 0;
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      const add = [{ external_id: `w${acknowledged}`, hashed_email: sha256(`w${acknowledged}@example.com`) }];
      await buyer.sync(audience({ add }));
      acknowledged++;
    }
  })();
  for (let round = 0; round < 3; round++) {
    const before = acknowledged;
    const done = await backUp(at(`live-${round}`));
    const behind = acknowledged;
    assert.equal(done.code, 0, done.err);
    assert.ok(behind > before, 'writes went on meanwhile');
    const dataDir = at(`live-${round}-data`);
    copyFileSync(join(seller.dataDir, secretFileName), makeIn(dataDir));
    const restored = await restore(at(`live-${round}`), dataDir);
    assert.equal(restored.code, 0, restored.err + restored.out);
    assert.match(restored.err, /The secret is the one that this backup was made with/);
    const server = await spawnServer(dataDir);
    try {
      const sync = async (fields: object): Promise<number> => {
        const args = {
          ...{
            adcp_version: '3.1',
            idempotency_key: `restored-key-${round}-${JSON.stringify(fields).length}`,
          },
          ...{ account: { account_id: buyer.accountId }, ...audience(fields) },
        };
        const { content } = await mcp.call({ url: server.url, key: buyer.key }, 'sync_audiences', args);
        const [item] = content?.['audiences'] as { total_uploaded_count: number }[];
        return item?.total_uploaded_count ?? -1;
      };
      const found = await sync({ add: [{ external_id: 'x', hashed_email: sha256('x@example.com') }] });
      const kept = found - 1;
      // One more than was acknowledged may have been committed when the copy began or ended.
      assert.ok(kept >= before && kept <= behind + 1, `${before} <= ${kept} <= ${behind} + 1`);
      const prefix = Array.from({ length: kept }, (_, i) => ({ external_id: `w${i}` }));
      assert.equal(await sync({ remove: prefix }), 1, 'the writes before the cut, each of them');
      assert.deepEqual((await verifyAt(dataDir)).problems, []);
    } finally {
      await server.stop();
    }
  }
  isOver = true;
  await writing;
});

/** Where the secret goes, in a directory that is otherwise empty. */
function makeIn(dataDir: string): string {
  mkdirSync(dataDir);
  return join(dataDir, secretFileName);
}

test('nothing is restored over something, nor of a file that is damaged, another’s, or of a newer release', async () => {
  assert.equal((await backUp(at('good'))).code, 0);
  const { code, err } = await restore(at('good'), seller.dataDir);
  assert.deepEqual([code, /in it|is not empty/.test(err)], [1, true], err);
  writeFileSync(
    at('text'),
    'no database at all, though it is longer than a header of one hundred bytes would be, by some',
  );
  const other = new DatabaseSync(at('other'));
  other.exec('CREATE TABLE t (a)');
  other.close();
  copyFileSync(at('good'), at('newer'));
  const newer = new DatabaseSync(at('newer'));
  newer.exec(`INSERT INTO schema_migration (number, name, applied_at) VALUES (9999, 'later', 1)`);
  newer.close();
  const bytes = readFileSync(at('good'));
  writeFileSync(at('cut'), bytes.subarray(0, bytes.length - 3 * 16_384));
  const cases = [
    ['text', /is not a backup that rollcall made/],
    ['other', /is not a backup that rollcall made/],
    ['newer', /schema 9999/],
    ['cut', /is damaged/],
  ] as const;
  for (const [name, says] of cases) {
    const refused = await restore(at(name), at('never'));
    assert.equal(refused.code, 1, refused.out);
    assert.match(refused.err, says);
    assert.deepEqual(existsSync(at('never')) ? readdirSync(at('never')) : [], []);
  }
  assert.equal((await restore(at('none'), at('never'))).code, 5);
});

test('a wrong secret and damage inside a list are told after a restore', async () => {
  copyFileSync(at('good'), at('bitten'));
  const db = new DatabaseSync(at('bitten'));
  db.exec(`UPDATE audience SET member_count = member_count + 1 WHERE audience_id = 'spring'`);
  db.close();
  writeFileSync(makeIn(at('bitten-data')), `${'ab'.repeat(32)}\n`);
  const done = await restore(at('bitten'), at('bitten-data'));
  assert.equal(done.code, 1);
  assert.match(
    done.out,
    /Audience spring of account \S+: it has 500 members in its blocks, and 501 were counted\./,
  );
  assert.match(done.out, /The secret does not fit this backup/);
});
