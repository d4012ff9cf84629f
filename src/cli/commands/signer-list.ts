import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { signerColumns, signerJson, signerRow } from '../signer-view.ts';
import { table } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'signer list',
  summary: 'List buyers that sign, and their keys',
  options: { data: dataOption },
  async run({ values, terminal, json }) {
    const signers = await withAdmin(values.data, async (admin) => admin.listSigners({}));
    if (signers.length === 0) terminal.say('No signers yet. Register one: rollcall signer add');
    else for (const line of table(signerColumns, signers.map(signerRow))) terminal.print(line);
    if (json) terminal.json({ signers: signers.map(signerJson) });
    return exitCodes.ok;
  },
});
