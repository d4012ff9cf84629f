import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'signer remove',
  summary: 'Forget a signer',
  operands: [
    { name: 'SIGNER', help: 'Its id, as "signer list" shows it.', example: 'sig_0123456789abcdef01' },
  ],
  options: { data: dataOption },
  async run({ values, operands, terminal, json }) {
    const signerId = operands[0] ?? '';
    await withAdmin(values.data, async (admin) => admin.removeSigner({ signerId }));
    terminal.print(`Removed ${signerId}. Its caller, accounts and audiences stay.`);
    if (json) terminal.json({ signer_id: signerId, removed: true });
    return exitCodes.ok;
  },
});
