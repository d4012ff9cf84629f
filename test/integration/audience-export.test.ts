/** Files of user ids for ad servers that want files: whole, and what changed since. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { newBuyer, type Buyer } from '../support/buyer.ts';
import { runText } from '../support/process.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-export-'));
const usersFile = join(folder, 'users.csv');
const cursor = join(folder, 'spring.cursor');
/** An id that a careless writer of CSV would break. */
const idOf = (i: number): string => (i === 3 ? 'u,"3"' : `u${i}`);
const userCount = 20_000;

let seller: Seller;
let buyer: Buyer;
before(async () => {
  const rows = Array.from(
    { length: userCount },
    (_, i) => `"${idOf(i).replaceAll('"', '""')}",user${i}@example.com`,
  );
  writeFileSync(usersFile, `user_id,email\n${rows.join('\n')}\n`);
  seller = await startSeller();
  const done = await runText(['graph', 'import', usersFile, '--data', seller.dataDir]);
  assert.equal(done.code, 0, done.err);
  buyer = await newBuyer(seller);
});
after(async () => {
  await seller.close();
  rmSync(folder, { recursive: true, force: true });
});

const members = (from: number, to: number): Fields[] =>
  Array.from({ length: to - from }, (_, i) => ({
    external_id: `m${from + i}`,
    hashed_email: sha256(`user${from + i}@example.com`),
  }));

async function exported(...more: readonly string[]): Promise<readonly string[]> {
  const words = ['audience', 'export', usersFile, '--account', buyer.accountId, '--audience', 'spring'];
  const { out, err, code } = await runText([...words, '--data', seller.dataDir, ...more]);
  assert.equal(code, 0, err);
  return out.split('\n').slice(0, -1);
}

test('every user of the seller who is in the audience is written, as CSV or as NDJSON', async () => {
  await buyer.sync({
    audiences: [
      {
        audience_id: 'spring',
        add: [...members(0, 9_000), { external_id: 'x', hashed_email: sha256('stranger@example.com') }],
      },
    ],
  });
  const csv = await exported('--cursor', cursor);
  assert.deepEqual(csv.slice(0, 5), ['user_id', 'u0', 'u1', 'u2', '"u,""3"""']);
  assert.equal(csv.length, 9_001);
  const lines = await exported('--format', 'ndjson');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as Fields)['user_id']),
    Array.from({ length: 9_000 }, (_, i) => idOf(i)),
  );
});

test('what changed since an earlier export is written as add and remove, and nothing else', async () => {
  assert.deepEqual(await exported('--since', cursor), ['user_id,change']);
  await buyer.sync({
    audiences: [
      {
        audience_id: 'spring',
        add: members(9_000, 9_003),
        remove: [{ external_id: 'm3' }, { external_id: 'm8' }],
      },
    ],
  });
  const changes = ['"u,""3""",remove', 'u8,remove', 'u9000,add', 'u9001,add', 'u9002,add'];
  assert.deepEqual(await exported('--since', cursor, '--cursor', cursor), ['user_id,change', ...changes]);
  assert.deepEqual(await exported('--since', cursor), ['user_id,change']);
  const json = await exported('--since', cursor, '--json');
  assert.deepEqual(JSON.parse(json[0] ?? ''), { users: 9_001, exported: 9_001, added: 0, removed: 0 });
});

test('what cannot be done is said: an unknown audience, a cursor that is none, no file, no server', async () => {
  const base = ['audience', 'export', usersFile, '--data', seller.dataDir, '--account', buyer.accountId];
  const cases = [
    [[...base, '--audience', 'never'], 5, /No such audience/],
    [
      [...base, '--audience', 'spring', '--since', usersFile],
      6,
      /is not what an export of this server leaves/,
    ],
    [[...base, '--audience', 'spring', '--since', join(folder, 'none')], 5, /cannot be read/],
    [
      [
        'audience',
        'export',
        join(folder, 'none.csv'),
        '--data',
        seller.dataDir,
        '--account',
        buyer.accountId,
        '--audience',
        'spring',
      ],
      5,
      /none\.csv/,
    ],
    [
      ['audience', 'export', usersFile, '--data', join(folder, 'empty'), '--account', 'a', '--audience', 'b'],
      7,
      /No server runs/,
    ],
    [['audience', 'export', usersFile, '--data', seller.dataDir], 2, /--account/],
  ] as const;
  for (const [words, code, says] of cases) {
    const done = await runText(words);
    assert.deepEqual([done.code, done.out], [code, ''], done.err);
    assert.match(done.err, says);
  }
});
