import type { Admin } from '../../server/admin/admin.ts';
import { choice, text, UsageFault } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { accountJson } from '../account-view.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withAdmin } from '../with-admin.ts';

async function switchOf(
  admin: Admin,
  accountId: string,
  wanted: 'unchanged' | 'on' | 'off',
): Promise<boolean> {
  if (wanted === 'unchanged') return (await admin.forwarding({ accountId })).isOn;
  return (await admin.setForwarding({ accountId, on: wanted === 'on' })).isOn;
}

export const command = defineCommand({
  name: 'account update',
  summary: 'Change the status of an account, or what is kept of it',
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
    forwarding: choice({
      name: 'forwarding',
      fallback: 'unchanged',
      setting: false,
      choices: ['unchanged', 'on', 'off'],
      help: 'on: keep identifiers, encrypted, so that audiences can be pushed to other sellers; off: erase them.',
    }),
  },
  async run({ values, operands, terminal, json }) {
    const { status, name, forwarding } = values;
    if (status === 'unchanged' && name === '' && forwarding === 'unchanged')
      throw new UsageFault('Say what to change: --status, --name or --forwarding.');
    const accountId = operands[0] ?? '';
    const { account, isOn } = await withAdmin(values.data, async (admin) => ({
      account: await admin.updateAccount({
        accountId,
        status: status === 'unchanged' ? null : status,
        name: name === '' ? null : name,
      }),
      isOn: await switchOf(admin, accountId, forwarding),
    }));
    terminal.print(
      `Account ${account.accountId} is ${account.status}; forwarding is ${isOn ? 'on' : 'off'}.`,
    );
    if (json) terminal.json({ ...accountJson(account), forwarding: isOn });
    return exitCodes.ok;
  },
});
