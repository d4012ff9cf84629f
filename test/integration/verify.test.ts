/** What is stored can be compared with what was counted: on a running server, on a stopped one, and after damage. */
import assert from 'node:assert/strict';
import {
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';

import { createDice } from '../fuzz/dice.ts';
import { newBuyer, type Buyer } from '../support/buyer.ts';
import { runText } from '../support/process.ts';
import { startSeller } from '../support/seller.ts';
import { isOverPostgres } from '../support/test-database.ts';
import { digestsOf, moveLists, verifyAt } from '../support/verified.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-verify-'));
/** The directory of a server that has stopped, which every test damages a copy of. */
const base = join(folder, 'base');
let buyer: Buyer;
let digests: Readonly<Record<string, string | null>>;
let memberCount: number;

before(async () => {
  // The damage is done to files, and what finds it is the same over Postgres.
  const seller = await startSeller({ databaseUrl: '' });
  buyer = await newBuyer(seller);
  await moveLists(seller, buyer);
  const report = await verifyAt(seller.dataDir);
  assert.deepEqual(report.problems, []);
  assert.ok((report.graphPieceCount ?? 0) > 0 && report.databaseChecked);
  digests = digestsOf(report);
  memberCount = report.audiences.reduce((sum, audience) => sum + audience.memberCount, 0);
  await seller.admin.close();
  await seller.node.close();
  cpSync(seller.dataDir, base, { recursive: true });
  rmSync(seller.dataDir, { recursive: true });
});
after(() => rmSync(folder, { recursive: true, force: true }));

let copies = 0;
function damaged(...statements: readonly string[]): string {
  const dataDir = join(folder, `copy-${++copies}`);
  cpSync(base, dataDir, { recursive: true });
  const db = new DatabaseSync(join(dataDir, 'rollcall.db'));
  db.exec('PRAGMA foreign_keys = OFF');
  for (const sql of statements) db.exec(sql);
  db.close();
  return dataDir;
}

const audienceNo = (id: string): string => `(SELECT audience_no FROM audience WHERE audience_id = '${id}')`;
async function problemsOf(dataDir: string): Promise<readonly string[]> {
  const { problems } = await verifyAt(dataDir);
  return problems.map(({ audience, blockNo, says }) =>
    [audience?.audienceId ?? [], blockNo === null ? [] : 'block', says].flat().join(' '),
  );
}

test('what was synced holds, on a running server and on a stopped one, and lists that differ have other digests', async () => {
  assert.deepEqual(Object.keys(digests).toSorted(), ['autumn', 'empty', 'spring', 'winter']);
  assert.equal(new Set(Object.values(digests)).size, 4);
  const dataDir = damaged();
  const db = new DatabaseSync(join(dataDir, 'rollcall.db'), { readOnly: true });
  const merged = db.prepare('SELECT count(*) AS count FROM member_block WHERE level > 0').get();
  db.close();
  assert.ok(Number(merged?.['count']) > 0, 'some blocks were merged');
  const report = await verifyAt(dataDir);
  assert.deepEqual(report.problems, []);
  assert.deepEqual(digestsOf(report), digests);
  assert.ok(report.audiences.every(({ state }) => state === 'holds'));
});

test('a flipped byte of a block, a block that is gone, and one of another audience are found and named', async () => {
  const spring = `account_no > 0 AND audience_no = ${audienceNo('spring')}`;
  const flip = `UPDATE member_block SET bytes = CAST(substr(bytes, 1, 900) || x'00ff00ff' || substr(bytes, 905) AS BLOB) WHERE ${spring}`;
  assert.deepEqual(await problemsOf(damaged(flip)), ['spring block is damaged: checksum']);
  assert.deepEqual(await problemsOf(damaged(`DELETE FROM member_block WHERE ${spring}`)), [
    'spring has 0 members in its blocks, and 500 were counted',
  ]);
  const swap = `
CREATE TEMP TABLE other AS SELECT audience_no AS n, bytes, byte_count FROM member_block
  WHERE audience_no IN (${audienceNo('spring')}, ${audienceNo('autumn')});
UPDATE member_block SET (bytes, byte_count) = (SELECT bytes, byte_count FROM other WHERE n <> audience_no)
  WHERE audience_no IN (SELECT n FROM other)`;
  const says = 'has other members in its blocks than were counted: a block is lost, or is another audience’s';
  assert.deepEqual((await problemsOf(damaged(swap))).toSorted(), [`autumn ${says}`, `spring ${says}`]);
});

test('a count, an operation without members, a piece without an owner and a broken graph are found', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [`UPDATE audience SET member_count = 499 WHERE audience_id = 'spring'`, /^spring has 500 members/],
    [
      `INSERT INTO operation (account_no, audience_no, uploaded_count, state, accepted_at, byte_count)
        SELECT account_no, audience_no, 1, 'pending', 1, 1 FROM audience WHERE audience_id = 'autumn'`,
      /^autumn has lost the members of operation \d+, which waits$/,
    ],
    [
      `UPDATE audience SET state = 'deleted', deleted_at = 1 WHERE audience_id = 'spring'`,
      /^Piece 0 of block \d+ belongs to no live audience/,
    ],
    [
      `DELETE FROM audience WHERE audience_id = 'spring'`,
      /^The database is damaged: \d+ rows of member_block without audience$/,
    ],
    [
      `UPDATE graph_piece SET bytes = CAST(substr(bytes, 1, 400) || x'7f' || substr(bytes, 402) AS BLOB)`,
      /^The graph’s run \d+ is damaged: checksum, at piece 0$/,
    ],
  ];
  for (const [sql, says] of cases) assert.match((await problemsOf(damaged(sql)))[0] ?? '', says, sql);
});

