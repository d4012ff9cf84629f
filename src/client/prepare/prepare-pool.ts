import { Worker } from 'node:worker_threads';

import { assert } from '../../base/assert.ts';
import { workerUrl } from '../../platform/worker-url.ts';
import { clientLimits } from '../client-limits.ts';
import type { PreparedBlock } from './people-batch.ts';
import { prepareBlock } from './prepare-block.ts';
import type { PreparePlan } from './prepare-plan.ts';

/** Prepares blocks, several at once. */
export interface PreparePool {
  /** Blocks that may be under way at once; a caller hands in no more. */
  readonly capacity: number;
  /** Takes the block's memory. Rejects when a thread dies. */
  prepare(block: Uint8Array<ArrayBuffer>): Promise<PreparedBlock>;
  close(): Promise<void>;
}

/** `threadCount` 0 prepares in place, which is quicker for files of a block or two. */
export function openPreparePool(plan: PreparePlan, threadCount: number): PreparePool {
  assert(threadCount <= clientLimits.threadCountMax, () => 'too many preparing threads');
  if (threadCount === 0) {
    return {
      capacity: 1,
      prepare: (block) => Promise.resolve(prepareBlock(Buffer.from(block.buffer), plan)),
      close: () => Promise.resolve(),
    };
  }
  const threads = Array.from({ length: threadCount }, () => openThread(plan));
  return {
    capacity: threadCount * clientLimits.blocksInFlightPerThread,
    prepare: (block) =>
      threads.reduce((a, b) => (b.waitingCount() < a.waitingCount() ? b : a)).prepare(block),
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

interface Thread {
  waitingCount(): number;
  prepare(block: Uint8Array<ArrayBuffer>): Promise<PreparedBlock>;
  close(): Promise<void>;
}

interface Waiter {
  resolve(block: PreparedBlock): void;
  reject(error: Error): void;
}

function openThread(plan: PreparePlan): Thread {
  const worker = new Worker(workerUrl('prepare-thread', import.meta.url), { workerData: plan });
  const waiters: Waiter[] = [];
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    for (const waiter of waiters.splice(0)) waiter.reject(failure);
  };
  worker.on('message', (prepared: PreparedBlock) => waiters.shift()?.resolve(prepared));
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('a preparing thread ended')));
  return {
    waitingCount: () => waiters.length,
    prepare: (block) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        waiters.push({ resolve, reject });
        worker.postMessage(block, [block.buffer]);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}
