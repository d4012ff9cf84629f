/** Buyers that sign their requests, as the operator registers them. */
import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import { systemClock, systemRandom } from '../../platform/clock.ts';
import { networksOf } from '../../platform/outbound/public-address.ts';
import { refusalOfUrl } from '../../platform/outbound/url-rule.ts';
import type { Proof } from '../../service/signers/api.ts';
import { keysOfSet } from '../../service/signers/jwk-set.ts';
import type { SignerView } from '../../service/signers/signer-scripts.ts';
import type { Store } from '../../store/store.ts';
import type { Scripts } from '../scripts.ts';

export interface SignerAdmin {
  addSigner(input: {
    readonly name: string;
    /** The caller of this API key; null: a new caller with `accountIds`. */
    readonly keyId: string | null;
    readonly accountIds: readonly string[];
    readonly proof: Proof;
    /** One of the two: a JWK set as text, or where one is published. */
    readonly jwks: string | null;
    readonly jwksUrl: string | null;
    readonly replayCap: number | null;
  }): Promise<SignerView>;
  listSigners(input: object): Promise<readonly SignerView[]>;
  removeSigner(input: { readonly signerId: string }): Promise<null>;
  revokeSignerKey(input: { readonly keyid: string }): Promise<null>;
}

/** `changed` is called after each change, so that a running server honours it at once. */
export function createSignerAdmin(
  store: Store<Scripts>,
  allowNetwork: readonly string[],
  changed: () => void,
): SignerAdmin {
  const rules = { allowNetworks: networksOf(allowNetwork) };
  const then = async <T>(change: Promise<T>): Promise<T> => {
    const result = await change;
    changed();
    return result;
  };
  return {
    addSigner: async ({ name, keyId, accountIds, proof, jwks, jwksUrl, replayCap }) => {
      if (jwksUrl !== null) checkUrl(jwksUrl, (url) => refusalOfUrl(url, rules));
      const keys = jwks === null ? [] : [...keysOfSet(jwks)].map(([keyid, jwk]) => ({ keyid, jwk }));
      const added = store.write('addSigner', {
        signerId: `sig_${Buffer.from(systemRandom.bytes(9)).toString('hex')}`,
        principalId: `prn_${Buffer.from(systemRandom.bytes(12)).toString('hex')}`,
        ...{ name, keyId, accountIds, proof, jwksUrl },
        jwks: keys,
        replayCap: replayCap ?? limits.signatureNonceCountMax,
        nowMs: systemClock.now(),
      });
      return then(added);
    },
    listSigners: async () => store.read('listSigners', {}),
    removeSigner: async (input) => then(store.write('removeSigner', { ...input, nowMs: systemClock.now() })),
    revokeSignerKey: async ({ keyid }) =>
      then(store.write('revokeKeyid', { keyid, nowMs: systemClock.now() })),
  };
}

function checkUrl(text: string, refusalOf: (url: URL) => string | null): void {
  const url = URL.parse(text);
  const refusal = url === null ? 'It is not an address.' : refusalOf(url);
  if (refusal === null) return;
  throw new AppError('INVALID_REQUEST', `jwks-url cannot be read. ${refusal}`, {
    suggestion: 'Give a public https:// address, or allow the network with --allow-network.',
  });
}
