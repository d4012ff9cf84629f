import { Worker } from 'node:worker_threads';

import { AppError } from '../../base/faults.ts';
import { workerUrl } from '../../platform/worker-url.ts';
import type { GraphScripts } from '../../service/graph-store.ts';
import type { Store } from '../../store/store.ts';
import type {
  GraphApplied,
  GraphWorkerData,
  GraphWorkerReply,
  GraphWorkerRequest,
} from './graph-messages.ts';

/** Applies a staged file to the stored graph on a thread of its own; this thread only carries pieces to the store. */
export async function applyStagedGraph(
  store: Store<GraphScripts>,
  data: GraphWorkerData,
): Promise<GraphApplied> {
  const worker = new Worker(workerUrl('graph-worker', import.meta.url), { workerData: data, name: 'graph' });
  const carry = async (id: number, name: keyof GraphScripts, input: object): Promise<void> => {
    const answer = await store.write(name, input as never).then(
      (output): GraphWorkerRequest => ({ id, ok: true, output }),
      (error: Error): GraphWorkerRequest => ({ id, ok: false, message: error.message }),
    );
    worker.postMessage(answer);
  };
  try {
    return await new Promise<GraphApplied>((resolve, reject) => {
      worker.on('error', reject);
      worker.on('message', (reply: GraphWorkerReply) => {
        if (reply.kind === 'done') resolve(reply.result);
        else if (reply.kind === 'write') void carry(reply.id, reply.name, reply.input);
        else reject(new AppError(reply.code, reply.message, { cause: new Error(reply.detail) }));
      });
    });
  } finally {
    await worker.terminate();
  }
}
