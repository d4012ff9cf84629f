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
}

/** Checks bearer keys. Unknown, wrong, revoked and expired keys get one answer, for the same work. */
export function createAuthenticator({ store, clock, pepper, parseKey }: AuthenticatorDeps) {
  const verified = new Map<string, { readonly principal: Principal; readonly untilMs: number }>();
  const hashSecret = createKeyedHash(pepper);
  const nobody = hashSecret('nobody');
  /** Once a minute a key is often enough for whoever asks whether it is still used. */
  const noteUse = ({ keyId, lastUsedAt }: KeyRow): void => {
    const nowMs = clock.now();
    if (nowMs - (lastUsedAt ?? 0) > usedMsMin)
      void store.write('touchKey', { keyId, nowMs }).catch(() => undefined);
  };
  return async (bearer: string): Promise<Principal> => {
    const parts = parseKey(bearer);
    if (parts === null) throw new AppError('AUTH_INVALID');
    const offered = hashSecret(parts.secret);
    const name = `${parts.keyId}.${Buffer.from(offered).toString('base64')}`;
    const known = verified.get(name);
    if (known !== undefined && known.untilMs > clock.monotonic()) return known.principal;
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
    noteUse(row);
    if (verified.size >= verifiedCountMax) verified.clear();
    verified.set(name, { principal, untilMs: clock.monotonic() + verifiedMsMax });
    return principal;
  };
}
