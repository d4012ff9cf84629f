import { timingSafeEqual } from 'node:crypto';

import type { PrincipalId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/faults.ts';
import type { KeyRow } from '../store/key-rows.ts';
import type { Store } from '../store/store.ts';
import type { Principal } from './api.ts';
import type { KeyScripts } from './key-scripts.ts';
import { createKeyedHash } from './keyed-hash.ts';
import type { Scope } from './scopes.ts';

/** How long a key that was found good is taken for good without asking: the bound on a revocation's delay. */
const verifiedMsMax = 3_000;
const verifiedCountMax = 10_000;
const usedMsMin = 60_000;

export interface AuthenticatorDeps {
  readonly store: Store<KeyScripts>;
  readonly clock: Clock;
  readonly pepper: Uint8Array;
  readonly parseKey: (key: string) => { readonly keyId: string; readonly secret: string } | null;
  /** Whether an address lies in one of some networks, as they were written when the key was made. */
  readonly isWithin: (address: string, networks: readonly string[]) => boolean;
}

interface Verified {
  readonly principal: Principal;
  /** Networks that the key may be used from; empty: all. */
  readonly allowFrom: readonly string[];
  readonly untilMs: number;
}

/**
 * Checks bearer keys. Unknown, wrong, revoked and expired keys, and those that come from where they must not, get one answer, for the
 * same look-ups and hashes: whoever found a key does not learn that it is one.
 */
export function createAuthenticator({ store, clock, pepper, parseKey, isWithin }: AuthenticatorDeps) {
  const verified = new Map<string, Verified>();
  const isWelcome = (address: string, allowFrom: readonly string[]): boolean =>
    allowFrom.length === 0 || isWithin(address, allowFrom);
  const hashSecret = createKeyedHash(pepper);
  const nobody = hashSecret('nobody');
  /** Once a minute a key is often enough for whoever asks whether it is still used. */
  const noteUse = ({ keyId, lastUsedAt }: KeyRow): void => {
    const nowMs = clock.now();
    if (nowMs - (lastUsedAt ?? 0) > usedMsMin)
      void store.write('touchKey', { keyId, nowMs }).catch(() => undefined);
  };
  return async (bearer: string, address: string): Promise<Principal> => {
    const parts = parseKey(bearer);
    if (parts === null) throw new AppError('AUTH_INVALID');
    const offered = hashSecret(parts.secret);
    const name = `${parts.keyId}.${Buffer.from(offered).toString('base64')}`;
    const known = verified.get(name);
    if (known !== undefined && known.untilMs > clock.monotonic()) {
      if (isWelcome(address, known.allowFrom)) return known.principal;
      throw new AppError('AUTH_INVALID');
    }
    const row = await store.read('findKey', { keyId: parts.keyId });
    const isEqual = timingSafeEqual(row?.secretHash ?? nobody, offered);
    const isLive =
      row !== null && row.revokedAt === null && (row.expiresAt === null || row.expiresAt > clock.now());
    if (row === null || !isEqual || !isLive) {
      verified.delete(name);
      throw new AppError('AUTH_INVALID');
    }
    const { principalNo, principalId, keyId, proof } = row;
    const scopes = JSON.parse(row.scopes) as Scope[];
    const principal = { principalNo, principalId: principalId as PrincipalId, keyId, scopes, proof };
    const allowFrom = JSON.parse(row.allowFrom) as string[];
    // Before it is remembered, so that one who is turned away costs no owner a look-up, and is not noted as its use.
    if (!isWelcome(address, allowFrom)) throw new AppError('AUTH_INVALID');
    noteUse(row);
    if (verified.size >= verifiedCountMax) verified.clear();
    verified.set(name, { principal, allowFrom, untilMs: clock.monotonic() + verifiedMsMax });
    return principal;
  };
}
