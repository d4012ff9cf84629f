/** Whose is what at the REST door: what is somebody else's is answered byte for byte like what never was. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { newRestBuyer, type RestBuyer } from '../support/rest-buyer.ts';
import type { RestAnswer, RestRequest } from '../support/rest.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

let seller: Seller;
let mine: RestBuyer;
let theirs: RestBuyer;
let theirTask: string;
before(async () => {
  seller = await startSeller({ forwarding: true });
  mine = await newRestBuyer(seller);
  theirs = await newRestBuyer(seller);
  theirTask = (await theirs.sync({ audienceId: 'shared-name', add: [member('t')] })).taskId;
  await mine.sync({ audienceId: 'shared-name', add: [member('m')] });
});
after(() => seller.close());

const member = (externalId: string): Fields => ({ externalId, hashedEmail: sha256(externalId) });
const change: RestRequest = { body: { audiences: [{ audienceId: 'shared-name', add: [member('x')] }] } };

/** Every route with an id in its path; `{id}` is replaced. */
const ofAdvertiser: readonly (readonly [path: string, request: RestRequest])[] = [
  ['/advertisers/{id}', {}],
  ['/advertisers/{id}', { method: 'HEAD' }],
  ['/advertisers/{id}', { method: 'PUT', body: { name: 'Mine now' } }],
  ['/advertisers/{id}/audiences', {}],
  ['/advertisers/{id}/audiences', { method: 'HEAD' }],
  ['/advertisers/{id}/audiences?take=1&skip=5', {}],
  ['/advertisers/{id}/audiences/sync', change],
  ['/advertisers/{id}/audiences/sync', { ...change, headers: { 'idempotency-key': 'one' } }],
  [
    '/advertisers/{id}/audiences/sync',
    { body: { audiences: [{ audienceId: 'shared-name', delete: true }] } },
  ],
  ['/advertisers/{id}/audiences/sync', { body: { audiences: [{ audienceId: 'x' }], deleteMissing: true } }],
  ['/advertisers/{id}/forwarding', {}],
  ['/advertisers/{id}/forwarding', { method: 'PUT', body: { enabled: true } }],
  ['/advertisers/{id}/forwarding', { method: 'PUT', body: { enabled: false } }],
  ['/advertisers/{id}/sales-agents', {}],
  [
    '/advertisers/{id}/sales-agents',
    { body: { name: 'x', url: 'https://x.example/mcp', protocol: 'mcp', accountId: 'x' } },
  ],
  ['/advertisers/{id}/sales-agents/agent_x', { method: 'DELETE' }],
  [
    '/advertisers/{id}/syndicate',
    {
      body: { resourceType: 'AUDIENCE', resourceId: 'shared-name', adcpAgentIds: ['agent_x'], enabled: true },
    },
  ],
  ['/advertisers/{id}/syndication-status', {}],
];
const ofTask: readonly (readonly [path: string, request: RestRequest])[] = [
  ['/tasks/{id}', {}],
  ['/tasks/{id}', { method: 'HEAD' }],
];

/** All that an answer shows, without what differs between equal answers. */
function shown({ httpStatus, headers, text }: RestAnswer): unknown {
  const names = [...headers.keys()].filter((name) => !['date', 'x-request-id'].includes(name));
  return { httpStatus, text, headers: names.map((name) => [name, headers.get(name)]) };
}

/** Everything of a buyer that another could have changed. */
const stateOf = async ({ rest, home }: RestBuyer): Promise<string> =>
  `${(await rest.ask(home)).text}${(await rest.ask(`${home}/audiences`)).text}`;

async function expectUnknown(
  routes: typeof ofAdvertiser,
  foreign: string,
  unknown: readonly string[],
  says: RegExp,
): Promise<void> {
  for (const [path, request] of routes) {
    const label = `${request.method ?? ''} ${path}`;
    const ask = async (id: string): Promise<RestAnswer> => mine.rest.ask(path.replace('{id}', id), request);
    const answer = await ask(foreign);
    assert.equal(answer.httpStatus, 404, label);
    if (request.method !== 'HEAD') {
      assert.deepEqual([answer.error?.code, answer.error?.field], ['NOT_FOUND', undefined], label);
      assert.match(answer.error?.message ?? '', says);
    }
    for (const id of unknown) assert.deepEqual(shown(await ask(id)), shown(answer), `${label} ${id}`);
  }
}

