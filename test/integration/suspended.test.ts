/** An audience that the seller takes out of use: every buy that leans on it says so, nobody is reached, and all of it ends again. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { newBuyer, type Buyer } from '../support/buyer.ts';
import { noteCanary } from '../support/canaries.ts';
import { buyPackage } from '../support/packages.ts';
import { runJson, runText } from '../support/process.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

let seller: Seller;
let key = '';
before(async () => {
  seller = await startSeller();
  await seller.addUsers(
    Array.from({ length: 20 }, (_, i) => ({ id: `u${i}`, emails: [`user${i}@example.com`] })),
  );
  const made = await seller.admin.admin.createKey({
    ...{ accountIds: [], name: 'ad server', expiresAtMs: null },
    scopes: ['decisions'],
  });
  key = made.key;
  noteCanary('key', key);
});
after(async () => seller.close());

const add = Array.from({ length: 10 }, (_, i) => ({
  external_id: `m${i}`,
  hashed_email: sha256(`user${i}@example.com`),
}));

interface Impairment extends Fields {
  readonly impairment_id: string;
  readonly package_ids: readonly string[];
  readonly observed_at: string;
}

interface Buy extends Fields {
  readonly media_buy_id: string;
  readonly status: string;
  readonly health: string;
  readonly impairments: readonly Impairment[];
  readonly packages: readonly { readonly package_id: string }[];
}

async function buys(buyer: Buyer, more: Fields = {}): Promise<readonly Buy[]> {
  const answer = await buyer.call('get_media_buys', {
    adcp_version: '3.1',
    account: { account_id: buyer.accountId },
    ...more,
  });
  return answer.content?.['media_buys'] as readonly Buy[];
}

async function verdict(packageId: string): Promise<string> {
  const response = await fetch(`${seller.url}/v1/decisions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user: { id: 'u3' }, packages: [packageId] }),
  });
  const { ineligible } = (await response.json()) as { ineligible: readonly { reason: string }[] };
  return ineligible[0]?.reason ?? 'eligible';
}

async function becomes(packageId: string, expected: string): Promise<void> {
  const end = performance.now() + 10_000;
  while ((await verdict(packageId)) !== expected) {
    assert.ok(performance.now() < end, `${packageId} becomes ${expected}`);
    await sleep(5);
  }
}

test('suspended by the seller, told on every live buy with reason, packages and transition, and cleared again', async () => {
  const buyer = await newBuyer(seller);
  await buyer.sync({
    audiences: [
      { audience_id: 'spring', add },
      { audience_id: 'other', add },
    ],
  });
  const leaning = [
    await buyPackage(buyer, { include: ['spring'] }),
    await buyPackage(buyer, { exclude: ['spring'] }),
  ];
  const untouched = await buyPackage(buyer, { include: ['other'] });
  for (const packageId of [leaning[0]!, untouched]) await becomes(packageId, 'eligible');
  const healthy = await buys(buyer);
  assert.deepEqual(
    healthy.map(({ health, impairments }) => [health, impairments]),
    Array(3).fill(['ok', []]),
  );

  const named = ['--data', seller.dataDir, '--account', buyer.accountId, '--audience', 'spring'];
  const done = await runJson(['audience', 'suspend', ...named, '--code', 'consent_expired']);
  assert.deepEqual(done, { audience_id: 'spring', suspended: true, changed: true });
  const impaired = await buys(buyer);
  const open = impaired.flatMap(({ impairments }) => impairments);
  assert.deepEqual(
    impaired.map(({ health, impairments }) => [health, impairments.map((one) => one.package_ids)]),
    [
      ['impaired', [[leaning[0]]]],
      ['impaired', [[leaning[1]]]],
      ['ok', []],
    ],
  );
  for (const one of open) {
    const { resource_type, resource_id, transition, reason_code } = one;
    assert.deepEqual([resource_type, resource_id, reason_code], ['audience', 'spring', 'consent_expired']);
    assert.equal((transition as Fields)['to'], 'suspended');
  }
  assert.deepEqual(
    impaired.map(({ status }) => status),
    healthy.map(({ status }) => status),
    'health is another thing than the state of a buy',
  );
  const [item] = (await buyer.sync()).filter(({ audience_id }) => audience_id === 'spring');
  assert.equal(item?.status, 'suspended');
  assert.match(JSON.stringify(item), /The consent for its members is over/);
  await becomes(leaning[0]!, 'not_included');
  // Whoever is in it stays excluded: that is not a use of it.
  await becomes(leaning[1]!, 'excluded');
  assert.equal(await verdict(untouched), 'eligible');

  // Said again, it stays the same impairment, over a sync and a restart too.
  assert.equal((await runJson(['audience', 'suspend', ...named]))['changed'], false);
  await buyer.sync({ audiences: [{ audience_id: 'spring', add: add.slice(0, 5) }] });
  await seller.restart();
  assert.deepEqual(
    (await buys(buyer)).flatMap(({ impairments }) => impairments),
    open,
  );

  assert.equal((await runJson(['audience', 'resume', ...named]))['changed'], true);
  assert.deepEqual(
    (await buys(buyer)).map(({ health, impairments }) => [health, impairments]),
    Array(3).fill(['ok', []]),
  );
  await becomes(leaning[0]!, 'eligible');
  assert.equal((await runJson(['audience', 'resume', ...named]))['changed'], false);

  await runJson(['audience', 'suspend', ...named]);
  const [again] = (await buys(buyer)).flatMap(({ impairments }) => impairments);
  assert.notEqual(again?.impairment_id, open[0]?.impairment_id, 'another suspension is another impairment');
});

test('a buy that is over is spared, and one over a suspended audience is impaired from its beginning', async () => {
  const buyer = await newBuyer(seller);
  await buyer.sync({ audiences: [{ audience_id: 'a', add }] });
  await buyPackage(buyer, { include: ['a'] });
  const [first] = await buys(buyer);
  await buyer.call('update_media_buy', {
    ...{ adcp_version: '3.1', idempotency_key: `cancel-${randomUUID()}`, canceled: true },
    ...{ account: { account_id: buyer.accountId }, media_buy_id: first?.media_buy_id },
  });
  await runJson([
    'audience',
    'suspend',
    '--data',
    seller.dataDir,
    '--account',
    buyer.accountId,
    '--audience',
    'a',
  ]);
  await buyPackage(buyer, { include: ['a'] });
  const told = new Map(
    (await buys(buyer, { status_filter: ['active', 'canceled'] })).map((one) => [
      one.media_buy_id === first?.media_buy_id,
      one.health,
    ]),
  );
  assert.deepEqual([told.get(true), told.get(false)], ['ok', 'impaired']);
});

test('what is not there cannot be suspended', async () => {
  const buyer = await newBuyer(seller);
  const base = ['audience', 'suspend', '--data', seller.dataDir];
  for (const [words, code] of [
    [[...base, '--account', buyer.accountId, '--audience', 'never'], 5],
    [[...base, '--account', 'acct_none', '--audience', 'never'], 5],
    [[...base, '--account', buyer.accountId], 2],
    [[...base, '--account', buyer.accountId, '--audience', 'a', '--code', 'because'], 2],
  ] as const) {
    assert.equal((await runText(words)).code, code, words.join(' '));
  }
});
