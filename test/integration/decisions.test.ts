/** Decisions at ad-request time, over HTTP, while audiences and packages move. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { inDatabase } from '../support/database.ts';
import { newBuyer } from '../support/buyer.ts';
import { noteCanary } from '../support/canaries.ts';
import { buyPackage } from '../support/packages.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import { nodeCount } from '../support/test-database.ts';
import type { Fields } from '../support/wire.ts';

const users = Array.from({ length: 200 }, (_, i) => ({ id: `u${i}`, emails: [`user${i}@example.com`] }));
const members = (from: number, to: number): Fields[] =>
  Array.from({ length: to - from }, (_, i) => ({
    external_id: `m${from + i}`,
    hashed_email: sha256(`user${from + i}@example.com`),
  }));

let seller: Seller;
let key = '';
before(async () => {
  seller = await startSeller();
  await seller.addUsers(users);
  const made = await seller.admin.admin.createKey({
    accountIds: [],
    name: 'ad server',
    expiresAtMs: null,
    scopes: ['decisions'],
  });
  key = made.key;
  noteCanary('key', key);
});
after(async () => seller.close());

interface Answer {
  readonly status: number;
  readonly body: Fields;
}

async function ask(path: string, body: unknown, bearer = key): Promise<Answer> {
  const response = await fetch(`${seller.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Fields };
}

async function get(path: string): Promise<Answer> {
  const response = await fetch(`${seller.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  return { status: response.status, body: (await response.json()) as Fields };
}

async function verdict(user: Fields, packageId: string): Promise<string> {
  const { status, body } = await ask('/v1/decisions', { user, packages: [packageId] });
  assert.equal(status, 200, JSON.stringify(body));
  const [left] = body['ineligible'] as readonly { reason: string }[];
  return left?.reason ?? 'eligible';
}

/** Within a second, as promised; of every server, where there are several. */
async function becomes(user: Fields, packageId: string, expected: string): Promise<void> {
  const end = performance.now() + 10_000;
  for (let inARow = 0; inARow < nodeCount;) {
    const now = await verdict(user, packageId);
    inARow = now === expected ? inARow + 1 : 0;
    assert.ok(performance.now() < end, `${packageId} stays ${now}, not ${expected}`);
    if (inARow === 0) await sleep(5);
  }
}

