import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { sellerColumns, sellerJson, sellerRow } from '../syndication-view.ts';
import { table } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'seller list',
  summary: 'List the sellers that an account’s audiences can be pushed to',
  operands: [{ name: 'ACCOUNT', help: 'Id of the account here.', example: 'acct_12345' }],
  options: { data: dataOption },
  async run({ values, operands, terminal, json }) {
    const accountId = operands[0] ?? '';
    const sellers = await withAdmin(values.data, async (admin) => admin.listSellers({ accountId }));
    if (sellers.length === 0) terminal.say('No sellers yet. Add one: rollcall seller add');
    else for (const line of table(sellerColumns, sellers.map(sellerRow))) terminal.print(line);
    if (json) terminal.json({ sellers: sellers.map(sellerJson) });
    return exitCodes.ok;
  },
});
