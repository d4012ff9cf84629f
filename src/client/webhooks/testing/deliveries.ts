/** Deliveries that tests make: real signatures under keys of their own. */
import { request } from 'node:http';

import { signWebhook, type SignWebhookOptions } from '@adcp/sdk/signing/client';

import type { Clock } from '../../../base/clock.ts';
import { throwawayKey, type ThrowawayKey } from '../../../platform/throwaway-key.ts';
import type { Delivery } from '../delivery.ts';
import { createKeySource, type KeySource } from '../key-source.ts';
import type { PublicKey } from '../read-keys.ts';

export const nowMs = Date.parse('2026-11-26T20:00:00Z');

/** A clock that stands still. */
export const clockAt = (ms: number): Clock => ({ now: () => ms, monotonic: () => ms });

export const testUrl = 'http://127.0.0.1:4747/webhooks';

export const testBody = JSON.stringify({
  idempotency_key: '0f0c7d9e-4a52-4a7e-9a43-4a3b1c2d3e4f',
  operation_id: 'op-1',
  task_id: 'task-1',
  task_type: 'sync_audiences',
  status: 'completed',
  timestamp: '2026-11-26T20:00:00.000Z',
  token: 'a-token-that-comes-back-to-you',
  result: {
    audiences: [{ audience_id: 'spring', status: 'ready', total_uploaded_count: 4, matched_count: 3 }],
  },
});

export interface TestKey {
  readonly kid: string;
  readonly pair: ThrowawayKey;
  readonly published: PublicKey;
}

export function testKey(kid: string, changes: Readonly<Record<string, unknown>> = {}): TestKey {
  const pair = throwawayKey();
  const published = {
    ...{ kid, alg: 'EdDSA', use: 'sig', key_ops: ['verify'], adcp_use: 'webhook-signing' },
    ...pair.publicKey,
    ...changes,
  };
  return { kid, pair, published };
}

export function fixedKeys(...keys: readonly PublicKey[]): KeySource {
  return createKeySource('the test', async () => Promise.resolve({ keys, from: 'the test' }), clockAt(nowMs));
}

export function delivery(changes: Partial<Delivery> & { readonly text?: string } = {}): Delivery {
  const { text = testBody, ...rest } = changes;
  const headers = rest.headers ?? { 'content-type': 'application/json' };
  return {
    method: 'POST',
    url: testUrl,
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(text),
    receivedAtMs: nowMs,
    ...rest,
    headers,
  };
}

export interface SignedAs extends SignWebhookOptions {
  /** What is signed; what is sent is `delivery()`'s. */
  readonly url?: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly keyid?: string;
}

/** The headers of a signature, with names in lower case. */
export function signedBy(key: TestKey, as: SignedAs = {}): Readonly<Record<string, string>> {
  const headers = { 'content-type': as.contentType ?? 'application/json' };
  const by = {
    keyid: as.keyid ?? key.kid,
    alg: 'ed25519',
    privateKey: { kid: key.kid, ...key.pair.privateKey },
  } as const;
  const { headers: signed } = signWebhook(
    { method: 'POST', url: as.url ?? testUrl, headers, body: as.body ?? testBody },
    by,
    { now: () => nowMs / 1000, ...as },
  );
  const lower = Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]);
  return { ...headers, ...(Object.fromEntries(lower) as Record<string, string>) };
}

export interface SentAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** Sends a request with exactly this path and these headers, which `fetch` would rewrite. */
export async function post(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
): Promise<SentAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent: false });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.end(body);
  });
}
