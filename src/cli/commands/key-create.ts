import { integer, list, text, UsageFault } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { systemClock } from '../../platform/clock.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withAdmin } from '../with-admin.ts';

const dayMs = 24 * 3_600_000;

export const command = defineCommand({
  name: 'key create',
  summary: 'Create an API key and show it, once',
  options: {
    data: dataOption,
    account: list({
      name: 'account',
      fallback: [],
      setting: false,
      placeholder: 'ID',
      example: 'acct_12345',
      help: 'Account that the key may use; may be repeated.',
    }),
    name: text({
      name: 'name',
      fallback: '',
      setting: false,
      placeholder: 'NAME',
      help: 'Whose key this is.',
    }),
    days: integer({
      name: 'days',
      fallback: 0,
      min: 0,
      max: 3_650,
      setting: false,
      placeholder: 'N',
      help: 'Days until the key expires; 0 for never.',
    }),
  },
  async run({ values, terminal, json }) {
    if (values.account.length === 0) throw new UsageFault('Say which account the key is for: --account ID.');
    const expiresAtMs = values.days === 0 ? null : systemClock.now() + values.days * dayMs;
    const { key, view } = await withAdmin(values.data, async (admin) =>
      admin.createKey({ accountIds: values.account, name: values.name, expiresAtMs }),
    );
    terminal.say('This key is shown once; only a keyed hash of it is kept.');
    terminal.print(key);
    if (json) terminal.json({ key, key_id: view.keyId, accounts: view.accounts });
    return exitCodes.ok;
  },
});
