import { choice, text, UsageFault } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { accountJson } from '../account-view.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'account update',
  summary: 'Change the status of an account',
  operands: [{ name: 'ACCOUNT', help: 'Id of the account.', example: 'acct_12345' }],
  options: {
    data: dataOption,
    status: choice({
      name: 'status',
      fallback: 'unchanged',
      setting: false,
      choices: [
        'unchanged',
        'active',
        'pending_approval',
        'payment_required',
        'suspended',
        'rejected',
        'closed',
      ],
      example: 'suspended',
      help: 'New status; a suspended account can be read and not changed.',
    }),
    name: text({
      name: 'name',
      fallback: '',
      setting: false,
      placeholder: 'NAME',
      help: 'New name for people.',
    }),
  },
  async run({ values, operands, terminal, json }) {
    const { status, name } = values;
    if (status === 'unchanged' && name === '')
      throw new UsageFault('Say what to change: --status or --name.');
    const account = await withAdmin(values.data, async (admin) =>
      admin.updateAccount({
        accountId: operands[0] ?? '',
        status: status === 'unchanged' ? null : status,
        name: name === '' ? null : name,
      }),
    );
    terminal.print(`Account ${account.accountId} is ${account.status}.`);
    if (json) terminal.json(accountJson(account));
    return exitCodes.ok;
  },
});
