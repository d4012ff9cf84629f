/** Worker entry: takes request bodies apart, so that members never touch the thread that serves sockets. */
import { parentPort, workerData } from 'node:worker_threads';

import { must } from '../../base/assert.ts';
import { createScanMemory } from '../../engine/scan/scan-memory.ts';
import { createTokeniser } from '../../engine/token/tokeniser.ts';
import { collectYoung } from '../../platform/collect-young.ts';
import { letOthersGoFirst } from '../../platform/thread-priority.ts';
import { keyedPrimitives } from '../../platform/primitives.ts';
import type { IngestReply, IngestRequest, IngestWorkerData } from './ingest-messages.ts';
import { takeApart } from './take-apart.ts';

letOthersGoFirst();
const port = must(parentPort, () => 'the ingest worker runs in a worker thread');
const { tokenKey, fingerprintKey, forwards } = workerData as IngestWorkerData;
const primitives = keyedPrimitives(fingerprintKey);
const tokeniser = createTokeniser(tokenKey, primitives);
const memory = createScanMemory(primitives);
/** Columns and tokens of this many bytes of bodies may lie around before they are swept up. */
const sweepBytes = 16 * 1024 * 1024;
let spentBytes = 0;

port.on('message', ({ id, body, length, envelope }: IngestRequest) => {
  const reply = answer(id, body, length, envelope);
  port.postMessage(reply);
  spentBytes += length;
  if (spentBytes < sweepBytes) return;
  spentBytes = 0;
  collectYoung();
});

function answer(
  id: number,
  body: Uint8Array,
  length: number,
  envelope: IngestRequest['envelope'],
): IngestReply {
  try {
    const isOn = Atomics.load(forwards, 0) !== 0;
    return { id, ok: true, call: takeApart(body, length, envelope, tokeniser, primitives, memory, isOn) };
  } catch (error) {
    return { id, ok: false, reason: error instanceof Error ? (error.stack ?? error.message) : 'unknown' };
  }
}