describe('ids of others', () => {
  test('a foreign, an unknown, a closed and a misspelt advertiser are the same bytes, on every route', async () => {
    const closedBuyer = await newRestBuyer(seller);
    const before = await stateOf(theirs);
    const { accountId } = theirs.buyer;
    const unknown = [
      'acct_none',
      randomUUID(),
      accountId.toUpperCase(),
      `${accountId}%20`,
      '%2F',
      "'%20OR%201=1",
    ];
    await expectUnknown(ofAdvertiser, accountId, unknown, /No such advertiser, or it is not yours/);
    assert.equal(await stateOf(theirs), before);
    await seller.admin.admin.updateAccount({
      accountId: closedBuyer.buyer.accountId,
      name: null,
      status: 'closed',
    });
    for (const [path, request] of ofAdvertiser.filter(([one]) => one.includes('/audiences'))) {
      const ask = async (id: string): Promise<unknown> =>
        shown(await closedBuyer.rest.ask(path.replace('{id}', id), request));
      assert.deepEqual(await ask(closedBuyer.buyer.accountId), await ask('acct_none'), path);
    }
  });

  test('a foreign, an unknown and a misspelt task are the same bytes', async () => {
    assert.equal((await theirs.task(theirTask)).status, 'completed', 'it is there');
    const unknown = [randomUUID(), 'x', '00000000-0000-0000-0000-000000000000', `${theirTask}%00`];
    await expectUnknown(ofTask, theirTask, unknown, /No such task, or it is not yours/);
  });

  test('bad input is told before an id is looked at, so it tells nothing of the id', async () => {
    for (const [path, request, status] of [
      ['/advertisers/{id}/audiences?take=0', {}, 400],
      ['/advertisers/{id}/audiences/sync', { body: '{' }, 400],
      ['/advertisers/{id}/audiences/sync', { body: {} }, 400],
      ['/advertisers/{id}/audiences/sync', { body: { audiences: [{ audienceId: 'a', add: [5] }] } }, 400],
      ['/advertisers/{id}', { method: 'PUT', body: { name: '' } }, 400],
      ['/advertisers/{id}', { method: 'DELETE' }, 405],
    ] as const) {
      const answers = [mine.buyer.accountId, theirs.buyer.accountId, 'acct_none'].map(async (id) =>
        mine.rest.ask(path.replace('{id}', id), request),
      );
      const [own, foreign, unknown] = (await Promise.all(answers)).map((one) => shown(one));
      assert.deepEqual([own, foreign], [unknown, unknown], path);
      assert.equal((await answers[0])?.httpStatus, status);
    }
  });

  test('an audience of the same name is another one', async () => {
    for (const buyer of [mine, theirs]) {
      const rows = await buyer.rows();
      assert.deepEqual(
        rows.map((row) => [row.audienceId, row.accountId, row.uploadedCount]),
        [['shared-name', buyer.buyer.accountId, 1]],
      );
    }
    const list = await mine.rest.read('/advertisers');
    assert.deepEqual(
      (list['items'] as readonly Fields[]).map(({ id }) => id),
      [mine.buyer.accountId],
    );
  });

  test('the key of one request is not the key of another caller’s', async () => {
    const headers = { 'idempotency-key': 'same-for-both' };
    const body = { name: 'Same', brand: 'same.example' };
    const made = await Promise.all(
      [mine, theirs].map(async ({ rest }) => rest.read('/advertisers', { body, headers })),
    );
    assert.notEqual(made[0]?.['id'], made[1]?.['id']);
  });
});

describe('an account that may not do everything', () => {
  test('suspended: it can be read, and is not changed', async () => {
    const buyer = await newRestBuyer(seller);
    await buyer.sync({ audienceId: 'a', add: [member('a')] });
    const { accountId } = buyer.buyer;
    await seller.admin.admin.updateAccount({ accountId, name: null, status: 'suspended' });
    const refused = await buyer.send({ audiences: [{ audienceId: 'a', delete: true }] });
    assert.deepEqual([refused.httpStatus, refused.error?.code], [403, 'ACCESS_DENIED']);
    assert.equal(refused.error?.details?.['fault'], 'ACCOUNT_SUSPENDED');
    assert.equal((await buyer.row('a')).uploadedCount, 1);
    await seller.admin.admin.updateAccount({ accountId, name: null, status: 'active' });
    await buyer.sync({ audienceId: 'a', delete: true });
    assert.equal((await buyer.row('a')).deleted, true);
  });

  test('waiting for approval: it says so', async () => {
    const buyer = await newRestBuyer(seller);
    const { accountId } = buyer.buyer;
    await seller.admin.admin.updateAccount({ accountId, name: null, status: 'pending_approval' });
    for (const answer of [
      await buyer.send({ audiences: [{ audienceId: 'a' }] }),
      await buyer.rest.ask(`${buyer.home}/audiences`),
    ]) {
      assert.deepEqual([answer.httpStatus, answer.error?.code], [403, 'ACCESS_DENIED']);
      assert.match(answer.error?.message ?? '', /seller’s approval/);
    }
  });
});
