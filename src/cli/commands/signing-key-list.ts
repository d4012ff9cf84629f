import { systemClock } from '../../platform/clock.ts';
import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { signingKeyJson, signingKeyLines } from '../signing-key-view.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'signing-key list',
  summary: 'List the keys that notifications are signed with',
  options: { data: dataOption },
  async run({ values, terminal, json }) {
    const keys = await withAdmin(values.data, async (admin) => admin.listSigningKeys({}));
    if (keys.length === 0) terminal.say('No key yet. The server makes one when it first starts.');
    else for (const line of signingKeyLines(keys, systemClock.now())) terminal.print(line);
    if (json) terminal.json(signingKeyJson(keys));
    return exitCodes.ok;
  },
});
