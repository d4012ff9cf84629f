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
import { graphVersion } from '../store/graph-rows.ts';
import { recordLatency } from '../store/latency-rows.ts';
import {
  adoptLostOperations,
  anyLostOperation,
  earlierPending,
  isPending,
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
  /**
   * It has to be folded again: it was folded onto something else than what is counted, or against another graph than the one that is
   * stored, because another process was faster.
   */
  readonly stale: StaleReason | null;
}

/** `missing`: the matcher found nothing where the store has something; it must not be taken for gone. */
export type StaleReason = 'members' | 'graph' | 'missing';

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

/** What waits, and for whom. */
function createWaitingScripts() {
  return {
    /** A page of what waits for this node, or for anybody, in the order of acceptance. */
    *pendingFolds(input: {
      readonly nodeNo: number | null;
      readonly afterSeq: number;
      readonly upToSeq: number;
      readonly countMax: number;
    }): Script<readonly PendingRow[]> {
      return yield* pendingOperations(input);
    },

    /** Whether something waits on which nobody works who lives. */
    *anyLostOperation(_: object): Script<boolean> {
      return yield* anyLostOperation();
    },

    /** Gives such operations to a node; gives how many. */
    *adoptLostOperations({ nodeNo }: { readonly nodeNo: number }): Script<number> {
      return yield* adoptLostOperations(nodeNo);
    },

    *waitingFolds(_: object): Script<WaitingFacts> {
      return yield* waitingFacts();
    },
  };
}

export function createMatchScripts(sealer: Sealer, rules: SizeRules, outbox: Outbox) {
  return {
    ...createMatchReads(),

    ...createWaitingScripts(),

    *staleAudiences({ graphVersion }: { readonly graphVersion: number }) {
      return yield* audiencesCountedElsewhere(graphVersion);
    },

    /**
     * Counts, tombstones, task and answer move together. Settling an operation twice changes nothing. Many folds
     * of an account in one script cost a fraction of a script each: counts and the list of audiences are written and read once.
     */
    *settleFolds({ accountNo, folds, nowMs }: SettleFoldsInput): Script<readonly SettledFold[]> {
      const { states, stale } = yield* settleOperations(accountNo, folds, nowMs);
      const audiences = audiencesOnce(accountNo);
      const finished = new Map<string, FinishedTask | null>();
      const done = folds.filter(({ opSeq }) => !stale.has(opSeq));
      for (const taskId of new Set(done.map((fold) => fold.taskId))) {
        const settled = done.flatMap(({ taskId: own, opSeq }) => {
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
        stale: stale.get(opSeq) ?? null,
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
  if (!isSameDigest(reply.digest, yield* memberDigestOf(accountNo, audienceNo))) return false;
  if (reply.graphVersion < (yield* graphVersion())) return false;
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

interface SettledOperations {
  /** By sequence of the operation; those that had been settled before, or are parked, are left out. */
  readonly states: ReadonlyMap<number, SettledOperation>;
  readonly stale: ReadonlyMap<number, StaleReason>;
}

function* settleOperations(
  accountNo: number,
  folds: readonly FoldToSettle[],
  nowMs: number,
): Script<SettledOperations> {
  const bases = new Map<number, Base | null>();
  const newest = new Map<number, FoldToSettle>();
  const states = new Map<number, SettledOperation>();
  const stale = new Map<number, StaleReason>();
  const graph = yield* graphVersion();
  for (const fold of folds) {
    const { audienceNo, opSeq, taskId, reply } = fold;
    if (!bases.has(audienceNo)) bases.set(audienceNo, yield* storedBase(accountNo, audienceNo));
    const base = bases.get(audienceNo) ?? null;
    const reason = base === null ? null : staleReason(reply, base, graph);
    if (reason !== null) {
      if (yield* isPending(accountNo, audienceNo, opSeq)) stale.set(opSeq, reason);
      continue;
    }
    const counted = base !== null && reply.kind === 'folded';
    const row = yield* settlePending(accountNo, audienceNo, opSeq, counted ? 'folded' : 'dropped');
    if (row === undefined) continue;
    const state = counted && reply.changedCount > 0 ? 'changed' : 'unchanged';
    yield* moveTaskPart(accountNo, taskId, opSeq, state);
    states.set(opSeq, { state, counted, memberCount: row.memberCount });
    if (!counted) continue;
    yield* insertTombstones(accountNo, fold, reply);
    yield* recordLatency(nowMs, nowMs - row.acceptedAt);
    newest.set(audienceNo, fold);
    bases.set(audienceNo, { countedSeq: opSeq, digest: reply.digest });
  }
  for (const { audienceNo, opSeq, reply } of newest.values()) {
    // A fold on top of one that could not be settled: the matcher forgets and both are done again, in order.
    if ((yield* earlierPending(accountNo, audienceNo, opSeq)) !== 'none')
      throw new AppError('SERVICE_UNAVAILABLE');
    if (reply.kind !== 'folded') continue;
    const { counts, graphVersion, digest } = reply;
    yield* countAudience(accountNo, audienceNo, countedColumns(counts, graphVersion, opSeq, digest));
  }
  return { states, stale };
}

/** Of an audience that lives. Counts are of the members and of the graph that they were counted with: another process may have moved both meanwhile. */
function staleReason(reply: FoldReply, base: Base, graph: number): StaleReason | null {
  if (reply.kind === 'gone') return 'missing';
  if (reply.kind === 'behind' || reply.baseSeq !== base.countedSeq) return 'members';
  if (!isSameDigest(reply.baseDigest, base.digest)) return 'members';
  return reply.graphVersion < graph ? 'graph' : null;
}

/** What is counted of an audience. */
interface Base {
  readonly countedSeq: number;
  /** Null where none was kept. */
  readonly digest: Uint8Array | null;
}

function* storedBase(accountNo: number, audienceNo: number): Script<Base | null> {
  const row = yield* liveAudienceByNo(accountNo, audienceNo);
  if (row === undefined) return null;
  return { countedSeq: row.countedSeq, digest: yield* memberDigestOf(accountNo, audienceNo) };
}

/** Who folded onto an operation before which another was missing has other members. */
function isSameDigest(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null || Buffer.compare(one, other) === 0;
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
