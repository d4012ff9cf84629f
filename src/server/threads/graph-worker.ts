/**
 * Worker entry, started for one import: reads the stored graph and a staged file, works out the new state and
 * hands its pieces to the thread that owns the store.
 */
import { parentPort, workerData } from 'node:worker_threads';

import { must } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import { applyRecipes, emptyRecipeIndex, type RecipeIndex } from '../../engine/forensics/recipe-index.ts';
import type { GraphStamp } from '../../engine/forensics/stored-recipes.ts';
import { applyChanges } from '../../engine/identity/apply-changes.ts';
import { systemClock } from '../../platform/clock.ts';
import { letOthersGoFirst } from '../../platform/thread-priority.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import type { GraphSnapshot } from '../../engine/identity/snapshot.ts';
import { createGraphScripts, graphStampOf, loadGraph, storeGraph } from '../../service/graph-store.ts';
import { openReaderAt } from '../open-place.ts';
import { readRecipes, settleRecipes, writeNextRecipes } from '../graph/recipe-file.ts';
import { readStaging, type StagedChanges } from '../graph/staging.ts';
import type { GraphWorkerData, GraphWorkerReply, GraphWorkerRequest } from './graph-messages.ts';

letOthersGoFirst();
const port = must(parentPort, () => 'the graph worker runs in a worker thread');
const { place, stagedFile, dataDir } = workerData as GraphWorkerData;
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
  const staged = readStaging(stagedFile, nodePrimitives);
  const applied = applyChanges(snapshot, staged);
  const isChanged = applied.snapshot !== snapshot;
  const nowMs = systemClock.now();
  const stamp = graphStampOf(state);
  const { version, livePersonCount, entryCount, personCount } = applied.snapshot;
  const nextStamp = isChanged ? { version, personCount, updatedAtMs: nowMs } : stamp;
  const recipes = nextRecipes({ staged, before: snapshot, after: applied.snapshot, stamp, nextStamp });
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
    await storeGraph({ snapshot, state }, applied.snapshot, writer, nodePrimitives, nowMs);
  }
  settleRecipes(dataDir, nextStamp);
  reader.close();
  const { newPersonCount, addedEntryCount, removedEntryCount } = applied;
  const change = { newPersonCount, addedEntryCount, removedEntryCount, isChanged };
  const facts =
    recipes === null ? null : { entryCount: recipes.run.entryCount, sampleBits: recipes.sampleBits };
  send({
    kind: 'done',
    result: { version, personCount: livePersonCount, entryCount, ...change, recipes: facts },
  });
}

/** Works out the recipe index of the graph to come and writes it beside the present one. Null: there is none. */
function nextRecipes(step: {
  readonly staged: StagedChanges;
  readonly before: GraphSnapshot;
  readonly after: GraphSnapshot;
  readonly stamp: GraphStamp | null;
  readonly nextStamp: GraphStamp | null;
}): RecipeIndex | null {
  const { staged, stamp, nextStamp } = step;
  settleRecipes(dataDir, stamp);
  const before = readRecipes(dataDir, stamp, nodePrimitives);
  if ((before === null && staged.recipes === null) || nextStamp === null) return null;
  const index = applyRecipes({
    before: before ?? emptyRecipeIndex,
    changes: staged,
    staged: staged.recipes,
    graphBefore: step.before,
    graphAfter: step.after,
  });
  const isSame = index === before && step.before === step.after;
  if (!isSame) writeNextRecipes(dataDir, index, nextStamp, nodePrimitives);
  return index;
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