describe('a package that leans on audiences', () => {
  test('is served to who is included and not excluded, by any identifier of a user', async () => {
    const buyer = await newBuyer(seller);
    await buyer.sync({
      audiences: [
        { audience_id: 'in', add: members(0, 10) },
        { audience_id: 'out', add: members(5, 15) },
      ],
    });
    const p1 = await buyPackage(buyer, { include: ['in'], exclude: ['out'] });
    await becomes({ id: 'u1' }, p1, 'eligible');
    assert.equal(await verdict({ hashed_email: sha256('user1@example.com') }, p1), 'eligible');
    assert.equal(await verdict({ uid: { type: 'publisher_first_party', value: 'u1' } }, p1), 'eligible');
    assert.equal(await verdict({ id: 'u7' }, p1), 'excluded');
    assert.equal(await verdict({ id: 'u12' }, p1), 'not_included');
    assert.equal(await verdict({ id: 'u100' }, p1), 'not_included');
    assert.equal(await verdict({ id: 'nobody' }, p1), 'not_included');
    assert.equal(await verdict({ id: 'u1' }, 'no-such-package'), 'unknown');
  });

  test('follows what is added, removed, emptied and deleted, and users who come and go', async () => {
    const buyer = await newBuyer(seller);
    await buyer.sync({ audiences: [{ audience_id: 'a', add: members(20, 30) }] });
    const p2 = await buyPackage(buyer, { include: ['a'] });
    await becomes({ id: 'u20' }, p2, 'eligible');
    await buyer.sync({ audiences: [{ audience_id: 'a', add: members(30, 40) }] });
    await becomes({ id: 'u35' }, p2, 'eligible');
    await buyer.sync({ audiences: [{ audience_id: 'a', remove: [{ external_id: 'm20' }] }] });
    await becomes({ id: 'u20' }, p2, 'not_included');
    await becomes({ id: 'u21' }, p2, 'eligible');
    await buyer.sync({
      audiences: [
        { audience_id: 'a', add: [{ external_id: 'new', hashed_email: sha256('late@example.com') }] },
      ],
    });
    await seller.addUsers([{ id: 'late', emails: ['late@example.com'] }]);
    await becomes({ id: 'late' }, p2, 'eligible');
    await buyer.sync({ audiences: [{ audience_id: 'a', delete: true }] });
    await becomes({ id: 'u21' }, p2, 'not_included');
  });

  test('is served only while its buy is live: not when it is paused, canceled, or not begun', async () => {
    const buyer = await newBuyer(seller);
    await buyer.sync({ audiences: [{ audience_id: 'a', add: members(70, 80) }] });
    const packageId = await buyPackage(buyer, { include: ['a'] });
    await becomes({ id: 'u75' }, packageId, 'eligible');
    const { content } = await buyer.call('get_media_buys', { account: { account_id: buyer.accountId } });
    const [bought] = content?.['media_buys'] as readonly Fields[];
    const update = async (fields: Fields): Promise<void> => {
      const answer = await buyer.call('update_media_buy', {
        ...{ adcp_version: '3.1', idempotency_key: `update-${randomUUID()}` },
        ...{ account: { account_id: buyer.accountId }, media_buy_id: bought?.['media_buy_id'], ...fields },
      });
      assert.equal(answer.content?.['status'], 'completed', answer.text);
    };
    await update({ paused: true });
    await becomes({ id: 'u75' }, packageId, 'not_live');
    await update({ paused: false });
    await becomes({ id: 'u75' }, packageId, 'eligible');
    await update({ packages: [{ package_id: packageId, targeting_overlay: { audience_exclude: ['a'] } }] });
    await becomes({ id: 'u75' }, packageId, 'excluded');
    await becomes({ id: 'u1' }, packageId, 'eligible');
    await update({ canceled: true });
    await becomes({ id: 'u1' }, packageId, 'not_live');
  });

  test('is found again after a restart', async () => {
    const buyer = await newBuyer(seller);
    await buyer.sync({ audiences: [{ audience_id: 'a', add: members(50, 60) }] });
    const p3 = await buyPackage(buyer, { include: ['a'] });
    await becomes({ id: 'u55' }, p3, 'eligible');
    await seller.restart();
    await becomes({ id: 'u55' }, p3, 'eligible');
    assert.equal(await verdict({ id: 'u70' }, p3), 'not_included');
  });
});

