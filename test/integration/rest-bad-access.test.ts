/** Addresses, parameters, headers, keys and advertisers that the REST door refuses. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { get } from 'node:http';
import { after, before, describe, test } from 'node:test';

import { assertSays, goodMember, keptAudience, refusalOf } from '../support/harmless.ts';
import { change, newHash, startRestBench, type RestBench } from '../support/rest-bench.ts';
import type { RestAnswer, RestRequest } from '../support/rest.ts';
import type { Fields } from '../support/wire.ts';

let door: RestBench;
before(async () => {
  door = await startRestBench();
});
after(() => door.bench.seller.close());
const sync: RestBench['refuseSync'] = async (...args) => door.refuseSync(...args);

describe('bad addresses, parameters and headers over REST', () => {
  test('nothing there', async () => {
    const wanted = { status: 404, code: 'NOT_FOUND', fix: /openapi.yaml/ };
    const paths = ['', '/', '/canary', '/advertisers/a/canary', '/advertisers/a/audiences/canary', '/tasks'];
    const odd = ['/advertisers/%zz', '/advertisers//audiences', '/advertisers/%', '/tasks/%C3%28'];
    for (const path of [...paths, ...odd, `/tasks/${'x'.repeat(300)}`, '/Advertisers', '/openapi.json']) {
      await door.expectRefused(path, {}, wanted);
    }
  });

  test('an address is taken as it was sent, and leads nowhere else', async () => {
    const { hostname, port } = new URL(door.bench.seller.url);
    const statusOf = async (path: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${door.bench.target.key}` };
        get({ hostname, port, path, headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).on('error', reject);
      });
    const base = '/api/v2/buyer';
    assert.equal(await statusOf(`${base}/advertisers`), 200);
    for (const path of [`${base}/../buyer/advertisers`, `${base}/./advertisers`, `${base}//advertisers`]) {
      assert.equal(await statusOf(path), 404, path);
    }
    for (const path of [
      `${base}/advertisers/..`,
      `${base}/advertisers/%2e%2e%2f`,
      `/api/v2/buyerx/advertisers`,
    ]) {
      assert.equal(await statusOf(path), 404, path);
    }
  });

  test('another method', async () => {
    const cases = [
      ['DELETE', door.home, 'GET, HEAD, PUT'],
      ['POST', door.home, 'GET, HEAD, PUT'],
      ['PATCH', '/advertisers', 'GET, HEAD, POST'],
      ['GET', `${door.home}/audiences/sync`, 'POST'],
      ['HEAD', `${door.home}/audiences/sync`, 'POST'],
      ['OPTIONS', `${door.home}/audiences`, 'GET, HEAD'],
      ['POST', '/openapi.yaml', 'GET, HEAD'],
    ] as const;
    for (const [method, path, allow] of cases) {
      const answer = await door.bench.expectHarmless(async () => door.rest.ask(path, { method }), ['canary']);
      assert.deepEqual([answer.httpStatus, answer.headers.get('allow')], [405, allow], `${method} ${path}`);
      if (method !== 'HEAD') assert.equal(answer.error?.code, 'METHOD_NOT_ALLOWED');
    }
  });

  const queries: readonly (readonly [path: string, query: string, field: string, fix: RegExp])[] = [
    ...['0', '-1', '101', '999999999999999999999', '1.5', '1e1', 'canary', '', ' 5', '5;drop'].map(
      (take) => ['/audiences', `take=${take}`, 'take', /whole number|or more|or less/] as const,
    ),
    ...['-1', 'canary', '10000001'].map(
      (skip) => ['/audiences', `skip=${skip}`, 'skip', /whole number|or more|or less/] as const,
    ),
    ['/audiences', 'take=5&take=6', 'take', /sent once/],
    ['/advertisers', 'limit=11', 'limit', /10 or less/],
    ['/advertisers', 'limit=0', 'limit', /1 or more/],
    ['/advertisers', 'offset=-1', 'offset', /0 or more/],
    ['/advertisers', 'status=active', 'status', /one of ACTIVE, ARCHIVED/],
    ['/advertisers', 'includeBrand=canary', 'includeBrand', /true or false/],
    ['/advertisers', 'includeAccounts=1', 'includeAccounts', /true or false/],
    ['/advertisers', 'name=', 'name', /at least 1 character/],
    ['/advertisers', `name=${'canary'.repeat(50)}`, 'name', /at most 255/],
  ];
  for (const [path, query, field, fix] of queries) {
    test(`?${query.slice(0, 40)}`, async () => {
      await door.expectRefused(
        `${path === '/audiences' ? door.home : ''}${path}?${query}`,
        {},
        { field, fix },
      );
    });
  }

  test('an Idempotency-Key that is none', async () => {
    for (const key of ['', 'a canary', 'canary\u00e9', 'canary-'.repeat(40)]) {
      const wanted = { field: 'Idempotency-Key', fix: /1 to 255 visible ASCII characters/ };
      await sync({ audiences: [change] }, wanted, { 'idempotency-key': key });
    }
  });

  test('an Idempotency-Key of another request', async () => {
    const headers = { 'idempotency-key': `canary-${randomUUID()}` };
    const add = [{ externalId: goodMember.external_id, hashedEmail: goodMember.hashed_email }];
    const first = { audiences: [{ audienceId: keptAudience, add }] };
    const accepted = await door.rest.ask(`${door.home}/audiences/sync`, { body: first, headers });
    assert.equal(accepted.httpStatus, 202);
    const poll = async (): Promise<unknown> =>
      (await door.rest.read(`/tasks/${String(accepted.body['taskId'])}`))['task'];
    while (((await poll()) as Fields)['retryAfterSeconds'] !== null);
    const conflict = { status: 409, code: 'CONFLICT', fix: /Send a new key with a new request/ };
    const entry = first.audiences[0]!;
    for (const other of [
      { audiences: [change] },
      { audiences: [{ ...entry, add: [...add, ...add] }] },
      { audiences: [{ audienceId: keptAudience, remove: [{ externalId: add[0]!.externalId }] }] },
      { ...first, deleteMissing: true },
    ]) {
      await sync(other, conflict, headers);
    }
    assert.equal(
      (await door.rest.ask(`${door.home}/audiences/sync`, { body: first, headers })).text,
      accepted.text,
    );
  });
});

describe('bad advertisers over REST', () => {
  const domain = `${'a'.repeat(250)}.example`;
  const link = { partnerId: 'p', accountId: 'a' };
  const fields: readonly (readonly [name: string, value: unknown, field: string, fix: RegExp])[] = [
    ['name', '', 'name', /at least 1 character/],
    ['name', 'canary'.repeat(50), 'name', /at most 255/],
    ['name', null, 'name', /must be a string/],
    ['brand', '', 'brand', /at least 1 character/],
    ['brand', 'canary domain', 'brand', /must be a domain/],
    ['brand', 'https://canary.example', 'brand', /must be a domain/],
    ['brand', domain, 'brand', /at most 253/],
    ['brand', null, 'brand', /must be a string/],
    ['description', 'x'.repeat(1_001), 'description', /at most 1000/],
    ['optimizationApplyMode', 'auto', 'optimizationApplyMode', /one of AUTO, MANUAL/],
    ['linkedAccounts', link, 'linkedAccounts', /must be an array/],
    ['linkedAccounts', [{ ...link, partnerId: '' }], 'linkedAccounts[0].partnerId', /at least 1/],
    ['linkedAccounts', [{ partnerId: 'canary' }], 'linkedAccounts[0].accountId', /is required/],
    [
      'utmConfig',
      Array.from({ length: 21 }, () => ({ paramKey: 'a', paramValue: 'b' })),
      'utmConfig',
      /at most 20/,
    ],
    ['utmConfig', [{ paramKey: 'a canary', paramValue: 'b' }], 'utmConfig[0].paramKey', /letters, digits/],
    ['utmConfig', [{ paramKey: 'a', paramValue: 'x'.repeat(201) }], 'utmConfig[0].paramValue', /at most 200/],
  ];
  for (const [name, value, field, fix] of fields) {
    test(`${name}: ${JSON.stringify(value).slice(0, 40)}`, async () => {
      const body = { name: 'New', brand: 'new.example', [name]: value };
      await door.expectRefused('/advertisers', { body }, { field, fix });
      await door.expectRefused(door.home, { method: 'PUT', body }, { field, fix });
    });
  }

  test('what creating alone asks for', async () => {
    await door.expectRefused(
      '/advertisers',
      { body: { brand: 'new.example' } },
      { field: 'name', fix: /required/ },
    );
    await door.expectRefused('/advertisers', { body: { name: 'New' } }, { field: 'brand', fix: /required/ });
    const words = { name: 'New', brand: 'new.example', sandbox: 'true' };
    await door.expectRefused('/advertisers', { body: words }, { field: 'sandbox', fix: /true or false/ });
    const denied = { status: 403, code: 'ACCESS_DENIED', field: 'brand', fix: /Leave brand out/ };
    await door.expectRefused(door.home, { method: 'PUT', body: { brand: 'new.example' } }, denied);
  });
});

describe('strangers at the REST door', () => {
  const requests: readonly (readonly [string, RestRequest])[] = [
    ['/advertisers', {}],
    ['/canary', {}],
    ['/tasks/canary', { method: 'DELETE' }],
    ['/advertisers', { body: 'not json' }],
    ['/advertisers/acct_test/audiences/sync', { body: ' '.repeat(100_000) }],
    ['/advertisers/acct_test/audiences/sync', { body: { audiences: [change] } }],
  ];
  const ask = async (path: string, request: RestRequest): Promise<RestAnswer> =>
    door.bench.expectHarmless(
      async () => door.rest.ask(path, { key: null, ...request }),
      ['canary', newHash],
    );

  test('without a key, everything is answered alike', async () => {
    const texts = new Set<string>();
    for (const [path, request] of requests) {
      const answer = await ask(path, request);
      const error = refusalOf({ ...answer, content: null });
      assert.deepEqual([answer.httpStatus, error.code, error.field], [401, 'UNAUTHORIZED', undefined]);
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="rollcall"');
      assertSays(error, /Authorization: Bearer <key>/);
      texts.add(answer.text);
    }
    assert.equal(texts.size, 1);
  });

  test('with a wrong key too', async () => {
    const keys = ['canary-key', `${door.bench.target.key}x`];
    const headers = keys.map((key) => ({ authorization: `Bearer ${key}` }));
    const texts = new Set<string>();
    for (const header of headers) {
      for (const [path, request] of requests) {
        const answer = await ask(path, { ...request, headers: header });
        assert.equal(answer.httpStatus, 401);
        texts.add(answer.text);
      }
    }
    assert.equal(texts.size, 1);
    const basic = await ask('/advertisers', { headers: { authorization: 'Basic Y2FuYXJ5OmNhbmFyeQ==' } });
    assert.equal(basic.httpStatus, 401);
    const endless = await ask('/advertisers', { headers: { authorization: `Bearer ${'k'.repeat(600)}` } });
    assert.equal(endless.httpStatus, 401);
    assert.match(basic.error?.message ?? '', /Bearer/);
    const old = await ask('/advertisers', { headers: { 'x-scope3-api-key': door.bench.target.key ?? '' } });
    assert.equal(old.httpStatus, 401, 'a header of former times opens nothing');
  });

  test('the document is everybody’s', async () => {
    const answer = await fetch(`${door.bench.seller.url}/api/v2/buyer/openapi.yaml`, { method: 'HEAD' });
    assert.deepEqual(
      [answer.status, answer.headers.get('content-type')],
      [200, 'application/yaml; charset=utf-8'],
    );
  });
});
