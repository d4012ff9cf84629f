import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { workerUrl } from '../worker-url.ts';

/** The thread that moves the log into the database beside the commits. */
export interface CheckpointThread {
  start(): void;
  /** Resolves when its connection is closed. */
  close(): Promise<void>;
}

/** `done` is called once for each `start`, in a later turn. A thread that fails is not replaced: the writer's own checkpoints remain. */
export function startCheckpointThread(databaseFile: string, done: () => void): CheckpointThread {
  const worker = new Worker(workerUrl('checkpoint-worker', import.meta.url), {
    workerData: { databaseFile },
    name: 'store-checkpoint',
  });
  const ended = once(worker, 'exit');
  worker.on('message', done);
  worker.on('error', done);
  return {
    start: () => worker.postMessage('checkpoint'),
    async close() {
      worker.removeListener('message', done);
      worker.postMessage('close');
      await ended;
    },
  };
}
