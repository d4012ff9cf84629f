/** The thread that delivers notifications, from when there is first something to deliver. */
import { must } from '../../base/assert.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { workerUrl } from '../../platform/worker-url.ts';
import { makeSigningKey } from '../../service/webhooks/signing-keys.ts';
import type { Store, StorePlace } from '../../store/store.ts';
import type { LeaseFence } from '../../store/writer-messages.ts';
import type { SoleWork } from '../duties.ts';
import type { Scripts } from '../scripts.ts';
import type { Secrets } from '../secrets.ts';
import { startOutsideThread, type OutsideThread } from '../threads/outside-thread.ts';
import type { WebhookWorkerData } from '../threads/webhook-messages.ts';

export interface WebhookControl extends SoleWork {
  /** Something may be deliverable. Where another process delivers, it hears of it by itself. */
  wake(): void;
  close(): Promise<void>;
}

export interface WebhookControlParts {
  readonly place: StorePlace;
  readonly store: Store<Scripts>;
  readonly secrets: Secrets;
  readonly allowNetwork: readonly string[];
  readonly log: Log;
}

/** The scripts that the thread may ask for. */
const writes = ['recordAttempts', 'moveWaiting'] as const;

export async function createWebhookControl(parts: WebhookControlParts): Promise<WebhookControl> {
  const { place, store, secrets, allowNetwork, log } = parts;
  await store.write('ensureSigningKey', { key: makeSigningKey(), nowMs: systemClock.now() });
  let thread: OutsideThread | null = null;
  let isOurs = false;
  let lease: LeaseFence | undefined;
  const start = (): OutsideThread =>
    startOutsideThread({
      url: workerUrl('../threads/webhook-worker', import.meta.url),
      name: 'webhook',
      workerData: { place, sealKey: secrets.sealKey, allowNetwork } satisfies WebhookWorkerData,
      write: async (name, input) => {
        const known = must(
          writes.find((one) => one === name),
          () => 'a script that this thread may ask for',
        );
        return store.write(known, input, lease);
      },
      log,
    });
  const wake = (): void => {
    if (!isOurs) return;
    thread ??= start();
    thread.wake();
  };
  const close = async (): Promise<void> => {
    isOurs = false;
    const ended = thread;
    thread = null;
    await ended?.close();
  };
  const look = (): void => {
    if (thread !== null) return thread.wake();
    if (!isOurs) return;
    void store.read('unfinishedDeliveries', {}).then(
      (isAny) => {
        if (isAny) wake();
      },
      () => undefined,
    );
  };
  return {
    begin: (under) => {
      isOurs = true;
      lease = under;
      look();
    },
    end: () => void close(),
    look,
    wake,
    close,
  };
}
