import { choice, text, UsageFault } from '../../server/options-table.ts';
import { dataOption, serveOptions } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { readCredential } from '../read-credential.ts';
import { sellerJson } from '../syndication-view.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'seller add',
  summary: 'Name another seller that an account’s audiences can be pushed to',
  operands: [{ name: 'ACCOUNT', help: 'Id of the account here.', example: 'acct_12345' }],
  options: {
    data: dataOption,
    url: text({
      name: 'url',
      fallback: '',
      setting: false,
      placeholder: 'URL',
      example: 'https://ads.seller.example/mcp',
      help: 'Where the seller speaks the protocol.',
    }),
    protocol: choice({
      name: 'protocol',
      fallback: 'mcp',
      setting: false,
      choices: ['mcp', 'a2a'],
      help: 'What is spoken there.',
    }),
    remoteAccount: text({
      name: 'remote-account',
      fallback: '',
      setting: false,
      placeholder: 'ID',
      example: 'acct_at_seller',
      help: 'Your account at the seller.',
    }),
    name: text({
      name: 'name',
      fallback: '',
      setting: false,
      placeholder: 'NAME',
      help: 'Name for people; the host of the address if left out.',
    }),
    credentialFile: text({
      name: 'credential-file',
      fallback: '',
      setting: false,
      placeholder: 'FILE',
      example: '-',
      help: 'File with the key that the seller gave you; - reads it from standard input.',
    }),
    credentialEnv: text({
      name: 'credential-env',
      fallback: '',
      setting: false,
      placeholder: 'NAME',
      help: 'Variable of the environment that holds the key instead.',
    }),
    allowNetwork: serveOptions.allowNetwork,
  },
  async run({ values, operands, terminal, json }) {
    const { url, protocol, remoteAccount, name } = values;
    if (url === '') throw new UsageFault('Say where the seller is: --url https://seller.example/mcp.');
    if (remoteAccount === '') throw new UsageFault('Say which account is yours there: --remote-account ID.');
    const credential = await readCredential({ file: values.credentialFile, variable: values.credentialEnv });
    const agent = {
      name: name === '' ? (URL.parse(url)?.hostname ?? url) : name,
      url,
      protocol,
      remoteAccountId: remoteAccount,
      credential,
    };
    const added = await withAdmin(
      values.data,
      async (admin) => admin.addSeller({ accountId: operands[0] ?? '', agent }),
      values.allowNetwork,
    );
    terminal.print(`Seller ${added.agentId} is ${added.name}, over ${added.protocol} at ${added.url}`);
    if (json) terminal.json(sellerJson(added));
    return exitCodes.ok;
  },
});
