import { readCredential } from '../read-credential.ts';
import { openSeller, type OpenSeller } from './open-seller.ts';
import type { SellerValues } from './push-options.ts';

/** The seller that the options name. */
export async function namedSeller(values: SellerValues): Promise<OpenSeller> {
  const credential = await readCredential({ file: values.credentialFile, variable: values.credentialEnv });
  const { agent: url, protocol, account: remoteAccountId } = values;
  return openSeller({ agentId: 'seller', url, protocol, remoteAccountId, credential });
}
