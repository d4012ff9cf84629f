import { parentPort, workerData } from 'node:worker_threads';

import { must } from '../../base/assert.ts';
import type { PreparedBlock } from './people-batch.ts';
import { prepareBlock } from './prepare-block.ts';
import type { PreparePlan } from './prepare-plan.ts';

/** The body of a preparing thread: a block in, its people out, in order, without copying either way. */
const port = must(parentPort, () => 'this file is the body of a thread');
const plan = workerData as PreparePlan;

port.on('message', (block: Uint8Array<ArrayBuffer>) => {
  const prepared = prepareBlock(Buffer.from(block.buffer, block.byteOffset, block.byteLength), plan);
  port.postMessage(prepared, buffersOf(prepared));
});

/** The memory behind the large columns; each column has its own. */
function buffersOf({ people }: PreparedBlock): ArrayBuffer[] {
  const columns = [
    people.rowFaults,
    people.externalIdStart,
    people.externalIdBytes,
    people.identifierStart,
    people.identifierType,
    people.identifierDigest,
    people.uidValueStart,
    people.uidValueBytes,
    ...(people.foreign === null
      ? []
      : [people.foreign.start, people.foreign.recipe, people.foreign.type, people.foreign.digest]),
  ];
  return columns.map((column) => column.buffer as ArrayBuffer);
}
