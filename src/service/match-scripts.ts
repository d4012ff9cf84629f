/** The transactions around matching: what is left to do, what the matcher reads, what it found. */
import { AppError } from '../base/faults.ts';
import {
  audiencesCountedElsewhere,
  countAudience,
  liveAudienceByNo,
  memberDigestOf,
  type AudienceRow,
} from '../store/audience-rows.ts';
import {
  blockPieces,
  insertBlockPiece,
  readBlockPiece,
  tombstoneBlockNo,
  type BlockPieceRow,
} from '../store/block-rows.ts';
import { recordLatency } from '../store/latency-rows.ts';
import {
  earlierPending,
  pendingOperations,
  settlePending,
  waitingFacts,
  type PendingRow,
  type WaitingFacts,
} from '../store/operation-rows.ts';
import type { Script } from '../store/script.ts';
import { moveTaskPart } from '../store/task-rows.ts';
import type { SyncOutcome } from './api.ts';
import { audiencesOnce, finishIfSettled, type FinishedTask, type SizeRules } from './finish-sync.ts';
import type { FoldReply, RematchReply } from './matching.ts';
import { countedColumns } from './read-facts.ts';
import type { Sealer } from './seal.ts';
import type { Outbox } from './webhooks/outbox.ts';

export interface SettleFoldsInput {
  readonly accountNo: number;
  /** Those of one audience in the order of acceptance. */
  readonly folds: readonly FoldToSettle[];
  readonly nowMs: number;
}

export interface FoldToSettle {
  readonly audienceNo: number;
  readonly opSeq: number;
  readonly taskId: string;
  readonly reply: FoldReply;
}

export interface SettledFold {
  /** The audience's counts moved; false when the operation was dropped or had been settled before. */
  readonly counted: boolean;
  /** When its task has no open part any more. */
  readonly outcome: SyncOutcome | null;
  /** A notification of its task can be delivered. */
  readonly notifies: boolean;
}

export interface StoredAudience {
  readonly row: AudienceRow;
  /** Of the members that are counted; null where none was kept yet. */
  readonly digest: Uint8Array | null;
  /** Newest block first. */
  readonly pieces: readonly BlockPieceRow[];
}

export type MatchScripts = ReturnType<typeof createMatchScripts>;

/** What the matching thread reads of an audience. */
export function createMatchReads() {
  return {
    *storedAudience(input: {
      readonly accountNo: number;
      readonly audienceNo: number;
    }): Script<StoredAudience | null> {
      const row = yield* liveAudienceByNo(input.accountNo, input.audienceNo);
      if (row === undefined) return null;
      const digest = yield* memberDigestOf(input.accountNo, input.audienceNo);
      return { row, digest, pieces: yield* blockPieces(input.accountNo, input.audienceNo) };
    },

    *blockPiece(input: {
      readonly accountNo: number;
      readonly audienceNo: number;
      readonly blockNo: number;
      readonly pieceNo: number;
    }): Script<Uint8Array | null> {
      return yield* readBlockPiece(input.accountNo, input.audienceNo, input.blockNo, input.pieceNo);
    },
  };
}

export function createMatchScripts(sealer: Sealer, rules: SizeRules, outbox: Outbox) {
  return {
    ...createMatchReads(),

    /** A page of what waits, in the order of acceptance. */
    *pendingFolds(input: {
      readonly afterSeq: number;
      readonly upToSeq: number;
      readonly countMax: number;
    }): Script<readonly PendingRow[]> {
      return yield* pendingOperations(input.afterSeq, input.upToSeq, input.countMax);
    },

    *waitingFolds(_: object): Script<WaitingFacts> {
      return yield* waitingFacts();
    },

    *staleAudiences({ graphVersion }: { readonly graphVersion: number }) {
      return yield* audiencesCountedElsewhere(graphVersion);
    },

    /**
     * Counts, tombstones, task and answer move together. Settling an operation twice changes nothing. Many folds
     * of an account in one script cost a fraction of a script each: counts and the list of audiences are written and read once.
     */
    *settleFolds({ accountNo, folds, nowMs }: SettleFoldsInput): Script<readonly SettledFold[]> {
      const states = yield* settleOperations(accountNo, folds, nowMs);
      const audiences = audiencesOnce(accountNo);
      const finished = new Map<string, FinishedTask | null>();
      for (const taskId of new Set(folds.map((fold) => fold.taskId))) {
        const settled = folds.flatMap(({ taskId: own, opSeq }) => {
          const one = states.get(opSeq);
          return own === taskId && one !== undefined ? [{ opSeq, ...one }] : [];
        });
        const memberCount = settled.reduce((sum, one) => sum + one.memberCount, 0);
        const task = { accountNo, taskId, settled, memberCount };
        finished.set(taskId, yield* finishIfSettled(sealer, rules, task, outbox, audiences, nowMs));
      }
      return folds.map(({ opSeq, taskId }) => ({
        counted: states.get(opSeq)?.counted ?? false,
        outcome: finished.get(taskId)?.outcome ?? null,
        notifies: finished.get(taskId)?.notifies ?? false,
      }));
    },

    settleRematch: settleRematchScript,
  };
}

