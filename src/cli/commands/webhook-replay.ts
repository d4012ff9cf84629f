import { boolean, UsageFault } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { webhookEndpointOption } from '../webhook-options.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'webhook replay',
  summary: 'Send notifications again, with the same key and the same bytes',
  operands: [
    {
      name: 'DELIVERY',
      help: 'Number of one delivery, as "webhook list" shows it; left out: those that were given up.',
      example: '42',
      optional: true,
    },
  ],
  options: {
    data: dataOption,
    failed: boolean({
      name: 'failed',
      fallback: false,
      setting: false,
      help: 'All that were given up.',
    }),
    endpoint: webhookEndpointOption('Of those that were given up, those to this endpoint.'),
  },
  async run({ values, operands, terminal, json }) {
    const [word] = operands;
    const deliveryNo = word === undefined ? null : Number(word);
    if (deliveryNo !== null && !Number.isSafeInteger(deliveryNo)) {
      throw new UsageFault('DELIVERY is a number, as "rollcall webhook list" shows it.');
    }
    if (deliveryNo === null && !values.failed && values.endpoint === 0) {
      throw new UsageFault('Say what to send again: the number of a delivery, --endpoint N, or --failed.');
    }
    const endpointNo = values.endpoint === 0 ? null : values.endpoint;
    const count = await withAdmin(values.data, async (admin) =>
      admin.replayDeliveries({ deliveryNo, endpointNo }),
    );
    const what = count === 1 ? '1 notification' : `${count} notifications`;
    terminal.print(count === 0 ? 'Nothing was given up.' : `Sending ${what} again.`);
    if (json) terminal.json({ replayed: count });
    return exitCodes.ok;
  },
});
