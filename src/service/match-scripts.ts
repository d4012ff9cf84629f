/** The transactions around matching: what is left to do, what the matcher reads, what it found. */
import { AppError } from '../base/faults.ts';
import {
  audiencesCountedElsewhere,
  countAudience,
  liveAudienceByNo,
  type AudienceRow,
} from '../store/audience-rows.ts';
import {
  blockPieces,
  deleteBlocksBetween,
  insertBlockPiece,
  readBlockPiece,
  tombstoneBlockNo,
  type BlockPieceRow,
} from '../store/block-rows.ts';
import { recordLatency } from '../store/latency-rows.ts';
import {
  hasEarlierPending,
  moveOperation,
  operationRow,
  pendingOperations,
  type PendingRow,
} from '../store/operation-rows.ts';
import type { Script } from '../store/script.ts';
import { moveTaskPart } from '../store/task-rows.ts';
import type { SyncOutcome } from './api.ts';
import { finishIfSettled, type SizeRules } from './finish-sync.ts';
import type { FoldReply, RematchReply } from './matching.ts';
import { countedColumns } from './read-facts.ts';
import type { Sealer } from './seal.ts';

export interface SettleFoldInput {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly opSeq: number;
  readonly taskId: string;
  readonly reply: FoldReply;
  readonly nowMs: number;
}

export interface SettleFoldOutput {
  /** The audience's counts moved; false when the operation was dropped or had been settled before. */
  readonly counted: boolean;
  /** When this was the last open part of its task. */
  readonly outcome: SyncOutcome | null;
}

export interface StoredAudience {
  readonly row: AudienceRow;
  /** Newest block first. */
  readonly pieces: readonly BlockPieceRow[];
}

export interface MergedPiece {
  readonly rowCount: number;
  readonly bytes: Uint8Array;
}

export type MatchScripts = ReturnType<typeof createMatchScripts>;

export function createMatchScripts(sealer: Sealer, rules: SizeRules) {
  return {
    *pendingFolds(_: object): Script<readonly PendingRow[]> {
      return yield* pendingOperations();
    },

    *staleAudiences({ graphVersion }: { readonly graphVersion: number }) {
      return yield* audiencesCountedElsewhere(graphVersion);
    },

    *storedAudience(input: {
      readonly accountNo: number;
      readonly audienceNo: number;
    }): Script<StoredAudience | null> {
      const row = yield* liveAudienceByNo(input.accountNo, input.audienceNo);
      if (row === undefined) return null;
      return { row, pieces: yield* blockPieces(input.accountNo, input.audienceNo) };
    },

    *blockPiece(input: {
      readonly accountNo: number;
      readonly audienceNo: number;
      readonly blockNo: number;
      readonly pieceNo: number;
    }): Script<Uint8Array | null> {
      return yield* readBlockPiece(input.accountNo, input.audienceNo, input.blockNo, input.pieceNo);
    },

    /** Counts, tombstones, task and answer move together. Settling an operation twice changes nothing. */
    *settleFold(input: SettleFoldInput): Script<SettleFoldOutput> {
      const counted = yield* settleOperation(input);
      const { accountNo, taskId, nowMs } = input;
      return { counted, outcome: yield* finishIfSettled(sealer, rules, accountNo, taskId, nowMs) };
    },

    settleRematch: settleRematchScript,

    replaceBlocks: replaceBlocksScript,
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
    countedColumns(reply.counts, reply.graphVersion, reply.countedSeq),
  );
  return true;
}

/** Puts one merged block in the place of the blocks it was made from, if the audience still lives. */
function* replaceBlocksScript(input: {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly blockNoLow: number;
  readonly blockNoHigh: number;
  readonly seqLow: number;
  readonly seqHigh: number;
  readonly pieces: readonly MergedPiece[];
}): Script<boolean> {
  const { accountNo, audienceNo, blockNoLow, blockNoHigh: blockNo, seqLow, seqHigh } = input;
  const row = yield* liveAudienceByNo(accountNo, audienceNo);
  // A merge of something that is not settled would hide it: the next one will do.
  if (row === undefined || row.countedSeq < seqHigh) return false;
  yield* deleteBlocksBetween(accountNo, audienceNo, blockNoLow, blockNo);
  for (const [pieceNo, { rowCount, bytes }] of input.pieces.entries()) {
    const place = { accountNo, audienceNo, blockNo, pieceNo, level: 1, seqLow, seqHigh };
    yield* insertBlockPiece({ ...place, rowCount, bytes });
  }
  return true;
}

function* settleOperation({
  accountNo,
  audienceNo,
  opSeq,
  taskId,
  reply,
  nowMs,
}: SettleFoldInput): Script<boolean> {
  const operation = yield* operationRow(accountNo, audienceNo, opSeq);
  if (operation === undefined || operation.state !== 'pending') return false;
  const audience = yield* liveAudienceByNo(accountNo, audienceNo);
  if (audience === undefined || reply.kind === 'gone') {
    yield* moveOperation(accountNo, audienceNo, opSeq, 'dropped');
    yield* moveTaskPart(accountNo, taskId, opSeq, 'unchanged');
    return false;
  }
  // A fold on top of one that could not be settled: the matcher forgets and both are done again, in order.
  if (yield* hasEarlierPending(accountNo, audienceNo, opSeq)) throw new AppError('SERVICE_UNAVAILABLE');
  if (reply.extraTombstones !== null) {
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
  yield* countAudience(accountNo, audienceNo, countedColumns(reply.counts, reply.graphVersion, opSeq));
  yield* moveOperation(accountNo, audienceNo, opSeq, 'folded');
  yield* moveTaskPart(accountNo, taskId, opSeq, reply.changedCount > 0 ? 'changed' : 'unchanged');
  yield* recordLatency(nowMs, nowMs - operation.acceptedAt);
  return true;
}
