import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'signer revoke',
  summary: 'Refuse what a key signs from now on',
  operands: [{ name: 'KEYID', help: 'Name of the key, wherever it is published.', example: 'buyer-2026-01' }],
  options: { data: dataOption },
  async run({ values, operands, terminal, json }) {
    const keyid = operands[0] ?? '';
    await withAdmin(values.data, async (admin) => admin.revokeSignerKey({ keyid }));
    terminal.print(`Revoked ${keyid}. A running server refuses it within 5 seconds.`);
    if (json) terminal.json({ keyid, revoked: true });
    return exitCodes.ok;
  },
});
