/** Notifications under the eyes of AdCP's own verifier, with keys from where receivers look for them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import {
  BrandJsonJwksResolver,
  createWebhookVerifier,
  HttpsJwksResolver,
  StaticJwksResolver,
  WebhookSignatureError,
} from '@adcp/sdk/signing/server';

import { signedHeaders } from '../../src/webhook/sign.ts';
import { newBuyer } from '../support/buyer.ts';
import { doors } from '../support/doors.ts';
import { startReceiver, type Delivery, type Receiver } from '../support/receiver.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';

type Verify = ReturnType<typeof createWebhookVerifier>;

let seller: Seller;
let receiver: Receiver;
before(async () => {
  receiver = await startReceiver();
  seller = await startSeller({ waitMs: 0 });
});
after(async () => {
  await seller.close();
  await receiver.close();
});

const verifierFor = (jwks: Parameters<typeof createWebhookVerifier>[0]['jwks']): Verify =>
  createWebhookVerifier({ jwks });

async function verified(verify: Verify, { path, headers, body }: Delivery): Promise<string> {
  const request = {
    method: 'POST',
    url: `${receiver.url}${path}`,
    headers: headers as Record<string, string>,
    body: body.toString('utf8'),
  };
  return (await verify(request)).keyid;
}

async function codeOf(verify: Verify, delivery: Delivery): Promise<string> {
  try {
    return `accepted ${await verified(verify, delivery)}`;
  } catch (error) {
    assert.ok(error instanceof WebhookSignatureError);
    return error.code;
  }
}

async function notify(path: string, door = doors[0]!): Promise<Delivery> {
  const buyer = await newBuyer(seller, { door });
  const before = receiver.at(path).length;
  const config = { url: `${receiver.url}${path}`, ...(door.isAdcp ? { operation_id: 'op-1' } : {}) };
  await buyer.send({
    audiences: [{ audience_id: 'a', add: [{ external_id: 'm', hashed_email: sha256('a@example.com') }] }],
    push_notification_config: config,
  });
  return (await receiver.waitFor(before + 1, path)).at(-1)!;
}

describe('deliveries of a running server', () => {
  for (const door of doors) {
    test(`are accepted by a receiver of the SDK, asked for over ${door.name}`, async () => {
      const { keys } = (await (await fetch(`${seller.url}/.well-known/jwks.json`)).json()) as {
        keys: readonly { readonly kid: string }[];
      };
      const verify = verifierFor(
        new HttpsJwksResolver(`${seller.url}/.well-known/jwks.json`, { allowPrivateIp: true }),
      );
      const delivery = await notify(`/sdk-${doors.indexOf(door)}?b=2&a=%7e`, door);
      assert.equal(await verified(verify, delivery), keys[0]?.kid);
      assert.equal(await codeOf(verify, delivery), 'webhook_signature_replayed');
      const changed = { ...delivery, body: Buffer.from(delivery.body.toString('utf8').replace('a', 'b')) };
      const fresh = verifierFor(new StaticJwksResolver(keys as never));
      assert.equal(await codeOf(fresh, changed), 'webhook_signature_digest_mismatch');
    });
  }

  test('lead through brand.json to the keys', async () => {
    for (const agentId of ['mcp', 'a2a']) {
      const jwks = new BrandJsonJwksResolver(`${seller.url}/.well-known/brand.json`, {
        agentType: 'sales',
        agentId,
        allowPrivateIp: true,
      });
      const delivery = await notify(`/brand-${agentId}`);
      await verified(verifierFor(jwks), delivery);
      assert.equal(jwks.agentUrl, `${seller.url}/${agentId}`);
    }
  });

  test('never have a nonce twice, and hold for five minutes', async () => {
    const inputs = await Promise.all(
      [1, 2, 3].map(async (at) => String((await notify(`/nonce-${at}`)).headers['signature-input'])),
    );
    const nonces = inputs.map((input) => /;nonce="([\w-]{22})"/.exec(input)?.[1]);
    assert.equal(new Set(nonces).size, 3);
    for (const input of inputs) {
      const [, created, expires] = /;created=(\d+);expires=(\d+)/.exec(input) ?? [];
      assert.equal(Number(expires) - Number(created), 300);
      assert.match(
        input,
        /\("@method" "@target-uri" "@authority" "content-type" "content-digest"\).*tag="adcp\/webhook-signing\/v1"/,
      );
    }
  });

  test('are declared, with the horizon in which they come', async () => {
    const answer = await seller.call('get_adcp_capabilities', { adcp_version: '3.1' });
    assert.deepEqual(answer['webhook_signing'], {
      supported: true,
      profile: 'adcp/webhook-signing/v1',
      algorithms: ['ed25519'],
      legacy_hmac_fallback: true,
      delivery_retry_horizon_seconds: 302_400,
    });
  });
});

const vectors = join(
  dirname(createRequire(import.meta.url).resolve('@adcp/sdk/package.json')),
  'compliance/cache/3.0.6/test-vectors/webhook-signing',
);

interface VectorKey {
  readonly kid: string;
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly _private_d_for_test_only: string;
}
interface Vector {
  readonly request: {
    readonly url: string;
    readonly headers: Record<string, string>;
    readonly body: string;
  };
  readonly jwks_ref?: readonly string[];
}
const read = <T>(path: string): T => JSON.parse(readFileSync(join(vectors, path), 'utf8')) as T;

test('AdCP’s own vectors: what we would sign is what they sign, byte for byte', () => {
  const { keys } = read<{ readonly keys: readonly VectorKey[] }>('keys.json');
  const names = readdirSync(join(vectors, 'positive'));
  let compared = 0;
  for (const name of names) {
    const { request, jwks_ref: refs } = read<Vector>(`positive/${name}`);
    const input = request.headers['Signature-Input'] ?? assert.fail(name);
    const [, created] = /;created=(\d+)/.exec(input) ?? [];
    const [, nonce = ''] = /;nonce="([^"]+)"/.exec(input) ?? [];
    const key = keys.find(({ kid }) => kid === refs?.[0]) ?? assert.fail(name);
    // Signatures of the other curve are different each time, and a second label is none of ours.
    if (key.kty !== 'OKP' || /, \w+=\(/.test(input)) continue;
    const { _private_d_for_test_only: d, kid, kty, crv, x } = key;
    const headers = signedHeaders(
      request.url,
      request.body,
      null,
      {
        key: { keyid: kid, alg: 'ed25519', privateKey: { kid, kty, crv, x, d } },
        nonce: Buffer.from(nonce, 'base64url'),
      },
      Number(created),
    );
    assert.equal(headers['Signature-Input'], input, name);
    assert.equal(headers['Content-Digest'], request.headers['Content-Digest'], name);
    assert.equal(headers['Signature'], request.headers['Signature'], name);
    compared += 1;
  }
  assert.ok(compared >= 4, `${compared} of ${names.length} vectors were compared`);
});
