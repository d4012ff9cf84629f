import { Worker } from 'node:worker_threads';

import { AppError } from '../../base/faults.ts';
import { workerUrl } from '../../platform/worker-url.ts';
import type { VerifyReport, VerifyWorkerData, VerifyWorkerReply } from './verify-messages.ts';

export interface Verification {
  /** Members read so far, and those that were counted. */
  progress(): { readonly done: number; readonly total: number };
  readonly report: Promise<VerifyReport>;
  /** Nothing is left behind: it only reads. */
  stop(): void;
}

/** Verifies what a store holds on a thread of its own. */
export function startVerification(data: VerifyWorkerData): Verification {
  const worker = new Worker(workerUrl('verify-worker', import.meta.url), {
    workerData: data,
    name: 'verify',
  });
  let progress = { done: 0, total: 0 };
  const unavailable = (reason: string): AppError =>
    new AppError('SERVICE_UNAVAILABLE', 'The verification was broken off; try again.', {
      cause: new Error(reason),
    });
  const report = new Promise<VerifyReport>((resolve, reject) => {
    worker.on('message', (reply: VerifyWorkerReply) => {
      if (reply.kind === 'progress') progress = reply;
      else if (reply.kind === 'done') resolve(reply.report);
      else reject(unavailable(reply.reason));
    });
    worker.on('error', (error: Error) => reject(unavailable(error.stack ?? error.message)));
    worker.on('exit', () => reject(unavailable('the thread ended')));
  });
  // Whoever asks for it hears of it.
  report.catch(() => undefined);
  return { progress: () => progress, report, stop: () => void worker.terminate() };
}
