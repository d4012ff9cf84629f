/** The program's scripts and one more: a notification that is promised and released at once, as a sync's two transactions do. */
import { createSealer } from '../../src/service/seal.ts';
import { createOutbox } from '../../src/service/webhooks/outbox.ts';
import { createScripts, type ScriptSettings } from '../../src/server/scripts.ts';
import { encodeNotification } from '../../src/server/encode-notification.ts';
import { all, type Script } from '../../src/store/script.ts';

export interface NewNotification {
  readonly taskId: string;
  readonly eventKey: string;
  readonly url: string;
}

export interface DeliveryCount {
  readonly state: string;
  readonly count: number;
  /** Of those that are over: from the outcome to the end. */
  readonly longestMs: number | null;
  readonly attempts: number;
}

export function createOutboxScripts(settings: ScriptSettings) {
  const sealer = createSealer(settings.sealKey);
  const outbox = createOutbox(sealer, encodeNotification);
  return {
    ...createScripts(settings),
    *notify(input: { readonly nowMs: number; readonly events: readonly NewNotification[] }): Script<number> {
      const { nowMs } = input;
      for (const { taskId, eventKey, url } of input.events) {
        const registration = {
          ...{ shape: 'adcp' as const, url, operationId: `op-${taskId}`, token: null, authentication: null },
          ...{ eventKey, accountId: 'acct_hooks' },
        };
        const addressHash = Buffer.alloc(32, url);
        const accountNo = 1;
        // Every tenth address is another caller's, so that turns matter.
        const principalNo = 1 + (Number(/(\d+)$/.exec(url)?.[1]) % 10);
        yield* outbox.promise({ accountNo, principalNo, taskId, nowMs, addressHash, registration }, true);
        const task = { accountNo, taskId, taskType: 'sync_audiences' as const, generation: '3.1' };
        yield* outbox.release(
          { ...task, context: null, hasWebhook: 1 },
          {
            status: 'completed',
            outcome: { kind: 'answered', sandbox: false, audiences: [] },
            namedCount: 0,
          },
          nowMs,
        );
      }
      return input.events.length;
    },
    *deliveryCounts(_: object): Script<readonly DeliveryCount[]> {
      return yield* all<DeliveryCount>(`SELECT state, count(*) AS count, max(finished_at - released_at) AS longestMs,
        sum(attempt_count) AS attempts FROM webhook_delivery GROUP BY state ORDER BY state`);
    },
    *releasedCount(_: object): Script<number> {
      const [row] = yield* all<{ count: number }>('SELECT count(*) AS count FROM webhook_delivery');
      return row?.count ?? 0;
    },
  };
}
