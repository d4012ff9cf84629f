/** RFC 9421 signatures in AdCP's profile for webhooks. AdCP's own library decides; what is said about it is ours. */
import type { Delivery } from './delivery.ts';
import { explainSigned } from './explain-signed.ts';
import { KeyFault } from './key-fault.ts';
import type { KeySource } from './key-source.ts';
import type { PublicKey } from './read-keys.ts';
import type { SigningLibrary } from './signing-library.ts';
import type { Verdict } from './verdict.ts';
import { stepsUntil } from './verdict.ts';

/** The steps of AdCP's checklist for receivers, in its order: the library's errors carry their number, from 1. */
export const signedSteps = [
  'signature headers',
  'parameters',
  'tag',
  'algorithm',
  'time window',
  'what is signed',
  'key',
  'purpose of the key',
  'revocation',
  'signature',
  'digest of the body',
  'nonce',
] as const;

const webhookUse = 'webhook-signing';
const requestUse = 'request-signing';

/**
 * The key as the library wants it. AdCP 3.1 publishes one key for requests and webhooks, under the use
 * `request-signing`; the library knows the rule of 3.0 only, a use of its own for webhooks.
 */
function forLibrary(key: PublicKey | null): PublicKey | null {
  return key?.adcp_use === requestUse ? { ...key, adcp_use: webhookUse } : key;
}

/** Verifies one delivery after the other; remembers nonces between them. */
export type VerifySigned = (delivery: Delivery) => Promise<Verdict>;

export function createVerifySigned(library: SigningLibrary, keys: KeySource): VerifySigned {
  const replayStore = new library.InMemoryReplayStore();
  return async (delivery) => {
    const nowSeconds = Math.floor(delivery.receivedAtMs / 1000);
    const keyid = keyidOf(library, delivery);
    const verify = library.createWebhookVerifier({
      jwks: { resolve: async (id) => forLibrary(await keys.find(id)) as never },
      replayStore,
      now: () => nowSeconds,
    });
    try {
      // Its types say text and its code takes bytes; as text, bytes that are no UTF-8 would change before they are hashed.
      await verify({ ...delivery, body: delivery.body as unknown as string });
      return verified(
        keyid,
        keys.keys.find(({ kid }) => kid === keyid),
      );
    } catch (error) {
      if (error instanceof KeyFault) return unavailable(keyid, error);
      const { code, failedStep } = faultOf(error);
      const explanation = explainSigned(code, { library, delivery, keys, nowSeconds, error });
      // The thirteenth step notes the nonce, and finds it used when another delivery was faster.
      const steps = stepsUntil(signedSteps, Math.min(failedStep, signedSteps.length) - 1);
      return { scheme: 'rfc9421', outcome: 'failed', code, keyid, steps, explanation, notes: [] };
    }
  };
}

function keyidOf(library: SigningLibrary, { headers }: Delivery): string | null {
  try {
    return library.parseSignatureInput(headers['signature-input'] ?? '').params.keyid ?? null;
  } catch {
    return null;
  }
}

function verified(keyid: string | null, key: PublicKey | undefined): Verdict {
  const notes =
    key?.adcp_use === requestUse
      ? [
          'The key is published with adcp_use "request-signing": right since AdCP 3.1; receivers of 3.0 refuse it.',
        ]
      : [];
  const steps = stepsUntil(signedSteps, null);
  return { scheme: 'rfc9421', outcome: 'verified', code: null, keyid, steps, explanation: null, notes };
}

/** Nothing is known about the sender: it is us who cannot tell. */
function unavailable(keyid: string | null, { reason, fix }: KeyFault): Verdict {
  return {
    scheme: 'rfc9421',
    outcome: 'unchecked',
    code: 'keys_unavailable',
    keyid,
    steps: stepsUntil(signedSteps, signedSteps.indexOf('key')),
    explanation: { reason, fix },
    notes: [],
  };
}

/** Helpers that requests and webhooks share throw codes of requests; the same code of webhooks is meant. */
function faultOf(error: unknown): { readonly code: string; readonly failedStep: number } {
  const { code, failedStep } = error as { readonly code?: unknown; readonly failedStep?: unknown };
  if (typeof code !== 'string' || typeof failedStep !== 'number') throw error;
  return { code: code.replace(/^request_signature_/, 'webhook_signature_'), failedStep };
}
