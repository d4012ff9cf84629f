/** Advertisers over REST: made, found, changed, and used at once for a sync. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { newRestBuyer, type RestBuyer } from '../support/rest-buyer.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

let seller: Seller;
let buyer: RestBuyer;
before(async () => {
  seller = await startSeller();
  await seller.addUsers([{ id: 'u', emails: ['ada@example.com'] }]);
  buyer = await newRestBuyer(seller);
});
after(() => seller.close());

const create = async (body: Fields, headers: Readonly<Record<string, string>> = {}): Promise<Fields> =>
  buyer.rest.read('/advertisers', { body, headers });
const change = async (id: unknown, body: Fields): Promise<Fields> =>
  buyer.rest.read(`/advertisers/${String(id)}`, { method: 'PUT', body });

describe('an advertiser', () => {
  test('is created with all its words, and reads as it was created', async () => {
    const words = {
      name: 'Acme',
      description: 'Everything\nfor the roadrunner.',
      linkedAccounts: [{ partnerId: 'dsp', accountId: '25', billingType: 'direct' }],
      optimizationApplyMode: 'AUTO',
      utmConfig: [{ paramKey: 'utm_source', paramValue: 'winter sale' }],
    };
    const made = await create({ ...words, brand: 'Acme.Example', saveBrand: true, color: 'red' });
    const { id, createdAt, updatedAt, ...rest } = made;
    assert.match(String(id), /^acc_[0-9a-f]{32}$/);
    assert.equal(createdAt, updatedAt);
    assert.deepEqual(rest, {
      ...words,
      status: 'ACTIVE',
      sandbox: false,
      brand: 'acme.example',
      brandWarning: null,
      linkedBrand: { domain: 'acme.example', brandId: null, operator: 'acme.example' },
    });
    assert.deepEqual(await buyer.rest.read(`/advertisers/${String(id)}`), made);
    const overMcp = await buyer.buyer.call('list_accounts', { adcp_version: '3.1' });
    assert.ok(overMcp.text.includes(String(id)), 'AdCP calls it an account');
  });

  test('takes a sync at once, and as a sandbox small audiences are ready', async () => {
    for (const sandbox of [false, true]) {
      const { id } = await create({ name: 'Sync', brand: 'sync.example', sandbox });
      const home = `/advertisers/${String(id)}/audiences`;
      const add = [{ externalId: 'ada', hashedEmail: sha256('ada@example.com') }];
      const { taskId } = await buyer.rest.read(`${home}/sync`, {
        body: { audiences: [{ audienceId: 'a', add }] },
      });
      await buyer.ended(taskId);
      const [row] = (await buyer.rest.read(home))['audiences'] as readonly Fields[];
      assert.deepEqual(
        [row?.['status'], row?.['matchedCount'], row?.['accountId']],
        sandbox ? ['READY', 1, id] : ['TOO_SMALL', null, id],
      );
    }
  });

  test('changes field by field; linked accounts are added, and renewed by their key', async () => {
    const before = await create({ name: 'Before', brand: 'before.example', description: 'x' });
    const link = (accountId: string, billingType: string): Fields => ({
      partnerId: 'p',
      accountId,
      billingType,
    });
    await change(before['id'], { linkedAccounts: [link('1', 'a'), link('2', 'a')] });
    const after = await change(before['id'], {
      name: 'After',
      linkedAccounts: [link('2', 'b'), link('3', 'b')],
    });
    assert.deepEqual(after['linkedAccounts'], [link('1', 'a'), link('2', 'b'), link('3', 'b')]);
    assert.deepEqual([after['name'], after['description'], after['brand']], ['After', 'x', 'before.example']);
    assert.ok(String(after['updatedAt']) >= String(before['updatedAt']));
    assert.equal(after['createdAt'], before['createdAt']);
    const cleared = await change(before['id'], { description: null, brand: 'After.Example' });
    assert.deepEqual([cleared['description'], cleared['brand']], [null, 'after.example']);
    assert.deepEqual((cleared['linkedBrand'] as Fields)['operator'], 'after.example');
    assert.deepEqual(await change(before['id'], { saveBrand: false, sandbox: true }), {
      ...cleared,
      updatedAt: (await buyer.rest.read(`/advertisers/${String(before['id'])}`))['updatedAt'],
    });
  });

  test('of a brand that the caller has already is a conflict, made or renamed', async () => {
    const first = await create({ name: 'One', brand: 'one.example' });
    const other = await create({ name: 'Two', brand: 'two.example' });
    await create({ name: 'One', brand: 'one.example', sandbox: true });
    for (const request of [
      buyer.rest.ask('/advertisers', { body: { name: 'Again', brand: 'ONE.example' } }),
      buyer.rest.ask(`/advertisers/${String(other['id'])}`, {
        method: 'PUT',
        body: { brand: 'one.example' },
      }),
    ]) {
      const { httpStatus, error } = await request;
      assert.deepEqual([httpStatus, error?.code, error?.field], [409, 'CONFLICT', 'brand']);
    }
    assert.deepEqual(await buyer.rest.read(`/advertisers/${String(first['id'])}`), first);
    const renamed = await change(other['id'], { brand: 'two.example' });
    assert.equal(renamed['brand'], 'two.example', 'its own brand is no conflict');
  });

  test('made twice with one Idempotency-Key is made once', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { name: 'Once', brand: 'once.example' };
    const first = await buyer.rest.ask('/advertisers', { body, headers });
    await change(first.body['id'], { name: 'Renamed' });
    const second = await buyer.rest.ask('/advertisers', { body, headers });
    assert.equal(second.text, first.text);
    assert.deepEqual(
      [first, second].map((one) => one.headers.get('idempotency-replayed')),
      [null, 'true'],
    );
    const other = await buyer.rest.ask('/advertisers', { body: { ...body, name: 'Other' }, headers });
    assert.deepEqual([other.httpStatus, other.error?.code], [409, 'CONFLICT']);
  });
});

test('lists come in pages of ten, by name and by status', async () => {
  const lister = await newRestBuyer(seller);
  const ids: string[] = [lister.buyer.accountId];
  for (let i = 0; i < 23; i++) {
    const body = { name: i % 2 === 0 ? `Even Ärger ${i}` : `Odd ${i}`, brand: `list${i}.example` };
    ids.push(String((await lister.rest.read('/advertisers', { body }))['id']));
  }
  const seen: string[] = [];
  let offset: number | null = 0;
  while (offset !== null) {
    const page = await lister.rest.read(`/advertisers?offset=${offset}`);
    const items = page['items'] as readonly Fields[];
    assert.equal(page['total'], 24);
    assert.equal(page['hasMore'], page['nextOffset'] !== null);
    assert.ok(items.length <= 10 && items.every((one) => 'linkedAccounts' in one && !('linkedBrand' in one)));
    seen.push(...items.map(({ id }) => String(id)));
    offset = page['nextOffset'] as number | null;
  }
  assert.deepEqual(seen, ids, 'each once, in the order of making');
  const totalOf = async (query: string): Promise<unknown> =>
    (await lister.rest.read(`/advertisers?${query}`))['total'];
  assert.equal(await totalOf(`name=${encodeURIComponent('eVEN äRGER')}`), 12);
  assert.equal(await totalOf('name=no such'), 0);
  await seller.admin.admin.updateAccount({ accountId: ids[1]!, name: null, status: 'closed' });
  assert.deepEqual(
    [await totalOf('status=ARCHIVED'), await totalOf('status=ACTIVE'), await totalOf('')],
    [1, 23, 24],
  );
  const [archived] = (
    await lister.rest.read('/advertisers?status=ARCHIVED&includeBrand=true&includeAccounts=false')
  )['items'] as readonly Fields[];
  assert.deepEqual(
    [archived?.['id'], archived?.['status'], 'linkedBrand' in archived!, 'linkedAccounts' in archived!],
    [ids[1], 'ARCHIVED', true, false],
  );
});

test('where the seller makes the accounts, or serves no sandbox, creating is refused by name', async () => {
  const strict = await startSeller({ buyerAccounts: false });
  const plain = await startSeller({ sandbox: false });
  try {
    const { rest } = await newRestBuyer(strict);
    const denied = await rest.ask('/advertisers', { body: { name: 'A', brand: 'a.example' } });
    assert.deepEqual([denied.httpStatus, denied.error?.code], [403, 'ACCESS_DENIED']);
    assert.match(denied.error?.message ?? '', /creates advertisers itself/);
    const other = await newRestBuyer(plain, { sandbox: false });
    const body = { name: 'A', brand: 'a.example', sandbox: true };
    const refused = await other.rest.ask('/advertisers', { body });
    assert.deepEqual([refused.httpStatus, refused.error?.field], [403, 'sandbox']);
    assert.equal(
      (await other.rest.ask('/advertisers', { body: { ...body, sandbox: false } })).httpStatus,
      201,
    );
  } finally {
    await strict.close();
    await plain.close();
  }
});
