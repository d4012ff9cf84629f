import { UsageFault } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { countOf } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'match retry',
  summary: 'Try operations again that could not be applied',
  operands: [
    {
      name: 'AUDIENCE',
      help: 'Number of one audience, as "match parked" shows it; left out: all that is parked.',
      example: '17',
      optional: true,
    },
  ],
  options: { data: dataOption },
  async run({ values, operands, terminal, json }) {
    const [word] = operands;
    const audienceNo = word === undefined ? null : Number(word);
    if (audienceNo !== null && !Number.isSafeInteger(audienceNo)) {
      throw new UsageFault('AUDIENCE is a number, as "rollcall match parked" shows it.');
    }
    const retried = await withAdmin(values.data, async (admin) => admin.retryParked({ audienceNo }));
    const what = countOf(retried, 'operation');
    terminal.print(
      retried === 0 ? 'Nothing is parked.' : `Trying ${what} again, in the order of acceptance.`,
    );
    if (json) terminal.json({ retried });
    return exitCodes.ok;
  },
});
