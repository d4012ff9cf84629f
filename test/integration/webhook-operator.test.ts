/** What the seller's people see and do of notifications, with the server running. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { createWebhookVerifier, StaticJwksResolver } from '@adcp/sdk/signing/server';

import { newBuyer } from '../support/buyer.ts';
import { runJson } from '../support/process.ts';
import { startReceiver, type Delivery, type Receiver } from '../support/receiver.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

let seller: Seller;
let receiver: Receiver;
/** What the receiver answers. */
let status = 204;
before(async () => {
  receiver = await startReceiver((_, response) => void response.writeHead(status).end());
  seller = await startSeller({ waitMs: 0 });
});
after(async () => {
  await seller.close();
  await receiver.close();
});
beforeEach(() => {
  status = 204;
});

async function notify(path: string, buyer = newBuyer(seller)): Promise<Delivery> {
  const before = receiver.at(path).length;
  await (
    await buyer
  ).send({
    audiences: [{ audience_id: 'a', add: [{ external_id: 'm', hashed_email: sha256('a@example.com') }] }],
    push_notification_config: { url: `${receiver.url}${path}?secret=canary`, operation_id: 'op-1' },
  });
  return (await receiver.waitFor(before + 1, path)).at(-1)!;
}

const command = async (...words: readonly string[]): Promise<Fields> =>
  runJson([...words, '--data', seller.dataDir]);

/** The newest delivery, once its attempt was recorded. */
async function newest(state: string): Promise<Fields> {
  const end = performance.now() + 20_000;
  for (;;) {
    const [row] = (await command('webhook', 'list'))['deliveries'] as readonly Fields[];
    if (row?.['state'] === state) return row;
    assert.ok(performance.now() < end, JSON.stringify(row));
    await sleep(20);
  }
}

async function publishedKids(): Promise<readonly string[]> {
  const answer = await fetch(`${seller.url}/.well-known/jwks.json`);
  return ((await answer.json()) as { keys: readonly { kid: string }[] }).keys.map(({ kid }) => kid);
}

const keyidOf = (delivery: Delivery): string | undefined =>
  /;keyid="([^"]+)"/.exec(String(delivery.headers['signature-input']))?.[1];

describe('deliveries', () => {
  test('are listed without what an address may hide, and sent again with the same bytes', async () => {
    const first = await notify('/again');
    const row = await newest('delivered');
    assert.deepEqual([row['url'], row['attempts'], row['last_status']], [`${receiver.url}/again?…`, 1, 204]);
    assert.doesNotMatch(JSON.stringify(await command('webhook', 'list')), /canary/);
    assert.deepEqual(await command('webhook', 'replay', String(row['delivery'])), { replayed: 1 });
    const [, second] = await receiver.waitFor(2, '/again');
    assert.deepEqual(second?.body, first.body);
    assert.notEqual(second?.headers['signature'], first.headers['signature']);
    await newest('delivered');
  });

  test('an address that is gone is called no longer, until it is enabled or registered again', async () => {
    const buyer = newBuyer(seller);
    status = 410;
    await notify('/gone', buyer);
    assert.equal((await newest('given_up'))['last_reason'], 'gone');
    const { endpoints } = await command('webhook', 'endpoints');
    const gone = (endpoints as readonly Fields[]).find(({ state }) => state === 'disabled');
    assert.ok(gone !== undefined);
    status = 204;
    await command('webhook', 'enable', String(gone['endpoint']));
    assert.deepEqual(await command('webhook', 'replay', '--endpoint', String(gone['endpoint'])), {
      replayed: 1,
    });
    await receiver.waitFor(2, '/gone');
    await newest('delivered');
    status = 410;
    await notify('/gone', buyer);
    await newest('given_up');
    status = 204;
    await notify('/gone', buyer);
    await newest('delivered');
  });

  test('a receiver that refuses the signature, or the key with this body, is not asked again', async () => {
    status = 409;
    await notify('/conflict');
    assert.equal((await newest('given_up'))['last_reason'], 'key_reused');
    assert.ok(
      seller.logLines.some((line) => line.includes('webhook_give_up') && line.includes('"level":"warn"')),
    );
    assert.doesNotMatch(seller.logLines.join(''), /canary|\/conflict/);
  });

  test('what does not exist is said so', async () => {
    await assert.rejects(command('webhook', 'replay', '999999'), /no such delivery/);
    await assert.rejects(command('webhook', 'enable', '999999'), /no such endpoint/);
    await assert.rejects(command('webhook', 'replay'), /Say what to send again/);
  });
});

describe('signing keys', () => {
  test('a new key is published before it signs, the old one after it, and every signature verifies', async () => {
    const [first = ''] = await publishedKids();
    const kept: Delivery[] = [await notify('/rotate')];
    const { signing_keys: two } = await command('signing-key', 'rotate');
    const [second = ''] = (two as readonly Fields[]).map(({ kid }) => kid as string);
    assert.deepEqual(await publishedKids(), [second, first]);
    kept.push(await notify('/rotate'));
    await command('signing-key', 'rotate', '--now');
    const [third = ''] = await publishedKids();
    assert.deepEqual(await publishedKids(), [third, second, first]);
    kept.push(await notify('/rotate'));
    assert.deepEqual(kept.map(keyidOf), [first, first, third]);
    const answer = await fetch(`${seller.url}/.well-known/jwks.json`);
    const { keys } = (await answer.json()) as { keys: never };
    const verify = createWebhookVerifier({ jwks: new StaticJwksResolver(keys) });
    for (const { path, headers, body } of kept) {
      const url = `${receiver.url}${path}`;
      const request = { method: 'POST', url, headers: headers as Record<string, string> };
      await verify({ ...request, body: body.toString('utf8') });
    }
    assert.doesNotMatch(JSON.stringify(keys), /"d":/);
  });

  test('a stolen key is gone at once', async () => {
    const before = await publishedKids();
    await command('signing-key', 'rotate', '--revoke');
    const [only, ...others] = await publishedKids();
    assert.deepEqual(others, []);
    assert.ok(only !== undefined && !before.includes(only));
    assert.equal(keyidOf(await notify('/revoked')), only);
  });

  test('the key outlives a restart', async () => {
    const before = await publishedKids();
    await seller.restart();
    assert.deepEqual(await publishedKids(), before);
    assert.equal(keyidOf(await notify('/restart')), before[0]);
  });
});