describe('a call', () => {
  test('may ask for many users and all packages, with reasons or without', async () => {
    const buyer = await newBuyer(seller, { sandbox: false });
    await buyer.sync({ audiences: [{ audience_id: 'a', add: members(0, 120) }] });
    const live = await buyPackage(buyer, { include: ['a'] });
    await becomes({ id: 'u1' }, live, 'eligible');
    const requests = [
      { user: { id: 'u1' } },
      { user: { id: 'nobody' } },
      { user: { id: 'u2' }, packages: [live] },
    ];
    const { body } = await ask('/v1/decisions', { requests });
    assert.deepEqual(body['decisions'], [
      { eligible: [live], ineligible: [] },
      { eligible: [], ineligible: [{ package_id: live, reason: 'not_included' }] },
      { eligible: [live], ineligible: [] },
    ]);
    const short = await ask('/v1/decisions', { requests, explain: false });
    assert.deepEqual(short.body['decisions'], [{ eligible: [live] }, { eligible: [] }, { eligible: [live] }]);
  });

  const bad: readonly (readonly [string, unknown, string])[] = [
    ['no JSON', '{', 'no JSON'],
    ['no object', [], 'object'],
    ['no user', {}, 'user'],
    ['two identifiers', { user: { id: 'u1', hashed_email: 'x' } }, 'user'],
    ['a clear address', { user: { hashed_email: 'user1@example.com' } }, 'user.hashed_email'],
    ['an unknown kind', { user: { uid: { type: 'shoe_size', value: '43' } } }, 'user.uid.type'],
    ['an empty id', { user: { id: '' } }, 'user.id'],
    ['packages that are no list', { user: { id: 'u1' }, packages: 'p1' }, 'packages'],
    ['an empty batch', { requests: [] }, 'requests'],
    ['a bad one in a batch', { requests: [{ user: { id: 'u1' } }, { user: {} }] }, 'requests[1].user'],
    ['too many', { requests: Array(1_001).fill({ user: { id: 'u1' } }) }, 'requests'],
  ];
  for (const [name, body, says] of bad) {
    test(`with ${name} is refused by name`, async () => {
      const answer = await ask('/v1/decisions', body);
      assert.equal(answer.status, 400);
      const text = JSON.stringify(answer.body);
      assert.ok(text.includes(says), text);
      assert.ok(!text.includes('example.com') && !text.includes('shoe_size'));
    });
  }

  test('needs the ad server’s own key, which is good for nothing else', async () => {
    const buyer = await newBuyer(seller);
    const body = { user: { id: 'u1' } };
    assert.equal((await ask('/v1/decisions', body, buyer.key)).status, 403);
    assert.equal((await ask('/v1/decisions', body, 'rk_nothing')).status, 401);
    const other = await seller.call('list_accounts', {}, key);
    assert.match(JSON.stringify(other), /SCOPE_INSUFFICIENT/);
    assert.equal((await fetch(`${seller.url}/v1/decisions`)).status, 405);
    assert.equal((await fetch(`${seller.url}/v1/nothing`, { method: 'POST' })).status, 404);
  });
});

describe('impressions', () => {
  const delivered = async (packageId: string): Promise<readonly Fields[]> => {
    const { rows } = await inDatabase(
      seller,
      'SELECT day, impressions, clicks, spend_micros FROM package_delivery JOIN media_package USING (account_no, package_no) WHERE package_id = ? ORDER BY day',
      packageId,
    );
    return rows;
  };
  const day = new Date().toISOString().slice(0, 10);

  test('are counted once, however often a report comes, with what they cost to the last millionth', async () => {
    const buyer = await newBuyer(seller);
    const counted = await buyPackage(buyer, {});
    const report = {
      batch_id: `batch-${randomUUID()}`,
      impressions: [
        { package_id: counted, count: 1_500, clicks: 3 },
        { package_id: counted },
        { package_id: 'nowhere', count: 5 },
        { package_id: counted, at: '2020-01-01T00:00:00Z' },
        { package_id: counted, at: new Date(Date.now() + 3_600_000).toISOString() },
      ],
    };
    const expected = {
      counted: 1_501,
      rejected: [
        { field: 'impressions[2]', reason: 'unknown_package' },
        { field: 'impressions[3]', reason: 'too_late' },
        { field: 'impressions[4]', reason: 'in_future' },
      ],
    };
    const answers = await Promise.all(Array.from({ length: 8 }, async () => ask('/v1/impressions', report)));
    for (const { status } of answers) assert.equal(status, 200);
    const bodies = answers.map(({ body }) => body);
    assert.equal(bodies.filter((body) => body['replayed'] === true).length, 7);
    for (const { replayed: _, ...body } of bodies) assert.deepEqual(body, expected);
    // Five dollars a thousand: 1,501 impressions are 7.505 dollars.
    assert.deepEqual(await delivered(counted), [
      { day, impressions: 1_501, clicks: 3, spend_micros: 7_505_000 },
    ]);
    const other = await ask('/v1/impressions', { ...report, impressions: [{ package_id: counted }] });
    assert.deepEqual([other.status, (other.body['error'] as Fields)['code']], [409, 'IDEMPOTENCY_CONFLICT']);
    assert.equal((await delivered(counted))[0]?.['impressions'], 1_501);
  });

  test('of many reports at once add up to the same spend as of one', async () => {
    const buyer = await newBuyer(seller);
    const many = await buyPackage(buyer, {});
    await Promise.all(
      Array.from({ length: 37 }, async (_, i) =>
        ask('/v1/impressions', {
          batch_id: `batch-${randomUUID()}`,
          impressions: [{ package_id: many, count: i + 1 }],
        }),
      ),
    );
    assert.deepEqual(await delivered(many), [{ day, impressions: 703, clicks: 0, spend_micros: 3_515_000 }]);
  });

  for (const [name, body, says] of [
    ['no batch', { impressions: [{ package_id: 'p' }] }, 'batch_id'],
    ['none', { batch_id: 'batch-0000000001', impressions: [] }, 'impressions'],
    [
      'a bad count',
      { batch_id: 'batch-0000000001', impressions: [{ package_id: 'p', count: 0 }] },
      'impressions[0].count',
    ],
    [
      'a bad time',
      { batch_id: 'batch-0000000001', impressions: [{ package_id: 'p', at: 'noon' }] },
      'impressions[0].at',
    ],
  ] as const) {
    test(`with ${name} are refused by name`, async () => {
      const answer = await ask('/v1/impressions', body);
      assert.deepEqual([answer.status, (answer.body['error'] as Fields)['field']], [400, says]);
    });
  }
});