test('audiences from before there were digests are compared by their counts, and have one after their next sync', async () => {
  const report = await verifyAt(damaged('UPDATE audience SET member_digest = NULL'));
  assert.deepEqual(report.problems, []);
  assert.deepEqual(
    report.audiences.map(({ audienceId, state }) => `${audienceId} ${state}`),
    ['spring uncompared', 'autumn uncompared', 'winter uncompared', 'empty holds'],
  );
  assert.deepEqual(digestsOf(report), digests);
});

test('a flipped byte in the file of the database is found wherever members or the graph lie', async () => {
  const dataDir = damaged();
  const file = join(dataDir, 'rollcall.db');
  const bytes = readFileSync(file);
  const blob = new DatabaseSync(file, { readOnly: true });
  const row = blob.prepare('SELECT bytes FROM member_block ORDER BY byte_count DESC').get();
  blob.close();
  const part = Buffer.from(row?.['bytes'] as Uint8Array).subarray(200, 264);
  const at = bytes.indexOf(part);
  assert.ok(at > 0, 'the block lies in the file');
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.of(bytes[at + 3]! ^ 4), 0, 1, at + 3);
  closeSync(descriptor);
  const problems = await problemsOf(dataDir);
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? '', /block is damaged: checksum$/);
});

/** Flips; the long run is the figure that a release publishes. */
const flipCount = Number(process.env['ROLLCALL_FLIPS'] ?? 16);

test(`a random bit of the file is flipped, ${flipCount} times: the directory is refused, or what changed a list is told (R7)`, async (t) => {
  const seed = Number(process.env['ROLLCALL_SEED'] ?? Date.now() % 2 ** 31);
  t.diagnostic(`ROLLCALL_SEED=${seed}`);
  const dice = createDice(seed);
  const whole = readFileSync(join(damaged(), 'rollcall.db'));
  const ends = { refused: 0, told: 0, untouched: 0 };
  for (let flip = 0; flip < flipCount; flip++) {
    const dataDir = damaged();
    // Much of a small file is empty.
    let at = dice.below(whole.length);
    while (whole[at] === 0) at = dice.below(whole.length);
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1 << dice.below(8);
    writeFileSync(join(dataDir, 'rollcall.db'), bytes);
    const report = await verifyAt(dataDir).catch(() => null);
    if (report === null) ends.refused += 1;
    else if (report.problems.length > 0) ends.told += 1;
    else {
      assert.deepEqual(digestsOf(report), digests, `seed ${seed}, flip ${flip} at byte ${at}`);
      ends.untouched += 1;
    }
    rmSync(dataDir, { recursive: true });
  }
  t.diagnostic(JSON.stringify({ ...ends, bytes: whole.length }));
  assert.ok(ends.told > 0, 'some flips hit a list or the graph');
});

test('the command ends with 1 where something is wrong, and looks at what it is asked to', async () => {
  const dataDir = damaged(`UPDATE audience SET member_count = 499 WHERE audience_id = 'spring'`);
  const words = ['verify', '--data', dataDir];
  const whole = await runText(words);
  assert.equal(whole.code, 1, whole.err);
  assert.equal(
    whole.out,
    `Audience spring of account ${buyer.accountId}: it has 500 members in its blocks, and 499 were counted.
Not all holds: 1 problem in 4 audiences with ${(memberCount - 1).toLocaleString('en')} members.
`,
  );
  const one = [...words, '--account', buyer.accountId, '--audience'];
  const holds = await runText([...one, 'autumn', '--json']);
  assert.equal(holds.code, 0, holds.err);
  const member = { account_id: buyer.accountId, audience_id: 'autumn', members: 500, state: 'holds' };
  assert.deepEqual(JSON.parse(holds.out), {
    ...{ ok: true, graph_pieces: null, database_checked: false, problems: [] },
    audiences: [{ ...member, digest: digests['autumn'] }],
  });
  assert.equal((await runText([...one, 'gone'])).code, 5);
  assert.equal((await runText([...words, '--audience', 'autumn'])).code, 2);
});

test('over either database a server that writes is verified while it does', async () => {
  const seller = await startSeller();
  try {
    const own = await newBuyer(seller);
    await moveLists(seller, own);
    let isOver = false;
    const writing = (async () => {
      for (let i = 0; !isOver; i++)
        await own.sync({
          audiences: [
            {
              audience_id: 'spring',
              add: [{ external_id: `w${i}`, uids: [{ type: 'rampid', value: `XY${i}` }] }],
            },
          ],
        });
    })();
    for (let round = 0; round < 5; round++) {
      const report = await verifyAt(seller.dataDir);
      assert.deepEqual(report.problems, []);
      assert.equal(report.databaseChecked, !isOverPostgres);
    }
    isOver = true;
    await writing;
  } finally {
    await seller.close();
  }
});
