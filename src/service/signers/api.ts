import type { JsonObject } from '../../engine/types.ts';
import type { Principal } from '../api.ts';

/** What a caller must show of itself: its API key, a signature, or both. */
export const proofs = ['key', 'signed', 'both'] as const;
export type Proof = (typeof proofs)[number];

/** A key that a caller signs with, as far as it is known here. */
export interface SignerKeyFacts {
  readonly keyid: string;
  /** The public key as a JWK. */
  readonly jwk: JsonObject;
  readonly isRevoked: boolean;
  /** Nonces of it that may be alive at once. */
  readonly replayCap: number;
  readonly principal: Principal;
}

/** One use of a nonce. */
export interface NonceUse {
  readonly keyid: string;
  readonly scope: string;
  readonly nonce: string;
}

export type NonceState = 'new' | 'replayed' | 'rate_abuse';

/** Who signs what, and which signatures were seen. */
export interface SignerService {
  /** Null: nobody's key. SERVICE_UNAVAILABLE where its owner's list of keys cannot be had. */
  resolve(keyid: string): Promise<SignerKeyFacts | null>;
  /** Signers were added, removed or revoked here: what is remembered of them is read again. */
  changed(): void;
  nonceState(use: NonceUse, replayCap: number): Promise<NonceState>;
  /** Takes the nonce for used until `expiresAtMs`; of two at once one gets `new`. Durable before it resolves. */
  useNonce(use: NonceUse, replayCap: number, expiresAtMs: number): Promise<NonceState>;
}
