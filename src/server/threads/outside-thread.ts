import { Worker } from 'node:worker_threads';

import type { Log } from '../../platform/log.ts';
import type { FromOutside, ToOutside } from './outside-messages.ts';

export interface OutsideThreadOptions {
  readonly url: URL;
  readonly name: string;
  readonly workerData: object;
  /** Runs one of the scripts that the thread may ask for. */
  readonly write: (name: string, input: never) => Promise<unknown>;
  readonly log: Log;
}

/** A thread that speaks to strangers: what ends it must not end the server. */
export interface OutsideThread {
  wake(): void;
  /** What is under way ends as in a crash, and is taken up at the next start. */
  close(): Promise<void>;
}

/** A thread that ended is started again after this long: it does nothing that cannot be taken up. */
const restartMs = 5_000;

/** Starts it, and again when it ends. This one only carries its writes to the store. */
export function startOutsideThread(options: OutsideThreadOptions): OutsideThread {
  const { url, name, workerData, write, log } = options;
  let worker: Worker | null = null;
  let isClosing = false;
  let restart: NodeJS.Timeout | undefined;

  const carry = async (from: Worker, message: Extract<FromOutside, { kind: 'write' }>): Promise<void> => {
    const { id } = message;
    const answer = await write(message.name, message.input).then(
      (output): ToOutside => ({ kind: 'written', id, ok: true, output }),
      (): ToOutside => ({ kind: 'written', id, ok: false }),
    );
    if (from === worker) from.postMessage(answer);
  };
  const start = (): void => {
    const started = new Worker(url, { workerData, name });
    worker = started;
    started.on('message', (message: FromOutside) => {
      if (message.kind === 'write') void carry(started, message);
      else log(message.level, message.event, message.fields);
    });
    started.on('error', (error: Error) =>
      log('error', 'thread_fault', { thread: name, error_name: error.name }),
    );
    started.on('exit', () => {
      worker = null;
      if (!isClosing) restart = setTimeout(start, restartMs);
    });
  };
  start();
  return {
    wake: () => worker?.postMessage({ kind: 'wake' } satisfies ToOutside),
    close: async () => {
      isClosing = true;
      clearTimeout(restart);
      await worker?.terminate();
    },
  };
}
