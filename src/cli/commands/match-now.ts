import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { countOf } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'match now',
  summary: 'Match all that waits, whatever the schedule says',
  options: { data: dataOption },
  async run({ values, terminal, json }) {
    const begun = await withAdmin(values.data, async (admin) => admin.matchNow({}));
    const what = countOf(begun, 'operation');
    terminal.print(begun === 0 ? 'Nothing waits.' : `Matching ${what}. How far it is: rollcall match status`);
    if (json) terminal.json({ begun });
    return exitCodes.ok;
  },
});
