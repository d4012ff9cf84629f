/** Whose key is it? From the table of signers, and for those who publish their keys, from where they do. */
import type { Clock } from '../../base/clock.ts';
import type { PrincipalId } from '../../base/brand.ts';
import { AppError } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { Store } from '../../store/store.ts';
import type { SignerKeyFacts } from './api.ts';
import { scopes } from '../scopes.ts';
import { createKeyLists } from './key-lists.ts';
import type { SignerScripts, SignerTable } from './signer-scripts.ts';

/** How long the table is taken for true: the bound on a revocation's delay. */
const tableMs = 3_000;
export interface DirectoryDeps {
  readonly store: Store<SignerScripts>;
  readonly clock: Clock;
  /** The text at an https address, bounded in size and time; rejects when it cannot be had. */
  readonly fetchText: (url: string) => Promise<string>;
}

export function createSignerDirectory({ store, clock, fetchText }: DirectoryDeps) {
  let table: SignerTable | null = null;
  let readAtMs = 0;
  const keysAt = createKeyLists(clock, fetchText);

  const current = async (): Promise<SignerTable> => {
    if (table === null || clock.monotonic() - readAtMs > tableMs) {
      table = await store.read('signerTable', {});
      readAtMs = clock.monotonic();
    }
    return table;
  };

  /** Null: nobody's. SERVICE_UNAVAILABLE: perhaps somebody's, whose list cannot be had. */
  const resolve = async (keyid: string): Promise<SignerKeyFacts | null> => {
    const { signers, keys, revoked } = await current();
    const factsOf = (signer: SignerTable['signers'][number], jwk: JsonObject): SignerKeyFacts => ({
      keyid,
      jwk,
      isRevoked: revoked.includes(keyid),
      replayCap: signer.replayCap,
      principal: {
        principalNo: signer.principalNo,
        principalId: signer.principalId as PrincipalId,
        keyId: keyid,
        scopes,
        proof: signer.proof,
      },
    });
    const own = keys.find((key) => key.keyid === keyid);
    const owner = signers.find(({ signerNo }) => signerNo === own?.signerNo);
    if (own !== undefined && owner !== undefined) return factsOf(owner, own.jwk);
    let isIncomplete = false;
    for (const signer of signers) {
      if (signer.jwksUrl === null) continue;
      const list = await keysAt(signer.jwksUrl, keyid);
      const jwk = list?.get(keyid);
      if (jwk !== undefined) return factsOf(signer, jwk);
      isIncomplete ||= list === null;
    }
    if (isIncomplete) throw new AppError('SERVICE_UNAVAILABLE');
    return null;
  };
  return {
    resolve,
    changed: (): void => {
      table = null;
    },
  };
}
