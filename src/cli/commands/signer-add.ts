import { readFile } from 'node:fs/promises';

import { limits } from '../../base/limits.ts';
import { choice, integer, list, text, UsageFault } from '../../server/options-table.ts';
import { dataOption, serveOptions } from '../../server/options.ts';
import { proofs } from '../../service/signers/api.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { signerJson } from '../signer-view.ts';
import { withAdmin } from '../with-admin.ts';

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new UsageFault(`The file ${file} cannot be read; --jwks takes a JWK set as JSON.`);
  }
}

export const command = defineCommand({
  name: 'signer add',
  summary: 'Register the keys that a buyer signs requests with',
  options: {
    data: dataOption,
    account: list({
      name: 'account',
      fallback: [],
      setting: false,
      placeholder: 'ID',
      example: 'acct_12345',
      help: 'Account that the signer may use, as a new caller; may be repeated.',
    }),
    key: text({
      name: 'key',
      fallback: '',
      setting: false,
      placeholder: 'KEY_ID',
      help: 'Instead of an account: the caller of this API key signs.',
    }),
    jwks: text({
      name: 'jwks',
      fallback: '',
      setting: false,
      placeholder: 'FILE',
      example: 'buyer-keys.json',
      help: 'JWK set with the public keys.',
    }),
    jwksUrl: text({
      name: 'jwks-url',
      fallback: '',
      setting: false,
      placeholder: 'URL',
      help: 'Instead of a file: where the buyer publishes them.',
    }),
    proof: choice({
      name: 'proof',
      fallback: 'signed',
      setting: false,
      choices: proofs,
      help: 'What this caller must show: its API key, a signature, or both.',
    }),
    name: text({
      name: 'name',
      fallback: '',
      setting: false,
      placeholder: 'NAME',
      help: 'Name for people.',
    }),
    replayCap: integer({
      name: 'replay-cap',
      fallback: limits.signatureNonceCountMax,
      min: 1,
      max: limits.signatureNonceCountMax,
      setting: false,
      help: 'Signatures of one key that may be good at once; lower it for a test partner only.',
    }),
    allowNetwork: serveOptions.allowNetwork,
  },
  async run({ values, terminal, json }) {
    const { account, key, jwks, jwksUrl, proof, name, replayCap } = values;
    if ((account.length === 0) === (key === '')) {
      throw new UsageFault(
        'Say who signs: --account ID for a new caller, or --key KEY_ID for one that has a key.',
      );
    }
    if ((jwks === '') === (jwksUrl === '')) {
      throw new UsageFault('Say where the public keys are: --jwks FILE or --jwks-url URL.');
    }
    const input = {
      name: name === '' ? 'signer' : name,
      keyId: key === '' ? null : key,
      accountIds: account,
      proof,
      jwks: jwks === '' ? null : await textOf(jwks),
      jwksUrl: jwksUrl === '' ? null : jwksUrl,
      replayCap,
    };
    const signer = await withAdmin(values.data, async (admin) => admin.addSigner(input), values.allowNetwork);
    terminal.print(`Registered ${signer.signerId}. Serve with --signed-requests for it to count.`);
    if (json) terminal.json(signerJson(signer));
    return exitCodes.ok;
  },
});
