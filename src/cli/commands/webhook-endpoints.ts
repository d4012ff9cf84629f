import { dataOption } from '../../server/options.ts';
import type { EndpointView } from '../../service/webhooks/operator-scripts.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../table.ts';
import { webhookAccountOption } from '../webhook-options.ts';
import { timeWords } from '../time-words.ts';
import { withAdmin } from '../with-admin.ts';

const columns = [
  { title: 'endpoint', align: 'right' },
  { title: 'account' },
  { title: 'state' },
  { title: 'waiting', align: 'right' },
  { title: 'last success' },
  { title: 'failing since' },
  { title: 'address' },
] as const;

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const row = (view: EndpointView): readonly string[] => [
  String(view.endpointNo),
  view.accountId,
  view.state,
  String(view.waitingCount),
  timeWords(view.lastSuccessAt),
  timeWords(view.failingSince),
  view.address,
];

export const command = defineCommand({
  name: 'webhook endpoints',
  summary: 'Show the addresses that buyers registered, and how they are',
  options: { data: dataOption, account: webhookAccountOption },
  async run({ values, terminal, json }) {
    const accountId = values.account === '' ? null : values.account;
    const views = await withAdmin(values.data, async (admin) => admin.listWebhookEndpoints({ accountId }));
    if (views.length === 0) terminal.say('No addresses yet.');
    else for (const line of table(columns, views.map(row))) terminal.print(line);
    if (json) {
      terminal.json({
        endpoints: views.map((view) => ({
          endpoint: view.endpointNo,
          account_id: view.accountId,
          url: view.address,
          state: view.state,
          waiting: view.waitingCount,
          last_success_at: iso(view.lastSuccessAt),
          failing_since: iso(view.failingSince),
          quiet_until: iso(view.quietUntil),
        })),
      });
    }
    return exitCodes.ok;
  },
});
