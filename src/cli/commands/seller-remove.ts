import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'seller remove',
  summary: 'Forget a seller with its credential; what it has stays there',
  operands: [
    { name: 'ACCOUNT', help: 'Id of the account here.', example: 'acct_12345' },
    { name: 'SELLER', help: 'Id of the seller.', example: 'agent_0f3a6c9d2e5b8a1c47' },
  ],
  options: { data: dataOption },
  async run({ values, operands, terminal, json }) {
    const [accountId = '', agentId = ''] = operands;
    await withAdmin(values.data, async (admin) => admin.removeSeller({ accountId, agentId }));
    terminal.print(`Seller ${agentId} is removed.`);
    if (json) terminal.json({ seller_id: agentId, removed: true });
    return exitCodes.ok;
  },
});
