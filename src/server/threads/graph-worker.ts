/**
 * Worker entry, started for one import: reads the stored graph and a staged file, works out the new state and
 * hands its pieces to the thread that owns the store.
 */
import { parentPort, workerData } from 'node:worker_threads';

import { must } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import { applyChanges } from '../../engine/identity/apply-changes.ts';
import { systemClock } from '../../platform/clock.ts';
import { letOthersGoFirst } from '../../platform/thread-priority.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import { createGraphScripts, loadGraph, storeGraph } from '../../service/graph-store.ts';
import { openReaderAt } from '../open-place.ts';
import { readStaging } from '../graph/staging.ts';
import type { GraphWorkerData, GraphWorkerReply, GraphWorkerRequest } from './graph-messages.ts';

letOthersGoFirst();
const port = must(parentPort, () => 'the graph worker runs in a worker thread');
const { place, stagedFile } = workerData as GraphWorkerData;
const waiting = new Map<number, { resolve: (output: unknown) => void; reject: (error: Error) => void }>();
let nextId = 1;

const send = (reply: GraphWorkerReply): void => port.postMessage(reply);

port.on('message', ({ id, ok, output, message }: GraphWorkerRequest) => {
  const call = waiting.get(id);
  waiting.delete(id);
  if (ok) call?.resolve(output);
  else call?.reject(new AppError('SERVICE_UNAVAILABLE', message));
});

/** Runs a script of the store in the thread that owns it. */
async function write(name: 'newGraphRun' | 'putGraphPiece' | 'flipGraph', input: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const id = nextId++;
    waiting.set(id, { resolve, reject });
    send({ kind: 'write', id, name, input });
  });
}

async function main(): Promise<void> {
  const reader = openReaderAt(place, createGraphScripts());
  const state = reader.readNow('graphState', {});
  const snapshot = loadGraph(
    {
      readState: () => state,
      readPieceNos: (runNo) => reader.readNow('graphPieceNos', { runNo }),
      readPiece: (runNo, pieceNo) => reader.readNow('graphPiece', { runNo, pieceNo }),
    },
    nodePrimitives,
  );
  const applied = applyChanges(snapshot, readStaging(stagedFile, nodePrimitives));
  const isChanged = applied.snapshot !== snapshot;
  if (isChanged) {
    const writer = {
      newRun: async () => (await write('newGraphRun', {})) as number,
      putPiece: async (runNo: number, pieceNo: number, bytes: Uint8Array) => {
        await write('putGraphPiece', { runNo, pieceNo, bytes });
      },
      flip: async (from: number, next: object) => {
        await write('flipGraph', { from, state: next });
      },
    };
    await storeGraph({ snapshot, state }, applied.snapshot, writer, nodePrimitives, systemClock.now());
  }
  reader.close();
  const { version, livePersonCount, entryCount } = applied.snapshot;
  const { newPersonCount, addedEntryCount, removedEntryCount } = applied;
  const change = { newPersonCount, addedEntryCount, removedEntryCount, isChanged };
  send({ kind: 'done', result: { version, personCount: livePersonCount, entryCount, ...change } });
}

main().catch((error: unknown) => {
  const isKnown = error instanceof AppError;
  const detail = error instanceof Error ? (error.stack ?? error.message) : 'unknown';
  send({
    kind: 'failed',
    code: isKnown ? error.code : 'SERVICE_UNAVAILABLE',
    message: isKnown ? error.message : 'The import could not be applied.',
    detail,
  });
});
