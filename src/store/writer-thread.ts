/** The thread that writes, seen from the one that asks it to: whichever database it writes to. */
import { Worker } from 'node:worker_threads';

import { AppError } from '../base/faults.ts';
import { createErasures } from './erasures.ts';
import { classifyError, type StoreTrace } from './wire-fault.ts';
import { createWriteQueue, queueBounds, type QueueBounds, type WriteQueue } from './write-queue.ts';
import type { StorePlace } from './store.ts';
import type { Fence, FromWriter, LeaseFence, ToWriter, WriterSetup } from './writer-messages.ts';

export interface WriterThreadOptions {
  /** The entry file of the writer thread: it calls `runStoreWorker` with the same scripts. */
  readonly workerUrl: URL;
  /** Handed to the entry file as `workerData.settings`: what it makes its scripts with. */
  readonly workerSettings?: unknown;
  /** Told of errors that callers are told nothing of. */
  readonly log?: (trace: StoreTrace) => void;
  /**
   * The database or its disk can no longer be trusted (an I/O error, a failed fsync, damage, a dead
   * writer). Every later write is refused. The process must end and start again: only opening the
   * database anew shows what is really on disk.
   */
  readonly fatal: (reason: string) => void;
  /** For tests. */
  readonly bounds?: QueueBounds;
}

export interface WriterThread {
  /** Refused as soon as the thread is closing or has stopped. */
  write(name: string, input: unknown, lease?: LeaseFence): Promise<unknown>;
  eraseDeleted(): Promise<void>;
  /** See `ToWriter`. */
  fence(fence: Fence): void;
  /** Whether writes are taken. */
  isOpen(): boolean;
  /** Resolves when everything that was asked for is written and the thread has ended. */
  close(): Promise<void>;
}

/** Resolves when the writer has opened the database with every setting asserted. */
async function startWriter(
  options: Pick<WriterThreadOptions, 'workerUrl' | 'workerSettings'>,
  place: StorePlace,
): Promise<Worker> {
  const settings = options.workerSettings;
  const setup: WriterSetup = { rollcallStoreWriter: true, place, settings };
  const worker = new Worker(options.workerUrl, { workerData: setup, name: 'store-writer' });
  const refusal = await new Promise<string | null>((resolve) => {
    worker.once('message', (message: FromWriter) => {
      if (message.kind === 'ready') resolve(null);
      else resolve(message.kind === 'cannot_open' ? message.message : 'unexpected answer');
    });
    worker.once('error', (error) => resolve(error instanceof Error ? error.message : 'error'));
    worker.once('exit', () => resolve('it ended'));
  });
  if (refusal === null) {
    worker.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit');
    return worker;
  }
  await worker.terminate();
  throw new AppError('CONFIGURATION_ERROR', `The store’s writer did not start: ${refusal}`);
}

async function enter(
  queue: WriteQueue,
  post: (message: ToWriter) => void,
  {
    name,
    input,
    lease,
  }: { readonly name: string; readonly input: unknown; readonly lease?: LeaseFence | undefined },
): Promise<unknown> {
  const { id, answer } = queue.enter(input);
  try {
    post({ kind: 'write', id, name, input, ...(lease === undefined ? {} : { lease }) });
  } catch (error) {
    // An input that cannot be cloned is a bug of the caller; it must not leave a write that waits for ever.
    queue.settle({ id, ok: false, fault: classifyError(error).fault });
  }
  return answer;
}

export async function startWriterThread(
  options: WriterThreadOptions,
  place: StorePlace,
): Promise<WriterThread> {
  const worker = await startWriter(options, place);
  const queue = createWriteQueue(options.bounds ?? queueBounds);
  let state: 'open' | 'closing' | 'stopped' = 'open';
  const post = (message: ToWriter): void => worker.postMessage(message);
  const erasures = createErasures((id) => post({ kind: 'erase', id }));
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));

  const abandon = (): void => {
    queue.abandon();
    erasures.abandon();
  };
  const stop = (reason: string): void => {
    abandon();
    if (state === 'stopped') return;
    state = 'stopped';
    options.fatal(reason);
  };
  worker.on('message', (message: FromWriter) => {
    if (message.kind === 'group') {
      for (const trace of message.traces) options.log?.(trace);
      // What was written before word of the stop came is already refused: see abandon.
      if (state !== 'stopped') for (const reply of message.replies) queue.settle(reply);
    } else if (message.kind === 'erased') {
      erasures.settle(message.id, message.done);
    } else if (message.kind === 'stopped') {
      stop(
        message.reason ??
          'The database or its disk failed; nothing is written until the server starts again.',
      );
    }
  });
  worker.on('error', () => stop('The store’s writer failed.'));
  worker.on('exit', () => {
    if (state === 'open') stop('The store’s writer ended.');
    else abandon();
  });

  return {
    isOpen: () => state === 'open',
    fence: (fence) => post({ kind: 'fence', fence }),
    async write(name, input, lease) {
      if (state !== 'open') throw new AppError('SERVICE_UNAVAILABLE');
      return enter(queue, post, { name, input, lease });
    },
    eraseDeleted: async () => erasures.run(() => state === 'open'),
    async close() {
      if (state === 'open') state = 'closing';
      post({ kind: 'close' });
      await ended;
    },
  };
}
