/** API keys as the operator makes and ends them. */
import { randomBytes } from 'node:crypto';

import { systemClock, systemRandom } from '../../platform/clock.ts';
import { keyRandomBytes, makeKey } from '../../protocol/auth/key-format.ts';
import type { KeyView } from '../../service/key-scripts.ts';
import { createKeyedHash } from '../../service/keyed-hash.ts';
import type { Scope } from '../../service/scopes.ts';
import type { Store } from '../../store/store.ts';
import type { Scripts } from '../scripts.ts';
import type { Secrets } from '../secrets.ts';

export interface KeyAdmin {
  /** The key is in the answer and nowhere else. */
  createKey(input: {
    readonly accountIds: readonly string[];
    readonly name: string;
    readonly expiresAtMs: number | null;
    /** All of them unless said. */
    readonly scopes?: readonly Scope[];
    /** Addresses and networks that it may be used from; from everywhere unless said. */
    readonly allowFrom?: readonly string[];
  }): Promise<{ readonly key: string; readonly view: KeyView }>;
  /** A second key of the same caller; the old one ends after the overlap. */
  rotateKey(input: {
    readonly keyId: string;
    readonly overlapMs: number;
  }): Promise<{ readonly key: string; readonly view: KeyView }>;
  listKeys(input: object): Promise<readonly KeyView[]>;
  revokeKey(input: { readonly keyId: string }): Promise<null>;
}

export function createKeyAdmin(store: Store<Scripts>, secrets: Pick<Secrets, 'pepper'>): KeyAdmin {
  return {
    createKey: async ({ accountIds, name, expiresAtMs, scopes, allowFrom }) => {
      const { key, keyId, secret } = makeKey(systemRandom.bytes(keyRandomBytes));
      const view = await store.write('createKey', {
        keyId,
        principalId: `prn_${randomBytes(12).toString('hex')}`,
        secretHash: createKeyedHash(secrets.pepper)(secret),
        accountIds,
        name,
        nowMs: systemClock.now(),
        expiresAtMs,
        ...(scopes === undefined ? {} : { scopes }),
        ...(allowFrom === undefined ? {} : { allowFrom }),
      });
      return { key, view };
    },
    rotateKey: async ({ keyId, overlapMs }) => {
      const { key, keyId: newKeyId, secret } = makeKey(systemRandom.bytes(keyRandomBytes));
      const secretHash = createKeyedHash(secrets.pepper)(secret);
      const nowMs = systemClock.now();
      const endsAtMs = nowMs + overlapMs;
      const view = await store.write('rotateKey', { keyId, newKeyId, secretHash, nowMs, endsAtMs });
      return { key, view };
    },
    listKeys: async () => store.read('listKeys', {}),
    revokeKey: async ({ keyId }) => {
      await store.write('revokeKey', { keyId, nowMs: systemClock.now() });
      return null;
    },
  };
}
