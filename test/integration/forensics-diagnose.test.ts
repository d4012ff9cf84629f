/** A list whose hashes were made wrongly, from the import of users to what the seller is told of it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { newBuyer, type Buyer } from '../support/buyer.ts';
import { runText } from '../support/process.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-diagnose-'));
const usersFile = join(folder, 'users.csv');
const userCount = 6_000;
const rowCount = 5_000;
const emailOf = (i: number): string => `user.${i}@example.com`;

let seller: Seller;
let buyer: Buyer;
before(async () => {
  const rows = Array.from({ length: userCount }, (_, i) => `u${i},${emailOf(i)}`);
  writeFileSync(usersFile, `user_id,email\n${rows.join('\n')}\n`);
  seller = await startSeller();
  buyer = await newBuyer(seller, { sandbox: false });
});
after(async () => {
  await seller.close();
  rmSync(folder, { recursive: true, force: true });
});

async function rollcall(...words: readonly string[]): Promise<string> {
  const { out, err, code } = await runText([...words, '--data', seller.dataDir]);
  assert.equal(code, 0, err);
  return out;
}

const diagnose = async (audienceId: string): Promise<string> =>
  rollcall('audience', 'diagnose', '--account', buyer.accountId, '--audience', audienceId);

async function send(audienceId: string, hashOf: (i: number) => string, count = rowCount): Promise<void> {
  const add = Array.from({ length: count }, (_, i) => ({
    external_id: `m${i}`,
    hashed_email: hashOf(i),
  }));
  await buyer.sync({ audiences: [{ audience_id: audienceId, add }] });
}

const doubled = (i: number): string => sha256(sha256(emailOf(i)));

test('without forensics the seller is told how to have it', async () => {
  await rollcall('graph', 'import', usersFile);
  await send('doubled', doubled);
  assert.match(await diagnose('doubled'), /graph import --forensics/);
});

test('a list of 5,000 that was hashed twice is named, with its share and its repair', async () => {
  assert.match(
    await rollcall('graph', 'import', usersFile, '--forensics'),
    /Forensics knows [\d,]+ wrong hashes\./,
  );
  const [title = '', line = '', ...rest] = (await diagnose('doubled')).split('\n');
  assert.deepEqual(title.split(/\s{2,}/), ['identifier', 'recipe', 'share', 'repair']);
  assert.deepEqual(line.split(/\s{2,}/), [
    'hashed_email',
    'double_hash',
    '90-100 %',
    'rollcall push FILE --recipe double_hash',
  ]);
  assert.deepEqual(rest, ['']);
  assert.deepEqual(
    JSON.parse(
      await rollcall(
        ...['audience', 'diagnose', '--account', buyer.accountId, '--audience', 'doubled', '--json'],
      ),
    ),
    {
      audience_id: 'doubled',
      forensics: true,
      findings: [
        {
          identifier_type: 'hashed_email',
          recipe: 'double_hash',
          share: '90-100 %',
          repair: 'rollcall push FILE --recipe double_hash',
        },
      ],
    },
  );
});

test('strangers, a list that matches well, and one below the floor are given none', async () => {
  await send('strangers', (i) => sha256(`stranger${i}@example.org`));
  assert.match(await diagnose('strangers'), /may be strangers/);
  await send('right', (i) => (i < rowCount * 0.6 ? sha256(emailOf(i)) : doubled(i)));
  assert.match(await diagnose('right'), /matches well/);
  await send('few', doubled, 99);
  assert.match(await diagnose('few'), /too few members/);
});

// The scan of a request refuses hashes of the empty string, null, undefined and none; the other words get here.
test('hashes of words for nothing are to be left out', async () => {
  await send('nothing', (i) => (i % 2 === 0 ? sha256('NULL') : doubled(i)));
  const out = await diagnose('nothing');
  assert.match(out, /hash_of_nothing .*leave these values out/);
  assert.match(out, /double_hash .*--recipe double_hash/);
});

test('users who are removed are no longer found by their wrong hashes', async () => {
  const leavers = join(folder, 'leavers.txt');
  writeFileSync(leavers, Array.from({ length: rowCount }, (_, i) => `u${i}`).join('\n'));
  await rollcall('graph', 'remove', leavers);
  assert.match(await diagnose('doubled'), /may be strangers/);
});
