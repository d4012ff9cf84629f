/** Keys, scopes, throttles and limits, over every door of a running server. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { operationNames, type OperationName } from '../../src/protocol/adcp/operation-names.ts';
import { restBase, routes } from '../../src/protocol/rest/routes.ts';
import { scopes, type Scope } from '../../src/service/scopes.ts';
import { doors } from '../support/doors.ts';
import { runJson } from '../support/process.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import { callRaw, type Fields } from '../support/wire.ts';

let seller: Seller;
before(async () => {
  seller = await startSeller({ waitMs: 0 });
});
after(async () => {
  await seller.close();
});

const member = { external_id: 'm', hashed_email: sha256('a@example.com') };
const sync = (more: Fields = {}): Fields => ({
  adcp_version: '3.1',
  idempotency_key: `key-${randomUUID()}`,
  account: { account_id: seller.accountId },
  ...more,
});

async function newKey(options: { readonly scopes?: readonly Scope[]; readonly expiresAtMs?: number } = {}) {
  const { admin } = seller.admin;
  const { key, view } = await admin.createKey({
    ...{ accountIds: [seller.accountId], name: 'k', expiresAtMs: options.expiresAtMs ?? null },
    ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
  });
  return { key, keyId: view.keyId };
}

/** Milliseconds until a key that was good is refused. */
async function msUntilRefused(key: string): Promise<number> {
  const start = performance.now();
  for (;;) {
    const { httpStatus } = await callRaw({ url: seller.url, key }, 'list_accounts', {});
    if (httpStatus === 401) return performance.now() - start;
    assert.equal(httpStatus, 200);
    assert.ok(performance.now() - start < 10_000, 'it is still good after ten seconds');
    await sleep(100);
  }
}

