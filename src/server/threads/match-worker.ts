/**
 * Worker entry: holds the graph and the members of recently used audiences, folds operations and counts.
 * Requests are answered in order; merges of blocks are done in pieces while nothing else waits.
 */
import { parentPort, workerData } from 'node:worker_threads';

import { must } from '../../base/assert.ts';
import { systemClock } from '../../platform/clock.ts';
import { letOthersGoFirst } from '../../platform/thread-priority.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import { createMatchReads } from '../../service/match-scripts.ts';
import { createUserTracker } from '../../service/decisions/user-tracker.ts';
import { packUserSet } from '../../engine/decision/user-set.ts';
import { createMemberKeeper, type MergeJob } from '../../service/member-keeper.ts';
import type { MergedPiece } from '../../service/block-scripts.ts';
import { openReaderAt } from '../open-place.ts';
import { diagnoseAudience, type Diagnosis } from '../../service/forensics/diagnose-audience.ts';
import type { DiagnosisAsk } from '../../service/forensics/forensics-scripts.ts';
import { createRecipeHolder } from '../graph/recipe-holder.ts';
import { isNothingAmong } from '../../engine/forensics/nothing-tokens.ts';
import type { GraphStamp } from '../../engine/forensics/stored-recipes.ts';
import { createGraphScripts, graphStampOf, loadGraph } from '../../service/graph-store.ts';
import { emptySnapshot, indexOf } from '../../engine/identity/snapshot.ts';
import type { LoadedGraph, MatchReply, MatchRequest, MatchWorkerData } from './match-messages.ts';

letOthersGoFirst();
const port = must(parentPort, () => 'the match worker runs in a worker thread');
const data = workerData as MatchWorkerData;
const reader = openReaderAt(data.place, { ...createMatchReads(), ...createGraphScripts() });
let graph = indexOf(emptySnapshot);
let graphStamp: GraphStamp | null = null;
const recipesOf = createRecipeHolder(data.dataDir, nodePrimitives);
const isNothing = isNothingAmong(data.nothingTokens);
const keeper = createMemberKeeper({
  source: {
    readAudience: (accountNo, audienceNo) => reader.readNow('storedAudience', { accountNo, audienceNo }),
    readPiece: (accountNo, audienceNo, blockNo, pieceNo) =>
      reader.readNow('blockPiece', { accountNo, audienceNo, blockNo, pieceNo }),
  },
  graph: () => graph,
  usersMoved: (audienceNo, users, countedSeq) => tracker.moved(audienceNo, users, countedSeq),
  primitives: nodePrimitives,
  heldRowCountMax: data.heldRowCountMax,
});

const tracker = createUserTracker({
  personCount: () => graph.personCount,
  usersOf: ({ accountNo, audienceNo, countedSeq }) => keeper.usersOf(accountNo, audienceNo, countedSeq),
  tell: (news) => send({ kind: 'news', news }),
});
/** What moves within this time is told at once. */
const tellAfterMs = 20;
let tellTimer: NodeJS.Timeout | null = null;

function tellSoon(): void {
  tellTimer ??= setTimeout(tellNext, tellAfterMs);
}

/** One audience after the other, so that folds come between. */
function tellNext(): void {
  tellTimer = null;
  if (tracker.tellOne()) setImmediate(tellNext);
}

function loadStoredGraph(): LoadedGraph {
  const state = reader.readNow('graphState', {});
  const snapshot = loadGraph(
    {
      readState: () => state,
      readPieceNos: (runNo) => reader.readNow('graphPieceNos', { runNo }),
      readPiece: (runNo, pieceNo) => reader.readNow('graphPiece', { runNo, pieceNo }),
    },
    nodePrimitives,
  );
  graph = indexOf(snapshot);
  graphStamp = graphStampOf(state);
  const { version, livePersonCount: personCount, entryCount } = snapshot;
  return { facts: { version, personCount, entryCount, memoryBytes: graph.memoryBytes }, snapshot };
}

/** Audiences that were folded since they were last looked at for merging. */
const untidy = new Map<number, number>();
let merging: {
  readonly id: number;
  readonly job: MergeJob;
  readonly pieces: MergedPiece[];
  sent: boolean;
} | null = null;
let nextMergeId = 1;

