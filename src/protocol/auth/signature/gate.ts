import { timingSafeEqual } from 'node:crypto';

import type { Clock } from '../../../base/clock.ts';
import { AppError } from '../../../base/faults.ts';
import type { JsonObject } from '../../../engine/types.ts';
import type { SignerService } from '../../../service/signers/api.ts';
import type { SignatureGate } from '../../signature-gate.ts';
import { checkHead, type DigestPolicy } from './check-head.ts';
import { signatureRefusal } from './refusal.ts';

export interface SignatureOptions {
  readonly signers: SignerService;
  readonly digestPolicy: DigestPolicy;
  /** Operations of AdCP that must be signed by whoever has no key. */
  readonly requiredFor: readonly string[];
  readonly scheme: 'http' | 'https';
  readonly clock: Clock;
}

const skewMs = 60_000;

async function resolve(signers: SignerService, keyid: string) {
  try {
    return await signers.resolve(keyid);
  } catch (error) {
    if (error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE')
      throw signatureRefusal('jwks_unavailable');
    throw error;
  }
}

export function createSignatureGate(options: SignatureOptions): SignatureGate {
  const { signers, digestPolicy, requiredFor, scheme, clock } = options;
  return {
    requiredFor,
    async check(head) {
      const checked = await checkHead(head, {
        digestPolicy,
        scheme,
        nowSeconds: Math.floor(clock.now() / 1_000),
        resolve: async (keyid) => resolve(signers, keyid),
        nonceState: async (keyid, scope, nonce) => {
          const key = await signers.resolve(keyid);
          return key === null ? 'new' : signers.nonceState({ keyid, scope, nonce }, key.replayCap);
        },
      });
      if (checked === null) return null;
      const { key, scope, nonce, expires, digest } = checked;
      const use = { keyid: key.keyid, scope, nonce };
      return {
        principal: key.principal,
        seal: {
          needsDigest: digest !== null,
          async check(actual) {
            if (digest !== null && (actual === null || !equalBytes(digest, actual))) {
              return signatureRefusal('digest_mismatch');
            }
            // Last, so that a request that is refused for anything else has not used it up.
            const state = await signers.useNonce(use, key.replayCap, expires * 1_000 + skewMs);
            return state === 'new' ? null : signatureRefusal(state);
          },
        },
      };
    },
  };
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Whether arguments register a shared secret for notifications: whoever stole a key could lead them astray, so where signatures are
 * checked at all, this must be signed. Source: AdCP webhook security, downgrade resistance.
 */
export function registersSecret(args: JsonObject | undefined): boolean {
  const config = args?.['push_notification_config'] ?? args?.['pushNotificationConfig'];
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return false;
  return ((config as JsonObject)['authentication'] ?? null) !== null;
}