describe('an overlay', () => {
  test('is judged and counted for a sales agent that keeps its own buys', async () => {
    const buyer = await newBuyer(seller);
    await buyer.sync({
      audiences: [
        { audience_id: 'a', add: members(0, 30) },
        { audience_id: 'b', add: members(20, 50) },
        { audience_id: 'out', add: members(10, 25) },
        { audience_id: 'small', add: [{ external_id: 'x', hashed_email: sha256('stranger@example.com') }] },
      ],
    });
    const account_id = buyer.accountId;
    const { body } = await ask('/v1/overlays', {
      account_id,
      audience_include: ['a', 'b'],
      audience_exclude: ['out'],
    });
    assert.deepEqual(body, { valid: true, reach: 35, problems: [] });
    const asked = new URLSearchParams([
      ['account_id', account_id],
      ['audience_include', 'a'],
      ['audience_include', 'b'],
      ['audience_exclude', 'out'],
    ]);
    const byGet = await get(`/v1/overlays?${asked.toString()}`);
    assert.deepEqual([byGet.status, byGet.body], [200, body], 'by GET too');
    assert.equal((await get(`/v1/overlays?${asked.toString()}&limit=3`)).status, 400);
    assert.equal((await get(`/v1/overlays?${asked.toString()}&account_id=other`)).status, 400);
    assert.equal((await get('/v1/overlays')).status, 400, 'no account');
    assert.equal((await get('/v1/decisions')).status, 405);
    const partial = await ask('/v1/overlays', { account_id, audience_include: ['small', 'a'] });
    assert.deepEqual(partial.body, {
      valid: true,
      reach: 30,
      problems: [{ field: 'audience_include[0]', reason: 'too_small' }],
    });
    const wrong = await ask('/v1/overlays', {
      account_id,
      audience_include: ['a'],
      audience_exclude: ['never'],
    });
    assert.deepEqual(wrong.body, {
      valid: false,
      reach: null,
      problems: [{ field: 'audience_exclude[0]', reason: 'unknown' }],
    });
    assert.equal(
      (await ask('/v1/overlays', { account_id: 'acct_nobody', audience_include: ['a'] })).status,
      404,
    );
    assert.equal((await ask('/v1/overlays', { account_id, audience_include: [] })).status, 400);
  });
});
