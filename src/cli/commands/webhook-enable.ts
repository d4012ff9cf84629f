import { UsageFault } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'webhook enable',
  summary: 'Call an address again that is called no longer',
  operands: [{ name: 'ENDPOINT', help: 'Its number, as "webhook endpoints" shows it.', example: '3' }],
  options: { data: dataOption },
  async run({ values, operands, terminal, json }) {
    const endpointNo = Number(operands[0]);
    if (!Number.isSafeInteger(endpointNo)) throw new UsageFault('ENDPOINT is a number.');
    await withAdmin(values.data, async (admin) => admin.enableWebhookEndpoint({ endpointNo }));
    terminal.print(
      `Endpoint ${endpointNo} is called again. What was given up: rollcall webhook replay --endpoint ${endpointNo}`,
    );
    if (json) terminal.json({ endpoint: endpointNo, state: 'ok' });
    return exitCodes.ok;
  },
});
