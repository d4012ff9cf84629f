/** Ways around the limits that were open once, and keys that are bound to networks, over a running server. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';

import { restBase } from '../../src/protocol/rest/routes.ts';
import { doors } from '../support/doors.ts';
import { runJson } from '../support/process.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import { callRaw, type Fields, type WireAnswer } from '../support/wire.ts';

const member = { external_id: 'm', hashed_email: sha256('a@example.com') };
const audiences = [{ audience_id: 'a', add: [member] }];
const fresh = (fields: Fields): Fields => ({
  adcp_version: '3.1',
  idempotency_key: `key-${randomUUID()}`,
  ...fields,
});

/** Sends many requests in one write, and gives the status of each answer. */
async function pipelined(url: string, heads: readonly string[]): Promise<readonly string[]> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(heads.join('')));
    socket.on('error', reject);
    socket.on('close', () => resolve([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status!)));
    socket.setEncoding('latin1').on('data', (part: string) => (text += part));
  });
}

const count = (all: readonly unknown[], word: unknown): number => all.filter((one) => one === word).length;
const codeOf = ({ error }: WireAnswer): string => error?.code ?? 'done';

test('guesses that travel in one packet are counted one by one, and a good key beside them works', async () => {
  const seller = await startSeller({ failureRate: 10 });
  const { key } = seller;
  const head = (shown: string, last = false): string =>
    `GET ${restBase}/advertisers HTTP/1.1\r\nhost: 127.0.0.1\r\n${last ? 'connection: close\r\n' : ''}authorization: Bearer ${shown}\r\n\r\n`;
  assert.deepEqual(await pipelined(seller.url, [head(key, true)]), ['200']);
  const guesses = Array.from({ length: 200 }, (_, n) =>
    head(`rk_${String(n).padStart(12, '0')}_${'x'.repeat(49)}`),
  );
  const statuses = await pipelined(seller.url, [...guesses, head(key, true)]);
  assert.equal(statuses.length, 201);
  assert.equal(statuses.at(-1), '200');
  const looked = count(statuses, '401');
  assert.ok(looked >= 10 && looked <= 15, `ten, and what came back meanwhile: ${looked}`);
  assert.equal(count(statuses, '429'), 200 - looked);
  await seller.close();
});

test('a server that is behind puts callers off at every door, in its words, and takes them again', async () => {
  const seller = await startSeller({}, { shedsLoad: true });
  const block = new Int32Array(new SharedArrayBuffer(4));
  const ask = async (path: string): Promise<Response> =>
    fetch(seller.url + path, { headers: { authorization: `Bearer ${seller.key}` } });
  try {
    for (const path of ['/mcp', '/a2a', `${restBase}/advertisers`]) {
      const calm = (await ask(path)).status;
      assert.notEqual(calm, 503);
      let response = await ask(path);
      const end = performance.now() + 20_000;
      while (response.status !== 503) {
        assert.ok(performance.now() < end, `${path} was never put off`);
        // The test works in the server's thread: while it waits, so do all.
        Atomics.wait(block, 0, 0, 700);
        response = await ask(path);
      }
      assert.equal(response.headers.get('retry-after'), '1');
      assert.match(await response.text(), /SERVICE_UNAVAILABLE/);
      assert.equal((await ask('/livez')).status, 200);
      while ((await ask(path)).status !== calm) assert.ok(performance.now() < end, `${path} never came back`);
    }
  } finally {
    await seller.close();
  }
});

