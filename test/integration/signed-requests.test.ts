/** Signed requests over every door: what must be shown, replays, revocation, and lists of keys that misbehave. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID, type JsonWebKey } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { signRequest, type SignerKey } from '@adcp/sdk/signing/client';

import type { Proof } from '../../src/service/signers/api.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';

interface Pair {
  readonly key: SignerKey;
  readonly jwk: Record<string, unknown>;
}

function newPair(kid: string): Pair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const common = { kid, alg: 'EdDSA', use: 'sig', key_ops: ['verify'], adcp_use: 'request-signing' };
  const jwk = { ...publicKey.export({ format: 'jwk' }), ...common };
  const own = { ...(privateKey.export({ format: 'jwk' }) as JsonWebKey), kid };
  return { jwk, key: { keyid: kid, alg: 'ed25519', privateKey: own as unknown as SignerKey['privateKey'] } };
}

const setOf = (...pairs: readonly Pair[]): string => JSON.stringify({ keys: pairs.map(({ jwk }) => jwk) });

let seller: Seller;
before(async () => {
  seller = await startSeller({ signedRequests: true, signedFor: ['list_accounts'] });
});
after(async () => {
  await seller.close();
});

/** A door as bare HTTP: where to send, and the body of a call that reads. */
const doors = {
  mcp: {
    path: '/mcp',
    headers: {},
    body: (args: object) => ({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'list_tasks', arguments: args },
    }),
  },
  a2a: {
    path: '/a2a',
    headers: { 'a2a-version': '1.0', 'a2a-extensions': 'https://adcontextprotocol.org/extensions/adcp/v3' },
    body: (args: object) => ({
      ...{ jsonrpc: '2.0', id: 1, method: 'SendMessage' },
      params: {
        message: {
          messageId: randomUUID(),
          role: 'ROLE_USER',
          parts: [{ data: { skill: 'list_tasks', input: args } }],
        },
      },
    }),
  },
  rest: { path: '/api/v2/buyer/advertisers', headers: {}, body: null },
} as const;
type DoorName = keyof typeof doors;

interface Shown {
  readonly key?: string;
  readonly signer?: SignerKey;
  readonly coverContentDigest?: boolean;
}

interface Prepared {
  readonly url: string;
  readonly init: RequestInit;
}

