import { dataOption } from '../../server/options.ts';
import { accountColumns, accountJson, accountRow } from '../account-view.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'account list',
  summary: 'List accounts',
  options: { data: dataOption },
  async run({ values, terminal, json }) {
    const accounts = await withAdmin(values.data, async (admin) => admin.listAccounts({}));
    if (accounts.length === 0)
      terminal.say('No accounts yet. Create one: rollcall account create --brand acme.example');
    else for (const line of table(accountColumns, accounts.map(accountRow))) terminal.print(line);
    if (json) terminal.json({ accounts: accounts.map(accountJson) });
    return exitCodes.ok;
  },
});
