import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { MessageChannel, Worker } from 'node:worker_threads';

import { awaitReply } from './sync-reader.ts';

/** A thread that does what it is told: wakes without an answer, answers late, or answers. */
const thread = `
  const { workerData, parentPort } = require('node:worker_threads');
  const { port, signal, steps } = workerData;
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  (async () => {
    for (const { afterMs, no } of steps) {
      await sleep(afterMs);
      if (no !== undefined) {
        port.postMessage({ no, ok: true, result: { rows: [{ no }], changes: 0 } });
        Atomics.store(signal, 0, 1);
      }
      Atomics.notify(signal, 0);
    }
    parentPort.postMessage('done');
  })();
`;

interface Step {
  readonly afterMs: number;
  /** Absent: it only wakes. */
  readonly no?: number;
}

async function begin(steps: readonly Step[]) {
  const { port1: port, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { port: port2, signal, steps };
  const worker = new Worker(thread, { eval: true, workerData, transferList: [port2] });
  await once(worker, 'online');
  const end = async (): Promise<void> => {
    port.close();
    await worker.terminate();
  };
  return { port, signal, end };
}

describe('awaitReply', () => {
  test('a wake that is left over from the answer before is none', async () => {
    const { port, signal, end } = await begin([{ afterMs: 50 }, { afterMs: 50 }, { afterMs: 50, no: 1 }]);
    assert.equal(awaitReply(port, signal, 1, 10_000)?.no, 1);
    await end();
  });

  test('an answer to what was given up is never taken for that of another request', async () => {
    const steps = [
      { afterMs: 300, no: 1 },
      { afterMs: 50, no: 2 },
      { afterMs: 50, no: 3 },
    ];
    const { port, signal, end } = await begin(steps);
    assert.equal(awaitReply(port, signal, 1, 1), null);
    assert.equal(awaitReply(port, signal, 2, 10_000)?.no, 2);
    assert.equal(awaitReply(port, signal, 3, 10_000)?.no, 3);
    await end();
  });

  test('what was answered before anybody waited is there at once', async () => {
    const { port, signal, end } = await begin([{ afterMs: 0, no: 1 }]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(awaitReply(port, signal, 1, 1)?.no, 1);
    await end();
  });
});
