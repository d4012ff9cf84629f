/** How a notification shows where it comes from: one way of three, chosen by whoever registered for it. */
import { createHmac } from 'node:crypto';

import { signWebhook, type SignerKey } from '@adcp/sdk/signing/client';

/** The older ways. Source: AdCP webhooks, legacy schemes. */
export interface Authentication {
  readonly scheme: 'Bearer' | 'HMAC-SHA256';
  readonly credentials: string;
}

export interface Signing {
  readonly key: SignerKey;
  /** Sixteen fresh random bytes: no two attempts are signed alike. */
  readonly nonce: Uint8Array;
}

/** AdCP: a signature holds for at most this long. */
const windowSeconds = 300;

/**
 * The headers of one attempt. The signed bytes are the sent ones. Never two schemes at once: a receiver that checks one would
 * take the other for decoration. Sources: RFC 9421; AdCP webhook signing profile.
 */
export function signedHeaders(
  url: string,
  body: string,
  authentication: Authentication | null,
  signing: Signing,
  nowSeconds: number,
): Readonly<Record<string, string>> {
  const headers = { 'Content-Type': 'application/json' };
  if (authentication === null) {
    const signed = signWebhook({ method: 'POST', url, headers, body }, signing.key, {
      now: () => nowSeconds,
      windowSeconds,
      nonce: Buffer.from(signing.nonce).toString('base64url'),
    });
    return signed.headers;
  }
  const { scheme, credentials } = authentication;
  if (scheme === 'Bearer') return { ...headers, Authorization: `Bearer ${credentials}` };
  const stamp = String(nowSeconds);
  const mac = createHmac('sha256', credentials).update(`${stamp}.`).update(body).digest('hex');
  return { ...headers, 'X-ADCP-Timestamp': stamp, 'X-ADCP-Signature': `sha256=${mac}` };
}
