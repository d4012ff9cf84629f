/** The keys that notifications are signed with: made here, kept sealed, published, rotated with an overlap. */
import { createHash, generateKeyPairSync, type JsonWebKey } from 'node:crypto';

import { limits } from '../../base/limits.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { Script } from '../../store/script.ts';
import {
  forgetSigningKeysPublishedUntil,
  insertSigningKey,
  removeOtherSigningKeys,
  retireSigningKeys,
  signingKeys,
  type SigningKeyRow,
} from '../../store/signing-key-rows.ts';
import type { Sealer } from '../seal.ts';

const hourMs = 3_600_000;
/** A new key is published for so long before it signs, so that whoever keeps the list for an hour knows it by then. */
export const signsAfterMs: number = hourMs;
/** An old key stays published through the longest time of retries, and two days more for those who keep lists for long. */
export const overlapMs: number = limits.webhookHorizonMs + 48 * hourMs;

/** A key pair as JWKs, and its name. */
export interface NewSigningKey {
  readonly kid: string;
  readonly publicKey: JsonObject;
  readonly privateKey: JsonObject;
}

/** A key as it is shown; the private part never is. */
export interface SigningKeyView {
  readonly kid: string;
  readonly createdAt: number;
  readonly signsFrom: number;
  readonly publishedUntil: number | null;
}

/** A fresh Ed25519 pair; its name is the thumbprint of the public part. Source: RFC 7638. */
export function makeSigningKey(): NewSigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x } = publicKey.export({ format: 'jwk' });
  const { d } = privateKey.export({ format: 'jwk' }) as JsonWebKey;
  const thumbprint = createHash('sha256')
    .update(`{"crv":"Ed25519","kty":"OKP","x":"${x ?? ''}"}`)
    .digest('base64url');
  const common = { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', kid: thumbprint, x: x ?? '' };
  return {
    kid: thumbprint,
    // AdCP's younger pages call this use "request-signing" too; verifiers of 3.0 take a webhook's key for no other use than this.
    publicKey: { ...common, use: 'sig', key_ops: ['verify'], adcp_use: 'webhook-signing' },
    privateKey: { ...common, d: d ?? '' },
  };
}

/** The key that signs at a moment: the newest whose time has come, or the oldest when none has. */
export function signingKeyAt<K extends Pick<SigningKeyRow, 'signsFrom'>>(
  newestFirst: readonly K[],
  nowMs: number,
): K | undefined {
  return newestFirst.find(({ signsFrom }) => signsFrom <= nowMs) ?? newestFirst.at(-1);
}

export interface RotateInput {
  readonly key: NewSigningKey;
  readonly nowMs: number;
  /** From when the new key signs. */
  readonly signsFrom: number;
  /** The old ones were stolen: they are gone at once, and the new one signs at once. */
  readonly revokes: boolean;
}

export type SigningKeyScripts = ReturnType<typeof createSigningKeyScripts>;

export function createSigningKeyScripts(sealer: Sealer) {
  const rowOf = ({ kid, publicKey, privateKey }: NewSigningKey) => ({
    kid,
    publicKey: JSON.stringify(publicKey),
    privateKey: sealer.seal(privateKey),
  });
  return {
    /** Keeps the key that is given when there is none; the same whoever is first. */
    *ensureSigningKey({ key, nowMs }: { readonly key: NewSigningKey; readonly nowMs: number }): Script<null> {
      if ((yield* signingKeys()).length > 0) return null;
      yield* insertSigningKey({ ...rowOf(key), createdAt: nowMs, signsFrom: nowMs });
      return null;
    },

    *rotateSigningKey({ key, nowMs, signsFrom, revokes }: RotateInput): Script<null> {
      yield* insertSigningKey({ ...rowOf(key), createdAt: nowMs, signsFrom: revokes ? nowMs : signsFrom });
      if (revokes) yield* removeOtherSigningKeys(key.kid);
      else yield* retireSigningKeys(key.kid, signsFrom + overlapMs);
      return null;
    },

    /** Public parts of every published key, as a JWK set holds them. */
    *publishedSigningKeys({ nowMs }: { readonly nowMs: number }): Script<readonly JsonObject[]> {
      const rows = yield* signingKeys();
      return rows
        .filter(({ publishedUntil }) => publishedUntil === null || publishedUntil > nowMs)
        .map(({ publicKey }) => JSON.parse(publicKey) as JsonObject);
    },

    /** The private part of the key that signs now; null before there is one. */
    *signingKey({ nowMs }: { readonly nowMs: number }): Script<JsonObject | null> {
      const row = signingKeyAt(yield* signingKeys(), nowMs);
      return row === undefined ? null : sealer.open<JsonObject>(row.privateKey);
    },

    *listSigningKeys(_: object): Script<readonly SigningKeyView[]> {
      return (yield* signingKeys()).map(({ kid, createdAt, signsFrom, publishedUntil }) => ({
        kid,
        createdAt,
        signsFrom,
        publishedUntil,
      }));
    },

    /** Housekeeping. */
    *forgetOldSigningKeys({ nowMs }: { readonly nowMs: number }): Script<void> {
      yield* forgetSigningKeysPublishedUntil(nowMs);
    },
  };
}
