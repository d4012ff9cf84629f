/** Callers that upload without a pause, in a thread of their own, so that they do not hold up whoever measures something else. */
import { parentPort, workerData } from 'node:worker_threads';

import { upload } from './context.ts';
import { syncBody } from './members.ts';
import type { BenchServer } from './servers.ts';
import { accountId } from './world.ts';

export interface UploadWork {
  /** Of the server: `sink` takes a body and says nothing of members. */
  readonly name: string;
  readonly url: string;
  readonly key: string;
  readonly callers: number;
  readonly members: number;
}

const { name, url, key, callers, members } = workerData as UploadWork;
// Only its name and address are asked of it.
const server = { name, url, log: () => '' } as BenchServer;
let isOver = false;
let calls = 0;
parentPort?.on('message', () => (isOver = true));
await Promise.all(
  Array.from({ length: callers }, async (_, no) => {
    const body = syncBody({ accountId, ranges: [{ first: 0, count: members }], seed: `decide ${no}` });
    while (!isOver) {
      await upload(server, key, body, `upload${no}`);
      calls++;
    }
  }),
);
parentPort?.postMessage(calls);
parentPort?.close();
