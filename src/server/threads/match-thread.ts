import { Worker } from 'node:worker_threads';

import { AppError } from '../../base/faults.ts';
import { emptySnapshot, type GraphSnapshot } from '../../engine/identity/snapshot.ts';
import { workerUrl } from '../../platform/worker-url.ts';
import type { TrackedName, UserNews } from '../../service/decisions/user-tracker.ts';
import type { Diagnosis } from '../../service/forensics/diagnose-audience.ts';
import type { DiagnosisAsk } from '../../service/forensics/forensics-scripts.ts';
import type { Matcher } from '../../service/matching.ts';
import type { ReplaceEnd } from '../../service/block-scripts.ts';
import type { MergedBlock } from '../../service/replace-blocks.ts';
import type { GraphFacts, LoadedGraph, MatchReply, MatchRequest, MatchWorkerData } from './match-messages.ts';

export interface MatchThreadOptions extends MatchWorkerData {
  /** Stores the result of a merge. */
  readonly storeMerge: (merge: MergedBlock) => Promise<ReplaceEnd>;
  readonly fatal: (reason: string) => void;
  /** Users of tracked audiences moved. */
  readonly heard?: (news: UserNews) => void;
}

export interface MatchThread extends Matcher {
  /** Reads the stored graph again; the counts of audiences are not touched. */
  reloadGraph(): Promise<GraphFacts>;
  graphFacts(): GraphFacts;
  /** The graph that was loaded last, for look-ups in any thread. */
  snapshot(): GraphSnapshot;
  /** The users of an audience as of now, as the memory of a UserSet; null: it is gone. A scan of its members. */
  usersOf(audience: TrackedName): Promise<SharedArrayBuffer | null>;
  /** What the hashes of an audience look like; null: it is gone. A scan of its members, unless it matches well. */
  diagnose(ask: DiagnosisAsk): Promise<Diagnosis | null>;
  /** Tells of the users of these audiences from now on, whenever they move, and of no others. */
  track(names: readonly TrackedName[]): void;
  close(): Promise<void>;
}

const noGraph: LoadedGraph = {
  facts: { version: 0, personCount: 0, entryCount: 0, memoryBytes: 0 },
  snapshot: emptySnapshot,
};

interface Waiting {
  readonly resolve: (output: never) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the matching thread; resolves when it has loaded the graph. */
export async function startMatchThread(options: MatchThreadOptions): Promise<MatchThread> {
  const { storeMerge, fatal, heard, ...data } = options;
  const workerData: MatchWorkerData = data;
  const worker = new Worker(workerUrl('match-worker', import.meta.url), { workerData, name: 'match' });
  const waiting = new Map<number, Waiting>();
  let closing = false;
  let nextId = 1;
  let graph: LoadedGraph = noGraph;
  const post = (request: MatchRequest): void => worker.postMessage(request);
  const ask = async <T>(request: (id: number) => MatchRequest): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      post(request(id));
    });
  const merge = async (mergeId: number, stored: MergedBlock): Promise<void> => {
    // A merge that cannot be stored is only untidy: the blocks it was made from are still there.
    // What is there is looked at before the next one.
    const end = await storeMerge(stored).catch((): ReplaceEnd => 'moved');
    if (!closing) post({ kind: 'merged', mergeId, end });
  };
  worker.on('error', (error: Error) => fatal(`match thread: ${error.stack ?? error.message}`));
  worker.on('exit', () => {
    if (!closing) fatal('match thread ended');
  });
  await new Promise<void>((resolve) => {
    worker.on('message', (reply: MatchReply) => {
      if (reply.kind === 'ready') {
        graph = reply.graph;
        resolve();
      } else if (reply.kind === 'news') {
        heard?.(reply.news);
      } else if (reply.kind === 'merge') {
        void merge(reply.mergeId, reply.merge);
      } else {
        settle(waiting, reply);
      }
    });
  });
  return {
    fold: async (input) => ask((id) => ({ kind: 'fold', id, input })),
    rematch: async (input) => ask((id) => ({ kind: 'rematch', id, input })),
    forget: (audienceNo) => post({ kind: 'forget', audienceNo }),
    confirm: ({ accountNo, audienceNo, opSeq }) => post({ kind: 'confirm', accountNo, audienceNo, opSeq }),
    reloadGraph: async () => {
      graph = await ask<LoadedGraph>((id) => ({ kind: 'reloadGraph', id }));
      return graph.facts;
    },
    graphFacts: () => graph.facts,
    snapshot: () => graph.snapshot,
    usersOf: async (input) => ask((id) => ({ kind: 'usersOf', id, input })),
    diagnose: async (input) => ask((id) => ({ kind: 'diagnose', id, input })),
    track: (names) => post({ kind: 'track', names }),
    close: async () => {
      closing = true;
      await worker.terminate();
    },
  };
}

function settle(
  waiting: Map<number, Waiting>,
  reply: Exclude<MatchReply, { kind: 'ready' | 'merge' | 'news' }>,
): void {
  const call = waiting.get(reply.id);
  waiting.delete(reply.id);
  if (reply.kind === 'failed') {
    call?.reject(new AppError('SERVICE_UNAVAILABLE', undefined, { cause: new Error(reply.reason) }));
  } else {
    call?.resolve(reply.output as never);
  }
}
