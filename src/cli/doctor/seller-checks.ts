/** What the seller says of itself, of the key and of the account. */
import { systemRandom } from '../../platform/clock.ts';
import { CommandFault } from '../exit-codes.ts';
import type { OpenSeller } from '../push/open-seller.ts';
import { count } from '../table.ts';
import { doubt, good, wrong, type Finding } from './finding.ts';

export async function checkSellerFacts(seller: OpenSeller): Promise<readonly Finding[]> {
  try {
    const { identifierTypes, minimumSize, releases } = await seller.facts();
    const speaks =
      releases === null ? 'The seller speaks AdCP.' : `The seller speaks AdCP ${releases.join(', ')}.`;
    const takes =
      identifierTypes === null
        ? doubt(
            'identifiers',
            'The seller does not say which identifiers it takes.',
            'Push a small list first.',
          )
        : good('identifiers', `It takes ${identifierTypes.join(', ')}.`);
    const size =
      minimumSize === null
        ? doubt('minimum', 'The seller does not say how small an audience may be.', 'Ask the seller.')
        : good('minimum', `An audience can be used from ${count(minimumSize)} matched members on.`);
    return [good('protocol', speaks), takes, size];
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    return [
      wrong('protocol', error.exit, error.message, 'Check the path of --agent and --protocol mcp or a2a.'),
    ];
  }
}

export async function checkAccount(seller: OpenSeller, hasCredential: boolean): Promise<readonly Finding[]> {
  try {
    const audiences = await seller.list(systemRandom.uuid());
    const key = hasCredential
      ? good('key', 'The seller accepts the key.')
      : doubt(
          'key',
          'The seller asks for no key: whoever comes can read and change.',
          'Ask the seller for one.',
        );
    return [key, good('account', `The account is there, with ${count(audiences.length)} audiences.`)];
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    const isKey = error.exit === 'auth';
    const fix = isKey
      ? 'Ask the seller for a new key; give it by --credential-file or --credential-env.'
      : 'Ask the seller for your account’s id there; keys see their own accounts only.';
    return [wrong(isKey ? 'key' : 'account', error.exit, error.message, fix)];
  }
}