describe('limits', () => {
  let seller: Seller;
  before(async () => {
    seller = await startSeller({ waitMs: 0, writeRate: 1, readRate: 2 });
  });
  after(async () => {
    await seller.close();
  });
  const newTarget = async () => {
    const input = { accountIds: [seller.accountId], name: 'k', expiresAtMs: null };
    return { url: seller.url, key: (await seller.admin.admin.createKey(input)).key };
  };
  /** The same call many times, and what came of each. */
  const repeat = async (times: number, call: () => Promise<WireAnswer>): Promise<readonly string[]> => {
    const codes: string[] = [];
    for (let n = 0; n < times; n++) codes.push(codeOf(await call()));
    return codes;
  };

  test('answers that are given again are counted as reads', async () => {
    const target = await newTarget();
    const call = fresh({ account: { account_id: seller.accountId }, audiences });
    const codes = await repeat(40, () => callRaw(target, 'sync_audiences', call));
    assert.ok(count(codes, 'done') >= 11, 'the change, and ten reads at once');
    assert.ok(count(codes, 'RATE_LIMITED') > 0, 'but not without end');
    const accounts = fresh({
      accounts: [{ brand: { domain: 'r.example' }, operator: 'o.example', billing: 'operator' }],
    });
    const again = await newTarget();
    const synced = await repeat(40, () => callRaw(again, 'sync_accounts', accounts));
    assert.ok(count(synced, 'done') >= 11);
    assert.ok(count(synced, 'RATE_LIMITED') > 0);
  });

  test('a new account for every change is no way to change more', async () => {
    const target = await newTarget();
    let number = 0;
    const codes = await repeat(30, () => {
      const brand = { domain: `b${number++}.example` };
      const account = { brand, operator: 'op.example', sandbox: true };
      return callRaw(target, 'sync_audiences', fresh({ account, audiences }));
    });
    assert.ok(count(codes, 'done') >= 5 && count(codes, 'RATE_LIMITED') > 0, codes.join(' '));
    assert.equal(count(codes, 'done') + count(codes, 'RATE_LIMITED'), 30);
  });

  test('looking for accounts that are not there is limited too', async () => {
    const target = await newTarget();
    const codes = await repeat(40, () =>
      callRaw(target, 'sync_audiences', fresh({ account: { account_id: `acc_${randomUUID()}` } })),
    );
    assert.ok(count(codes, 'ACCOUNT_NOT_FOUND') >= 10 && count(codes, 'RATE_LIMITED') > 0, codes.join(' '));
  });
});

describe('keys that are bound to networks', () => {
  let seller: Seller;
  before(async () => {
    seller = await startSeller({ trustProxy: ['127.0.0.1'] });
  });
  after(async () => {
    await seller.close();
  });
  const create = (...networks: readonly string[]): Promise<Fields> =>
    runJson([
      ...['key', 'create', '--account', seller.accountId, '--data', seller.dataDir],
      ...networks.flatMap((network) => ['--allow-from', network]),
    ]);

  test('elsewhere they look like no key at all, at every door, and so does the key that follows', async () => {
    const bound = await create('203.0.113.0/24', '2001:db8::/48');
    assert.deepEqual(bound['allow_from'], ['203.0.113.0/24', '2001:db8::/48']);
    const next = await runJson(['key', 'rotate', String(bound['key_id']), '--data', seller.dataDir]);
    assert.deepEqual(next['allow_from'], bound['allow_from']);
    const ask = async (path: string, key: unknown, from: string): Promise<readonly [number, string]> => {
      const isRest = path.startsWith(restBase);
      const response = await fetch(seller.url + path, {
        method: isRest ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${String(key)}`,
          'x-forwarded-for': from,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        ...(isRest ? {} : { body: path === '/mcp' ? mcpCall : a2aCall }),
      });
      return [response.status, (await response.text()).replaceAll(/\b[0-9a-f-]{36}\b/g, '')];
    };
    const nobody = `rk_${'0'.repeat(12)}_${'x'.repeat(49)}`;
    for (const path of ['/mcp', '/a2a', `${restBase}/advertisers`]) {
      for (const key of [bound['key'], next['key']]) {
        for (const from of ['203.0.113.7', '2001:db8:0:1::1', '8.8.8.8, 203.0.113.7'])
          assert.equal((await ask(path, key, from))[0], 200, `${path} ${from}`);
        // What a caller writes before the word of the proxy counts for nothing.
        for (const from of ['203.0.114.7', '203.0.113.7, 8.8.8.8', '2001:db8:1::1', ''])
          assert.deepEqual(await ask(path, key, from), await ask(path, nobody, from), `${path} ${from}`);
      }
    }
    const { keys } = (await runJson(['key', 'list', '--data', seller.dataDir])) as {
      keys: readonly Fields[];
    };
    const shown = keys.find(({ key_id }) => key_id === bound['key_id']);
    assert.deepEqual(shown?.['allow_from'], bound['allow_from']);
  });

  test('a key without networks works from everywhere, and what is no network is refused', async () => {
    for (const door of doors.filter(({ isAdcp }) => isAdcp)) {
      const answer = await door.call({ url: seller.url, key: seller.key }, 'list_accounts', {});
      assert.equal(answer.error, null, door.name);
    }
    for (const wrong of ['10.0.0.0/33', '10.1', 'example.com', '10.0.0.0/8;::1'])
      await assert.rejects(create(wrong), /allow-from takes an address or a network/, wrong);
    await assert.rejects(
      create(...Array.from({ length: 33 }, (_, n) => `10.0.0.${n}`)),
      /at most 32 networks/,
    );
  });
});

const mcpCall =
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_accounts","arguments":{}}}';
const a2aCall =
  '{"jsonrpc":"2.0","id":1,"method":"message/send","params":{"message":{"kind":"message","messageId":"1","role":"user","parts":[{"kind":"data","data":{"skill":"list_accounts","input":{}}}]}}}';