function prepare(
  name: DoorName,
  { key, signer, coverContentDigest = true }: Shown,
  args: object = {},
): Prepared {
  const door = doors[name];
  const url = seller.url + door.path;
  const body = door.body === null ? '' : JSON.stringify(door.body(args));
  const method = door.body === null ? 'GET' : 'POST';
  const plain: Record<string, string> = {
    ...door.headers,
    ...(door.body === null ? {} : { 'content-type': 'application/json' }),
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  const headers =
    signer === undefined
      ? plain
      : signRequest({ method, url, headers: plain, body }, signer, { coverContentDigest }).headers;
  return { url, init: { method, headers, ...(door.body === null ? {} : { body }) } };
}

const send = async ({ url, init }: Prepared): Promise<Response> => fetch(url, init);

/** `200`, or the status and what the challenge says. */
async function told(prepared: Prepared): Promise<string> {
  const response = await send(prepared);
  await response.text();
  const challenge = response.headers.get('www-authenticate') ?? '';
  return response.status === 200
    ? '200'
    : `${response.status} ${/error="(\w+)"/.exec(challenge)?.[1] ?? challenge}`;
}

let count = 0;

/** A caller with an API key and a signing key that must show what `proof` says. */
async function newCaller(
  proof: Proof,
): Promise<{ readonly key: string; readonly pair: Pair; readonly signerId: string }> {
  count += 1;
  const { admin } = seller.admin;
  const made = await admin.createKey({
    accountIds: [seller.accountId],
    name: `caller ${count}`,
    expiresAtMs: null,
  });
  const pair = newPair(`buyer-${count}`);
  const { signerId } = await admin.addSigner({
    ...{ name: 'buyer', keyId: made.view.keyId, accountIds: [], proof },
    ...{ jwks: setOf(pair), jwksUrl: null, replayCap: null },
  });
  return { key: made.key, pair, signerId };
}

describe('what a caller must show', () => {
  const table: Record<Proof, Record<'key' | 'signature' | 'both' | 'neither', string>> = {
    key: {
      key: '200',
      signature: '401 Bearer realm="rollcall"',
      both: '200',
      neither: '401 Bearer realm="rollcall"',
    },
    signed: {
      key: '401 request_signature_required',
      signature: '200',
      both: '200',
      neither: '401 Bearer realm="rollcall"',
    },
    both: {
      key: '401 request_signature_required',
      signature: '401 Bearer realm="rollcall"',
      both: '200',
      neither: '401 Bearer realm="rollcall"',
    },
  };
  for (const proof of ['key', 'signed', 'both'] as const) {
    test(`proof: ${proof}, over every door`, async () => {
      const { key, pair } = await newCaller(proof);
      const other = await newCaller(proof);
      for (const door of Object.keys(doors) as DoorName[]) {
        const shown = {
          key: await told(prepare(door, { key })),
          signature: await told(prepare(door, { signer: pair.key })),
          both: await told(prepare(door, { key, signer: pair.key })),
          neither: await told(prepare(door, {})),
        };
        assert.deepEqual(shown, table[proof], door);
        assert.equal(
          await told(prepare(door, { key: other.key, signer: pair.key })),
          '401 invalid_token',
          door,
        );
        assert.equal(
          await told(prepare(door, { key: 'rk_nonsense', signer: pair.key })),
          '401 invalid_token',
          door,
        );
      }
    });
  }
});

describe('signatures', () => {
  let caller: Awaited<ReturnType<typeof newCaller>>;
  before(async () => {
    caller = await newCaller('signed');
  });

  test('are good once, whoever comes first', async () => {
    for (const door of Object.keys(doors) as DoorName[]) {
      const one = prepare(door, { signer: caller.pair.key });
      const all = await Promise.all(Array.from({ length: 100 }, async () => told(one)));
      assert.equal(all.filter((outcome) => outcome === '200').length, 1, door);
      assert.equal(all.filter((outcome) => outcome === '401 request_signature_replayed').length, 99, door);
    }
  });

  test('are remembered over a restart', async () => {
    const one = prepare('mcp', { signer: caller.pair.key });
    assert.equal(await told(one), '200');
    const { port } = new URL(seller.url);
    await seller.restart();
    const again = { ...one, url: one.url.replace(port, new URL(seller.url).port) };
    // It is signed for another port now: sent with the Host that it names, it is the old one.
    const response = await fetchAs(again.url, new URL(one.url).host, one.init);
    assert.equal(response, '401 request_signature_replayed');
  });

  test('do not outlive a change of what they cover', async () => {
    const signed = prepare('mcp', { signer: caller.pair.key });
    const other = JSON.stringify(doors.mcp.body({ include_history: true }));
    assert.equal(
      await told({ ...signed, init: { ...signed.init, body: other } }),
      '401 request_signature_digest_mismatch',
    );
    assert.equal(await told({ ...signed, url: `${signed.url}?x=1` }), '401 request_signature_invalid');
    const headers = { ...(signed.init.headers as object), 'content-type': 'application/json; a=b' };
    assert.equal(
      await told({ ...signed, init: { ...signed.init, headers } }),
      '401 request_signature_invalid',
    );
    assert.equal(await told(signed), '200', 'a refusal has not used it up');
  });

  test('large bodies are read only for those whose signature is good', async () => {
    const call = (signer: SignerKey) => {
      const add = Array.from({ length: 20_000 }, (_, i) => ({
        external_id: `m${i}`,
        hashed_email: sha256(`user${i}@example.com`),
      }));
      const args = {
        ...{ adcp_version: '3.1', idempotency_key: randomUUID(), account: { account_id: seller.accountId } },
        audiences: [{ audience_id: 'large', add }],
      };
      const url = `${seller.url}/mcp`;
      const body = JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'sync_audiences', arguments: args },
      });
      const plain = { 'content-type': 'application/json' };
      const { headers } = signRequest({ method: 'POST', url, headers: plain, body }, signer, {
        coverContentDigest: true,
      });
      return { url, init: { method: 'POST', headers, body } };
    };
    assert.equal(await told(call(caller.pair.key)), '200');
    const forged = { ...newPair('forged').key, keyid: caller.pair.key.keyid };
    assert.equal(await told(call(forged)), '401 request_signature_invalid');
    assert.equal(await told(call(newPair('stranger').key)), '401 request_signature_key_unknown');
  });

  test('of a revoked key are refused within five seconds', async () => {
    const { pair } = await newCaller('signed');
    assert.equal(await told(prepare('mcp', { signer: pair.key })), '200');
    const revokedAt = performance.now();
    await seller.admin.admin.revokeSignerKey({ keyid: pair.key.keyid });
    while ((await told(prepare('mcp', { signer: pair.key }))) === '200') {
      assert.ok(performance.now() - revokedAt < 5_000, 'still good after five seconds');
      await sleep(50);
    }
    assert.equal(await told(prepare('mcp', { signer: pair.key })), '401 request_signature_key_revoked');
  });

  test('are asked for where an operation needs one, and where a secret is registered', async () => {
    const url = `${seller.url}/mcp`;
    const call = (name: string, args: object, key?: string): Prepared => {
      const body = JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: args },
      });
      const headers = {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      };
      return { url, init: { method: 'POST', headers, body } };
    };
    assert.equal(await told(call('list_accounts', {})), '401 request_signature_required');
    assert.equal(await told(call('list_accounts', {}, seller.key)), '200', 'a good key passes');
    assert.equal(await told(call('list_accounts', {}, 'rk_nonsense')), '401 invalid_token');
    const push_notification_config = {
      ...{ url: 'https://buyer.example/', operation_id: 'op-1' },
      authentication: { schemes: ['Bearer'], credentials: 'x'.repeat(32) },
    };
    for (const key of [seller.key, 'rk_nonsense', undefined]) {
      assert.equal(
        await told(call('sync_audiences', { push_notification_config }, key)),
        '401 request_signature_required',
      );
    }
  });
});

