import { Worker } from 'node:worker_threads';

import type { Log } from '../../platform/log.ts';
import { workerUrl } from '../../platform/worker-url.ts';
import type { SyndicationScripts } from '../../service/syndication/syndication-scripts.ts';
import type { Store } from '../../store/store.ts';
import type { FromSyndication, SyndicationWorkerData, ToSyndication } from './syndication-messages.ts';

export interface SyndicationThreadOptions extends SyndicationWorkerData {
  readonly store: Store<SyndicationScripts>;
  readonly log: Log;
}

export interface SyndicationThread {
  wake(): void;
  /** What is under way ends as in a crash, and is taken up at the next start. */
  close(): Promise<void>;
}

/** A thread that ended is started again after this long: it does nothing that cannot be taken up. */
const restartMs = 5_000;

/** The thread that pushes. This one only carries its writes to the store. */
export function startSyndicationThread({ store, log, ...data }: SyndicationThreadOptions): SyndicationThread {
  const workerData: SyndicationWorkerData = data;
  let worker: Worker | null = null;
  let isClosing = false;
  let restart: NodeJS.Timeout | undefined;

  const carry = async (
    from: Worker,
    { id, name, input }: Extract<FromSyndication, { kind: 'write' }>,
  ): Promise<void> => {
    const answer = await store.write(name, input).then(
      (output): ToSyndication => ({ kind: 'written', id, ok: true, output }),
      (): ToSyndication => ({ kind: 'written', id, ok: false }),
    );
    if (from === worker) from.postMessage(answer);
  };
  const start = (): void => {
    const started = new Worker(workerUrl('syndication-worker', import.meta.url), {
      workerData,
      name: 'syndication',
    });
    worker = started;
    started.on('message', (message: FromSyndication) => {
      if (message.kind === 'write') void carry(started, message);
      else log(message.level, message.event, message.fields);
    });
    // Its code includes a client of others, which talks to strangers: what ends it must not end the server.
    started.on('error', (error: Error) => log('error', 'push_thread_fault', { error_name: error.name }));
    started.on('exit', () => {
      worker = null;
      if (!isClosing) restart = setTimeout(start, restartMs);
    });
  };
  start();
  return {
    wake: () => worker?.postMessage({ kind: 'wake' } satisfies ToSyndication),
    close: async () => {
      isClosing = true;
      clearTimeout(restart);
      await worker?.terminate();
    },
  };
}
