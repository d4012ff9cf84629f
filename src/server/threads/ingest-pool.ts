import { Worker } from 'node:worker_threads';

import { AppError } from '../../base/faults.ts';
import { createScanMemory } from '../../engine/scan/scan-memory.ts';
import { createTokeniser } from '../../engine/token/tokeniser.ts';
import { keyedPrimitives } from '../../platform/primitives.ts';
import { workerUrl } from '../../platform/worker-url.ts';
import type { Ingest, IngestedCall } from '../../protocol/ingest.ts';
import type { IngestReply, IngestRequest, IngestWorkerData } from './ingest-messages.ts';
import { takeApart } from './take-apart.ts';

/** Bodies up to this size are taken apart where they arrive: a thread change costs more than the scan. */
const inlineBytesMax = 16 * 1024;

export interface IngestPoolOptions extends IngestWorkerData {
  readonly threadCount: number;
  /** A worker died: the process cannot keep its promises. */
  readonly fatal: (reason: string) => void;
}

export interface IngestPool extends Ingest {
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (call: IngestedCall) => void;
  readonly reject: (error: Error) => void;
}

/** The ingest threads behind the interface that the protocols see. Each body goes to the thread with the fewest. */
export function createIngestPool(options: IngestPoolOptions): IngestPool {
  const primitives = keyedPrimitives(options.fingerprintKey);
  const tokeniser = createTokeniser(options.tokenKey, primitives);
  const memory = createScanMemory(primitives);
  const threads = Array.from({ length: options.threadCount }, () => startThread(options));
  return {
    take: async (body, length, envelope) => {
      if (length <= inlineBytesMax) return takeApart(body, length, envelope, tokeniser, primitives, memory);
      const thread = threads.reduce((idlest, other) => (other.load() < idlest.load() ? other : idlest));
      return thread.take(body, length, envelope);
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

interface IngestThread extends IngestPool {
  /** Bytes waiting for this thread. */
  load(): number;
}

function startThread({ tokenKey, fingerprintKey, fatal }: IngestPoolOptions): IngestThread {
  const workerData: IngestWorkerData = { tokenKey, fingerprintKey };
  const worker = new Worker(workerUrl('ingest-worker', import.meta.url), { workerData, name: 'ingest' });
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let load = 0;
  let closing = false;
  worker.on('message', (reply: IngestReply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.ok) call?.resolve(reply.call);
    else call?.reject(new AppError('SERVICE_UNAVAILABLE', undefined, { cause: new Error(reply.reason) }));
  });
  worker.on('error', (error: Error) => fatal(`ingest thread: ${error.stack ?? error.message}`));
  worker.on('exit', () => {
    if (!closing) fatal('ingest thread ended');
  });
  return {
    load: () => load,
    take: async (body, length, envelope) => {
      const id = nextId++;
      load += length;
      try {
        return await new Promise<IngestedCall>((resolve, reject) => {
          waiting.set(id, { resolve, reject });
          worker.postMessage({ id, body, length, envelope } satisfies IngestRequest);
        });
      } finally {
        load -= length;
      }
    },
    close: async () => {
      closing = true;
      await worker.terminate();
    },
  };
}