/** With a Host header of our own, which fetch would not send. */
async function fetchAs(url: string, host: string, init: RequestInit): Promise<string> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const headers = { ...(init.headers as Record<string, string>), host };
    const sent = request(url, { method: init.method ?? 'GET', headers }, (response) => {
      const challenge = response.headers['www-authenticate'] ?? '';
      response.resume();
      response.on('end', () =>
        resolve(`${response.statusCode} ${/error="(\w+)"/.exec(challenge)?.[1] ?? ''}`),
      );
    });
    sent.on('error', reject);
    sent.end(init.body);
  });
}

describe('keys that a buyer publishes', () => {
  let publisher: Server;
  let answer: (response: ServerResponse) => void = (response) => void response.end(setOf());
  let reads = 0;
  const open = new Set<ServerResponse>();
  before(async () => {
    publisher = createServer((_, response) => {
      reads += 1;
      open.add(response);
      answer(response);
    });
    await new Promise<void>((resolve) => publisher.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    for (const response of open) response.destroy();
    publisher.closeAllConnections();
    publisher.close();
  });
  const publish = async (): Promise<string> => {
    const url = `http://127.0.0.1:${(publisher.address() as AddressInfo).port}/${randomUUID()}`;
    const { signerId } = await seller.admin.admin.addSigner({
      ...{ name: 'publisher', keyId: null, accountIds: [seller.accountId], proof: 'signed' },
      ...{ jwks: null, jwksUrl: url, replayCap: null },
    });
    return signerId;
  };

  test('are read when they are needed, and once for many', async () => {
    const pair = newPair('published-1');
    answer = (response) => void response.end(setOf(pair));
    const signerId = await publish();
    reads = 0;
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async () => told(prepare('mcp', { signer: pair.key }))),
    );
    assert.deepEqual(new Set(outcomes), new Set(['200']));
    assert.equal(reads, 1);
    // A key that nobody has does not make us ask again at once.
    assert.equal(
      await told(prepare('mcp', { signer: newPair('nobody').key })),
      '401 request_signature_key_unknown',
    );
    assert.equal(reads, 1);
    await seller.admin.admin.removeSigner({ signerId });
    assert.equal(await told(prepare('mcp', { signer: pair.key })), '401 request_signature_key_unknown');
  });

  const bad: Readonly<Record<string, (response: ServerResponse) => void>> = {
    'a redirect': (response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    'no JSON': (response) => void response.end('<html>'),
    'too much': (response) => void response.end('x'.repeat(1_000_000)),
    'an error': (response) => void response.writeHead(500).end(),
    'a private key': (response) =>
      void response.end(JSON.stringify({ keys: [{ ...newPair('p').jwk, d: 'AA' }] })),
  };
  for (const [name, badly] of Object.entries(bad)) {
    test(`${name} is no list`, async () => {
      answer = badly;
      const signerId = await publish();
      assert.equal(
        await told(prepare('mcp', { signer: newPair('missing').key })),
        '401 request_signature_jwks_unavailable',
      );
      await seller.admin.admin.removeSigner({ signerId });
    });
  }

  test('an address inside is refused when it is registered', async () => {
    const signer = { name: 'inside', keyId: null, accountIds: [seller.accountId], proof: 'signed' as const };
    for (const jwksUrl of [
      'http://169.254.169.254/keys',
      'https://10.0.0.1/',
      'http://93.184.216.34/',
      'file:///etc/passwd',
    ]) {
      await assert.rejects(
        seller.admin.admin.addSigner({ ...signer, jwks: null, jwksUrl, replayCap: null }),
        /jwks-url/,
      );
    }
    const twice = newPair('twice');
    await seller.admin.admin.addSigner({ ...signer, jwks: setOf(twice), jwksUrl: null, replayCap: null });
    await assert.rejects(
      seller.admin.admin.addSigner({ ...signer, jwks: setOf(twice), jwksUrl: null, replayCap: null }),
      /registered already/,
    );
  });
});
