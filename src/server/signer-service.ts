/** Signers over one store, and their lists of keys through the one guarded way out. */
import { createHash } from 'node:crypto';

import { systemClock } from '../platform/clock.ts';
import { createOutbound } from '../platform/outbound/outbound.ts';
import { networksOf } from '../platform/outbound/public-address.ts';
import { readCapped } from '../platform/outbound/read-capped.ts';
import { createKeyedHash } from '../service/keyed-hash.ts';
import type { NonceUse, SignerService } from '../service/signers/api.ts';
import { createSignerDirectory } from '../service/signers/directory.ts';
import type { Store } from '../store/store.ts';
import type { Scripts } from './scripts.ts';
import type { Secrets } from './secrets.ts';

export interface SignerServiceParts {
  readonly store: Store<Scripts>;
  readonly secrets: Pick<Secrets, 'pepper'>;
  readonly allowNetwork: readonly string[];
}

/** AdCP's budgets for reading a list of keys. Source: AdCP request signing, discovery. */
const connectMsMax = 5_000;
const totalMsMax = 10_000;
const listBytesMax = 256 * 1024;

export function createSignerService({ store, secrets, allowNetwork }: SignerServiceParts): SignerService {
  const outbound = createOutbound({ allowNetworks: networksOf(allowNetwork) }, { connectMsMax });
  const fetchText = async (url: string): Promise<string> => {
    const response = await outbound.fetch(url, {
      headers: { accept: 'application/jwk-set+json, application/json' },
      signal: AbortSignal.timeout(totalMsMax),
    });
    if (response.status !== 200) throw new Error('the list of keys is not there');
    return (await readCapped(response, listBytesMax)).toString('utf8');
  };
  const hash = createKeyedHash(secrets.pepper);
  const hashesOf = ({ keyid, scope, nonce }: NonceUse) => ({
    nonceHash: hash(JSON.stringify([keyid, scope, nonce])),
    keyidHash: createHash('sha256').update(keyid).digest(),
  });
  return {
    ...createSignerDirectory({ store, clock: systemClock, fetchText }),
    nonceState: async (use, replayCap) =>
      store.read('nonceState', { ...hashesOf(use), replayCap, nowMs: systemClock.now() }),
    useNonce: async (use, replayCap, expiresAtMs) =>
      store.write('useNonce', { ...hashesOf(use), replayCap, expiresAtMs, nowMs: systemClock.now() }),
  };
}
