import { systemClock } from '../../platform/clock.ts';
import { boolean } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { signingKeyJson, signingKeyLines } from '../signing-key-view.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'signing-key rotate',
  summary: 'Make a new key for notifications; the old one stays published for a while',
  options: {
    data: dataOption,
    now: boolean({
      name: 'now',
      fallback: false,
      setting: false,
      help: 'Sign with it at once, instead of in an hour, when receivers will have read the list of keys again.',
    }),
    revoke: boolean({
      name: 'revoke',
      fallback: false,
      setting: false,
      help: 'The old key was stolen: take it off the list at once. Receivers refuse what it signed.',
    }),
  },
  async run({ values, terminal, json }) {
    const { now, revoke } = values;
    const keys = await withAdmin(values.data, async (admin) =>
      admin.rotateSigningKey({ now: now || revoke, revoke }),
    );
    for (const line of signingKeyLines(keys, systemClock.now())) terminal.print(line);
    if (json) terminal.json(signingKeyJson(keys));
    return exitCodes.ok;
  },
});
