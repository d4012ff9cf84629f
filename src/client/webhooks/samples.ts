/** Deliveries as good and bad senders make them, for showing what a receiver says about each. */
import { createHmac } from 'node:crypto';

import type { Clock, Random } from '../../base/clock.ts';
import type { ThrowawayKey } from '../../platform/throwaway-key.ts';

export interface Sample {
  /** What it is an example of. */
  readonly name: string;
  readonly expected: { readonly code: string | null; readonly status: number };
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SampleParts {
  /** Where they are sent to. */
  readonly url: string;
  readonly key: ThrowawayKey;
  readonly keyid: string;
  readonly secret: string;
  readonly token: string;
  readonly clock: Clock;
  readonly random: Random;
}

interface Signing {
  readonly url?: string;
  readonly keyid?: string;
  readonly ageSeconds?: number;
}

type Sign = (body: string, signing?: Signing) => Sample['headers'];

/** In the order in which they have to be sent: some repeat earlier ones. */
export async function makeSamples(parts: SampleParts): Promise<readonly Sample[]> {
  const sign = await signer(parts);
  const fresh = (): string => sampleBody(parts);
  const [first, changed, stale, unknown, tunnelled] = [fresh(), fresh(), fresh(), fresh(), fresh()];
  const other = altered(first);
  const recorded = sign(first);
  const throughTunnel = sign(tunnelled, { url: parts.url.replace(/^http:/, 'https:') });
  return [
    sample('a delivery as it should be', null, 200, recorded, first),
    sample('the same event, signed anew, as a sender retries it', null, 200, sign(first), first),
    sample('the recorded first delivery', 'webhook_signature_replayed', 401, recorded, first),
    sample(
      'a body that was changed on the way',
      'webhook_signature_digest_mismatch',
      401,
      sign(changed),
      altered(changed),
    ),
    sample(
      'a signature that is too old',
      'webhook_signature_window_invalid',
      401,
      sign(stale, { ageSeconds: 700 }),
      stale,
    ),
    sample(
      'a key that nobody has published',
      'webhook_signature_key_unknown',
      401,
      sign(unknown, { keyid: 'unpublished-key' }),
      unknown,
    ),
    sample('signed for the address of a tunnel', 'webhook_signature_invalid', 401, throughTunnel, tunnelled),
    sample('the key of the first event around another body', null, 409, sign(other), other),
    ...hmacSamples(fresh(), parts.secret, parts.clock),
  ];
}

async function signer({ url, key, keyid, clock }: SampleParts): Promise<Sign> {
  const { signWebhook } = await import('@adcp/sdk/signing/client');
  return (body, signing = {}) => {
    const headers = { 'Content-Type': 'application/json' };
    const kid = signing.keyid ?? keyid;
    const by = { keyid: kid, alg: 'ed25519', privateKey: { kid, ...key.privateKey } } as const;
    const nowSeconds = Math.floor(clock.now() / 1000) - (signing.ageSeconds ?? 0);
    const request = { method: 'POST', url: signing.url ?? url, headers, body };
    return { ...headers, ...signWebhook(request, by, { now: () => nowSeconds }).headers };
  };
}

function sample(
  name: string,
  code: string | null,
  status: number,
  headers: Sample['headers'],
  body: string,
): Sample {
  return { name, expected: { code, status }, headers, body };
}

function hmacSamples(body: string, secret: string, clock: Clock): readonly Sample[] {
  const timestamp = String(Math.floor(clock.now() / 1000));
  const headers = (key: string): Sample['headers'] => ({
    'Content-Type': 'application/json',
    'X-ADCP-Timestamp': timestamp,
    'X-ADCP-Signature': `sha256=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`,
  });
  return [
    sample('the older scheme, HMAC-SHA256', null, 200, headers(secret), body),
    sample('HMAC-SHA256 under another secret', 'hmac_mismatch', 401, headers(`${secret}-other`), body),
  ];
}

const matched = 22_549;
const otherwise = 22_550;

/** One count is another. */
const altered = (body: string): string => body.replace(`:${matched}`, `:${otherwise}`);

/** A finished sync as AdCP's mcp-webhook-payload, with a key of its own. */
function sampleBody({ token, clock, random }: SampleParts): string {
  return JSON.stringify({
    idempotency_key: random.uuid(),
    operation_id: 'spring-upload-1',
    task_id: '01a218e7-22a1-760b-9ac2-e800b7573e6d',
    task_type: 'sync_audiences',
    protocol: 'media-buy',
    status: 'completed',
    timestamp: new Date(clock.now()).toISOString(),
    token,
    result: {
      audiences: [
        {
          audience_id: 'spring_customers',
          action: 'created',
          status: 'ready',
          uploaded_count: 47_992,
          total_uploaded_count: 47_992,
          matched_count: matched,
        },
      ],
    },
  });
}
