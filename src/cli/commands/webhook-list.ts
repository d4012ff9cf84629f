import { choice } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import type { DeliveryView } from '../../service/webhooks/operator-scripts.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../table.ts';
import { webhookAccountOption, webhookEndpointOption } from '../webhook-options.ts';
import { timeWords } from '../time-words.ts';
import { withAdmin } from '../with-admin.ts';

const columns = [
  { title: 'delivery', align: 'right' },
  { title: 'account' },
  { title: 'endpoint', align: 'right' },
  { title: 'state' },
  { title: 'attempts', align: 'right' },
  { title: 'last answer' },
  { title: 'next attempt' },
  { title: 'task' },
] as const;

function row(view: DeliveryView): readonly string[] {
  return [
    String(view.deliveryNo),
    view.accountId,
    String(view.endpointNo),
    view.state.replace('_', ' '),
    String(view.attemptCount),
    view.lastStatus === null ? (view.lastReason ?? '').replaceAll('_', ' ') : String(view.lastStatus),
    timeWords(view.nextAttemptAt),
    view.taskId,
  ];
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function jsonOf(view: DeliveryView): object {
  return {
    delivery: view.deliveryNo,
    account_id: view.accountId,
    endpoint: view.endpointNo,
    url: view.address,
    task_id: view.taskId,
    state: view.state,
    attempts: view.attemptCount,
    last_status: view.lastStatus,
    last_reason: view.lastReason,
    created_at: iso(view.createdAt),
    released_at: iso(view.releasedAt),
    next_attempt_at: iso(view.nextAttemptAt),
    finished_at: iso(view.finishedAt),
    body_bytes: view.bodyBytes,
  };
}

export const command = defineCommand({
  name: 'webhook list',
  summary: 'List notifications to buyers, the newest first',
  options: {
    data: dataOption,
    account: webhookAccountOption,
    state: choice({
      name: 'state',
      fallback: 'any',
      setting: false,
      choices: ['any', 'held', 'armed', 'waiting', 'delivered', 'given_up'],
      help: 'Only those in this state. held, armed: the outcome is still to come; waiting: it is to be delivered.',
    }),
    endpoint: webhookEndpointOption('Only those to this endpoint, as "webhook endpoints" numbers it.'),
  },
  async run({ values, terminal, json }) {
    const filter = {
      accountId: values.account === '' ? null : values.account,
      state: values.state === 'any' ? null : values.state,
      endpointNo: values.endpoint === 0 ? null : values.endpoint,
      deliveryNo: null,
    };
    const views = await withAdmin(values.data, async (admin) => admin.listDeliveries(filter));
    if (views.length === 0)
      terminal.say('No notifications. A buyer asks for one with push_notification_config.');
    else for (const line of table(columns, views.map(row))) terminal.print(line);
    if (json) terminal.json({ deliveries: views.map(jsonOf) });
    return exitCodes.ok;
  },
});