function* settleRematchScript(input: {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly reply: Extract<RematchReply, { kind: 'matched' }>;
  readonly nowMs: number;
}): Script<boolean> {
  const { accountNo, audienceNo, reply } = input;
  const row = yield* liveAudienceByNo(accountNo, audienceNo);
  if (row === undefined || row.countedSeq !== reply.countedSeq) return false;
  yield* countAudience(
    accountNo,
    audienceNo,
    countedColumns(reply.counts, reply.graphVersion, reply.countedSeq, reply.digest),
  );
  return true;
}

interface SettledOperation {
  readonly state: 'changed' | 'unchanged';
  readonly counted: boolean;
  readonly memberCount: number;
}

/** By sequence of the operation; those that had been settled before, or are parked, are left out. */
function* settleOperations(
  accountNo: number,
  folds: readonly FoldToSettle[],
  nowMs: number,
): Script<ReadonlyMap<number, SettledOperation>> {
  const isLive = new Map<number, boolean>();
  const newest = new Map<number, FoldToSettle>();
  const settled = new Map<number, SettledOperation>();
  for (const fold of folds) {
    const { audienceNo, opSeq, taskId, reply } = fold;
    if (!isLive.has(audienceNo))
      isLive.set(audienceNo, (yield* liveAudienceByNo(accountNo, audienceNo)) !== undefined);
    const counted = isLive.get(audienceNo) === true && reply.kind === 'folded';
    const row = yield* settlePending(accountNo, audienceNo, opSeq, counted ? 'folded' : 'dropped');
    if (row === undefined) continue;
    const state = counted && reply.changedCount > 0 ? 'changed' : 'unchanged';
    yield* moveTaskPart(accountNo, taskId, opSeq, state);
    settled.set(opSeq, { state, counted, memberCount: row.memberCount });
    if (!counted) continue;
    yield* insertTombstones(accountNo, fold, reply);
    yield* recordLatency(nowMs, nowMs - row.acceptedAt);
    newest.set(audienceNo, fold);
  }
  for (const { audienceNo, opSeq, reply } of newest.values()) {
    // A fold on top of one that could not be settled: the matcher forgets and both are done again, in order.
    if ((yield* earlierPending(accountNo, audienceNo, opSeq)) !== 'none')
      throw new AppError('SERVICE_UNAVAILABLE');
    if (reply.kind === 'gone') continue;
    const { counts, graphVersion, digest } = reply;
    yield* countAudience(accountNo, audienceNo, countedColumns(counts, graphVersion, opSeq, digest));
  }
  return settled;
}

function* insertTombstones(
  accountNo: number,
  { audienceNo, opSeq }: FoldToSettle,
  reply: Extract<FoldReply, { kind: 'folded' }>,
): Script<void> {
  if (reply.extraTombstones === null) return;
  yield* insertBlockPiece({
    accountNo,
    audienceNo,
    blockNo: tombstoneBlockNo(opSeq),
    pieceNo: 0,
    level: 0,
    seqLow: opSeq,
    seqHigh: opSeq,
    rowCount: reply.extraTombstoneCount,
    bytes: reply.extraTombstones,
  });
}