describe('keys', () => {
  test('a revoked key, an expired one and one that was rotated away are refused within five seconds', async () => {
    const [revoked, rotated] = [await newKey(), await newKey()];
    const expires = await newKey({ expiresAtMs: Date.now() + 1_500 });
    for (const { key } of [revoked, rotated, expires]) {
      assert.equal((await callRaw({ url: seller.url, key }, 'list_accounts', {})).httpStatus, 200);
    }
    await seller.admin.admin.revokeKey({ keyId: revoked.keyId });
    await seller.admin.admin.rotateKey({ keyId: rotated.keyId, overlapMs: 0 });
    const waits = await Promise.all([revoked, rotated, expires].map(async ({ key }) => msUntilRefused(key)));
    assert.ok(Math.max(...waits) < 6_500, waits.join(' '));
  });

  test('after a rotation both keys are one caller: tasks, answers and accounts are reached by either', async () => {
    const old = await newKey();
    const call = sync({ audiences: [{ audience_id: 'rotated', add: [member] }] });
    const first = await callRaw({ url: seller.url, key: old.key }, 'sync_audiences', call);
    const listed = await callRaw({ url: seller.url, key: old.key }, 'list_tasks', {});
    const [task] = listed.content?.['tasks'] as readonly Fields[];
    const { key, view } = await seller.admin.admin.rotateKey({ keyId: old.keyId, overlapMs: 3_600_000 });
    assert.notEqual(key, old.key);
    for (const door of doors.filter(({ isAdcp }) => isAdcp)) {
      for (const one of [old.key, key]) {
        const target = { url: seller.url, key: one };
        const polled = await door.call(target, 'get_task_status', { task_id: task?.['task_id'] });
        assert.equal(polled.content?.['task_id'], task?.['task_id'], polled.text);
      }
    }
    const again = await callRaw({ url: seller.url, key }, 'sync_audiences', call);
    assert.deepEqual(
      [again.content?.['replayed'], again.content?.['audiences']],
      [true, first.content?.['audiences']],
    );
    const rest = await fetch(`${seller.url}${restBase}/tasks/${String(task?.['task_id'])}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    assert.equal(rest.status, 200);
    await assert.rejects(
      seller.admin.admin.rotateKey({ keyId: view.keyId, overlapMs: 0 }),
      /two live keys/,
      'two at once are enough',
    );
    const { keys } = (await runJson(['key', 'list', '--data', seller.dataDir])) as {
      keys: readonly Fields[];
    };
    const shown = keys.find(({ key_id }) => key_id === old.keyId);
    assert.ok(shown?.['expires_at'] !== null && shown?.['last_used_at'] !== null);
  });

  test('from the command line a key ends after ninety days unless said, and says what it may do', async () => {
    const made = await runJson([
      'key',
      'create',
      '--account',
      seller.accountId,
      '--scope',
      'audiences:read',
      '--data',
      seller.dataDir,
    ]);
    const days = (Date.parse(made['expires_at'] as string) - Date.now()) / 86_400_000;
    assert.ok(days > 89.9 && days <= 90);
    assert.deepEqual(made['scopes'], ['audiences:read']);
    const rotated = await runJson([
      'key',
      'rotate',
      String(made['key_id']),
      '--overlap',
      '1',
      '--data',
      seller.dataDir,
    ]);
    assert.deepEqual(rotated['scopes'], ['audiences:read']);
    await assert.rejects(
      runJson(['key', 'create', '--account', seller.accountId, '--scope', 'all', '--data', seller.dataDir]),
      /scope takes one of/,
    );
  });
});

/** What each operation asks of a key. A new operation has no row, and the table below fails. */
const needs: Record<OperationName, Scope | null> = {
  get_adcp_capabilities: null,
  list_accounts: 'audiences:read',
  sync_accounts: 'audiences:write',
  sync_audiences: 'audiences:write',
  get_task_status: 'audiences:read',
  list_tasks: 'audiences:read',
  get_products: 'audiences:read',
  list_creative_formats: 'audiences:read',
  create_media_buy: 'audiences:write',
  update_media_buy: 'audiences:write',
  get_media_buys: 'audiences:read',
  get_media_buy_delivery: 'audiences:read',
};

describe('scopes', () => {
  const isRefused = (text: string): boolean =>
    /SCOPE_INSUFFICIENT|PERMISSION_DENIED|ACCESS_DENIED/.test(text);

  test('every operation asks for its own, over MCP and A2A', async () => {
    assert.deepEqual(Object.keys(needs).sort(), [...operationNames].sort());
    for (const scope of scopes) {
      const { key } = await newKey({ scopes: [scope] });
      for (const door of doors.filter(({ isAdcp }) => isAdcp)) {
        for (const operation of operationNames) {
          const args = operation === 'sync_audiences' ? sync({ audiences: [] }) : {};
          const answer = await door.call({ url: seller.url, key }, operation, args);
          const needed = needs[operation];
          assert.equal(
            isRefused(answer.text),
            needed !== null && needed !== scope,
            `${door.name} ${operation} ${scope}`,
          );
        }
      }
    }
  });

  test('every route of REST asks for its own', async () => {
    assert.ok(routes.length >= 10);
    for (const scope of scopes) {
      const { key } = await newKey({ scopes: [scope] });
      for (const { method, path } of routes) {
        const url = seller.url + restBase + path.replaceAll(/\{\w+\}/g, 'x');
        const init = {
          method,
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        };
        const response = await fetch(
          url,
          method === 'GET' || method === 'DELETE' ? init : { ...init, body: '{}' },
        );
        const text = await response.text();
        const needed: Scope = method === 'GET' ? 'audiences:read' : 'audiences:write';
        // Told before the body is looked at, and so before what is wrong with it.
        const isMissing = response.status === 403 && text.includes('This key may not');
        assert.equal(isMissing, needed !== scope, `${method} ${path} ${scope} ${text}`);
      }
    }
  });

  test('a list of what is there reads, and a webhook needs a scope of its own', async () => {
    const reader = await newKey({ scopes: ['audiences:read'] });
    const writer = await newKey({ scopes: ['audiences:read', 'audiences:write'] });
    const discovery = await callRaw({ url: seller.url, key: reader.key }, 'sync_audiences', sync());
    assert.equal(discovery.content?.['status'], 'completed', discovery.text);
    const push_notification_config = { url: 'https://buyer.example/', operation_id: 'op-1' };
    const call = sync({ audiences: [{ audience_id: 'a', add: [member] }], push_notification_config });
    const refused = await callRaw({ url: seller.url, key: writer.key }, 'sync_audiences', call);
    assert.equal(refused.error?.code, 'SCOPE_INSUFFICIENT');
    assert.deepEqual(refused.error.details?.['required_scope'], 'webhooks');
  });
});

describe('limits', () => {
  let limited: Seller;
  before(async () => {
    limited = await startSeller({ writeRate: 1, readRate: 2, failureRate: 10 });
  });
  after(async () => {
    await limited.close();
  });

  test('too many changes are refused with the time to wait, others are not touched, and the key can be used then', async () => {
    const target = { url: limited.url, key: limited.key };
    const other = await limited.admin.admin.createKey({
      accountIds: [limited.accountId],
      name: 'o',
      expiresAtMs: null,
    });
    const call = (n: number): Fields =>
      sync({
        account: { account_id: limited.accountId },
        audiences: [{ audience_id: `a${n}`, add: [member] }],
      });
    const calls = Array.from({ length: 12 }, (_, n) => call(n));
    const answers = [];
    for (const one of calls) answers.push(await callRaw(target, 'sync_audiences', one));
    const at = answers.findIndex(({ error }) => error !== null);
    assert.ok(at >= 5 && at <= 7, `five at once, and what came back meanwhile: ${at}`);
    const refusal = answers[at]?.error;
    assert.deepEqual([refusal?.code, refusal?.recovery], ['RATE_LIMITED', 'transient']);
    assert.deepEqual(refusal?.details, { limit: 1, remaining: 0, window_seconds: 1, scope: 'account' });
    const replay = await callRaw(target, 'sync_audiences', calls[0]!);
    assert.ok(replay.content?.['replayed'] === true || replay.error?.code === 'RATE_LIMITED', replay.text);
    const free = await callRaw({ url: limited.url, key: other.key }, 'sync_audiences', call(99));
    assert.equal(free.error, null, 'another caller has limits of its own');
    await sleep(Number((refusal as unknown as Fields | undefined)?.['retry_after'] ?? 1) * 1_000 + 50);
    const later = await callRaw(target, 'sync_audiences', calls[at]!);
    assert.equal(later.error, null, later.text);
    assert.equal(later.content?.['replayed'], undefined, 'the refusal was not kept');
  });

  test('polling is limited too, in the words of every door', async () => {
    for (const door of doors.filter(({ isAdcp }) => isAdcp)) {
      const { key } = await limited.admin.admin.createKey({
        accountIds: [limited.accountId],
        name: 'p',
        expiresAtMs: null,
      });
      const answers = [];
      for (let i = 0; i < 15; i++) answers.push(await door.call({ url: limited.url, key }, 'list_tasks', {}));
      assert.ok(
        answers.some(({ error }) => error?.code === 'RATE_LIMITED'),
        door.name,
      );
      assert.equal(answers[0]?.error, null);
    }
    const { key } = await limited.admin.admin.createKey({
      accountIds: [limited.accountId],
      name: 'r',
      expiresAtMs: null,
    });
    const statuses = [];
    for (let i = 0; i < 15; i++) {
      const response = await fetch(`${limited.url}${restBase}/advertisers`, {
        headers: { authorization: `Bearer ${key}` },
      });
      await response.text();
      statuses.push(response.status);
      if (response.status === 429) assert.match(response.headers.get('retry-after') ?? '', /^\d+$/);
    }
    assert.deepEqual([statuses[0], statuses.includes(429)], [200, true]);
  });

  test('whoever guesses is slowed down, and whoever has a good key goes on', async () => {
    const guess = (n: number) => ({
      url: limited.url,
      key: `rk_${String(n).padStart(12, '0')}_${'x'.repeat(49)}`,
    });
    const { key } = await limited.admin.admin.createKey({
      accountIds: [limited.accountId],
      name: 'g',
      expiresAtMs: null,
    });
    assert.equal((await callRaw({ url: limited.url, key }, 'list_accounts', {})).httpStatus, 200);
    const statuses = [];
    for (let n = 0; n < 14; n++) statuses.push((await callRaw(guess(n), 'list_accounts', {})).httpStatus);
    assert.deepEqual(
      statuses.slice(0, 10),
      Array.from({ length: 10 }, () => 401),
    );
    assert.equal(statuses.at(-1), 429);
    assert.equal((await callRaw({ url: limited.url, key }, 'list_accounts', {})).httpStatus, 200);
  });
});

describe('the edge', () => {
  test('a key in an address is refused and written nowhere', async () => {
    for (const path of ['/mcp?api_key=', `${restBase}/advertisers?x=`, '/docs?']) {
      const response = await fetch(`${seller.url}${path}${seller.key}`, { method: 'GET' });
      assert.equal(response.status, 400, path);
      assert.match(await response.text(), /Authorization/);
    }
    assert.ok(seller.logLines.length > 0);
    assert.ok(!seller.logLines.some((line) => line.includes(seller.key)));
  });

  test('every 401 says how to come in', async () => {
    for (const path of ['/mcp', '/a2a', `${restBase}/advertisers`]) {
      for (const authorization of [undefined, 'Bearer rk_nonsense', 'Basic eDp5', 'Bearer']) {
        const response = await fetch(seller.url + path, {
          method: path.startsWith(restBase) ? 'GET' : 'POST',
          headers: {
            'content-type': 'application/json',
            ...(path === '/a2a'
              ? { 'a2a-version': '1.0', 'a2a-extensions': 'https://adcontextprotocol.org/extensions/adcp/v3' }
              : {}),
            ...(authorization === undefined ? {} : { authorization }),
          },
          ...(path.startsWith(restBase)
            ? {}
            : {
                body:
                  path === '/mcp'
                    ? '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_tasks","arguments":{}}}'
                    : '{"jsonrpc":"2.0","id":1,"method":"SendMessage","params":{"message":{"messageId":"1","role":"ROLE_USER","parts":[{"data":{"skill":"list_tasks","input":{}}}]}}}',
              }),
        });
        assert.equal(response.status, 401, `${path} ${authorization}`);
        const challenge = response.headers.get('www-authenticate') ?? '';
        assert.match(challenge, authorization === undefined ? /^Bearer / : /^Bearer .*error="invalid_token"/);
        await response.text();
      }
    }
  });

  test('behind a proxy that is trusted, callers are told apart by what the proxy says of them', async () => {
    const proxied = await startSeller({ failureRate: 3, trustProxy: ['127.0.0.1'] });
    const ask = async (forwarded: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = { authorization: 'Bearer rk_nonsense', 'x-forwarded-for': forwarded };
        const sent = httpRequest(`${proxied.url}${restBase}/advertisers`, { headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        sent.on('error', reject);
        sent.end();
      });
    for (let i = 0; i < 3; i++) assert.equal(await ask(`8.8.8.${i}, 9.9.9.9`), 401);
    assert.equal(
      await ask('1.2.3.4, 9.9.9.9'),
      429,
      'what a caller writes before the proxy’s word counts for nothing',
    );
    assert.equal(await ask('9.9.9.9, 7.7.7.7'), 401);
    await proxied.close();
  });

  test('https callers are told to stay with it', async () => {
    const secure = await startSeller({ publicUrl: 'https://seller.example', allowHost: ['127.0.0.1'] });
    const response = await fetch(`${secure.url}/livez`);
    assert.match(response.headers.get('strict-transport-security') ?? '', /max-age/);
    await secure.close();
  });

  test('a head that never ends is cut off, and the server goes on', async () => {
    const { hostname, port } = new URL(seller.url);
    const socket = connect(Number(port), hostname);
    socket.write('POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\n');
    const timer = setInterval(() => socket.write('x-a: b\r\n'), 500);
    const start = performance.now();
    await new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
      socket.on('error', () => undefined);
      socket.resume();
    });
    clearInterval(timer);
    assert.ok(performance.now() - start < 20_000);
    assert.equal((await fetch(`${seller.url}/livez`)).status, 200);
  });
});
