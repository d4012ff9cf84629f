import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { keyNotFound } from '../key-fault.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'key revoke',
  summary: 'Make a key useless from now on',
  operands: [{ name: 'KEY_ID', help: 'Id of the key, as "key list" shows it.', example: '0Nmf91J8qc3y' }],
  options: { data: dataOption },
  async run({ values, operands, terminal, json }) {
    const keyId = operands[0] ?? '';
    await withAdmin(values.data, async (admin) => admin.revokeKey({ keyId }).catch(keyNotFound));
    terminal.print(`Revoked ${keyId}. A running server refuses it within 5 seconds.`);
    if (json) terminal.json({ key_id: keyId, revoked: true });
    return exitCodes.ok;
  },
});