const send = (reply: MatchReply): void => port.postMessage(reply);

port.on('message', (request: MatchRequest) => {
  try {
    handle(request);
  } catch (error) {
    const reason =
      error instanceof Error ? String((error.cause as Error | undefined)?.stack ?? error.stack) : 'unknown';
    if ('id' in request) send({ kind: 'failed', id: request.id, reason });
  }
});

function handle(request: MatchRequest): void {
  switch (request.kind) {
    case 'fold':
      send({ kind: 'fold', id: request.id, output: keeper.fold(request.input) });
      tellSoon();
      untidy.set(request.input.audienceNo, request.input.accountNo);
      lastFold = {
        accountNo: request.input.accountNo,
        audienceNo: request.input.audienceNo,
        at: systemClock.monotonic(),
      };
      setImmediate(tidy);
      return;
    case 'rematch':
      send({ kind: 'rematch', id: request.id, output: keeper.rematch(request.input) });
      tellSoon();
      return;
    case 'forget':
      keeper.forget(request.audienceNo);
      tracker.dropped(request.audienceNo);
      tellSoon();
      return;
    case 'confirm':
      keeper.confirm(request.audienceNo, request.opSeq);
      // Only now may it be merged.
      untidy.set(request.audienceNo, request.accountNo);
      setImmediate(tidy);
      return;
    case 'usersOf': {
      const { accountNo, audienceNo, countedSeq } = request.input;
      const found = keeper.usersOf(accountNo, audienceNo, countedSeq);
      const output = found === null ? null : packUserSet(found.users).memory;
      send({ kind: 'usersOf', id: request.id, output });
      return;
    }
    case 'diagnose':
      send({ kind: 'diagnose', id: request.id, output: diagnose(request.input) });
      return;
    case 'track':
      tracker.track(request.names);
      tellSoon();
      return;
    case 'reloadGraph':
      send({ kind: 'reloadGraph', id: request.id, output: loadStoredGraph() });
      tracker.graphMoved();
      tellSoon();
      return;
    case 'merged':
      if (merging?.id === request.mergeId) {
        if (request.end === 'replaced') merging.job.adopt();
        else if (request.end === 'moved') keeper.forget(merging.job.audienceNo);
        merging = null;
        setImmediate(tidy);
      }
      return;
  }
}

function diagnose({ accountNo, audienceNo, countedSeq, minimumSize }: DiagnosisAsk): Diagnosis | null {
  const members = keeper.membersOf(accountNo, audienceNo, countedSeq);
  if (members === null) return null;
  return diagnoseAudience(members, minimumSize, { index: recipesOf(graphStamp), graph, isNothing });
}

/** One step of the merge under way, or the start of the next one. */
function tidy(): void {
  if (merging === null) {
    const next = nextJob();
    if (next === null) return;
    merging = { id: nextMergeId++, job: next, pieces: [], sent: false };
  }
  if (merging.sent) return;
  const piece = merging.job.next();
  if (piece !== null) {
    merging.pieces.push(piece);
    setImmediate(tidy);
    return;
  }
  const { accountNo, audienceNo, blocks } = merging.job;
  const merge = { accountNo, audienceNo, blocks, pieces: merging.pieces };
  merging.sent = true;
  send({ kind: 'merge', mergeId: merging.id, merge });
}

/** Merging of small blocks waits until folds have stopped for this long. */
const quietMsMin = 50;
let lastFold: { readonly accountNo: number; readonly audienceNo: number; readonly at: number } | null = null;
let quietTimer: NodeJS.Timeout | null = null;

function nextJob(): MergeJob | null {
  if (lastFold !== null && systemClock.monotonic() - lastFold.at < quietMsMin) {
    quietTimer ??= setTimeout(() => {
      quietTimer = null;
      tidy();
    }, quietMsMin);
    return keeper.planMerge(lastFold.accountNo, lastFold.audienceNo, true);
  }
  for (const [audienceNo, accountNo] of untidy) {
    const job = keeper.planMerge(accountNo, audienceNo, false);
    if (job !== null) return job;
    untidy.delete(audienceNo);
  }
  return null;
}

send({ kind: 'ready', graph: loadStoredGraph() });
