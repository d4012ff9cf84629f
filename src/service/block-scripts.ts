/** The transactions by which blocks take the place of others, and by which large ones are erased. */
import { limits } from '../base/limits.ts';
import { liveAudienceByNo } from '../store/audience-rows.ts';
import {
  blockBytes,
  deleteBlocks,
  deleteBlocksBetween,
  insertBlockPiece,
  nextPieceNo,
} from '../store/block-rows.ts';
import {
  audiencesWithHidden,
  eraseHiddenPiece,
  hideBlocksBetween,
  hidePiece,
  showPiecesFrom,
  type AudienceWithHidden,
} from '../store/hidden-piece-rows.ts';
import type { Script } from '../store/script.ts';

export interface MergedPiece {
  readonly rowCount: number;
  readonly bytes: Uint8Array;
}

/** The neighbouring blocks that a merged one replaces; it takes the number of the newest of them. */
export interface ReplacedBlocks {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly blockNoLow: number;
  readonly blockNoHigh: number;
  readonly seqLow: number;
  readonly seqHigh: number;
}

export type BlockScripts = ReturnType<typeof createBlockScripts>;

export function createBlockScripts() {
  return {
    /** Puts one merged block in the place of the blocks it was made from, if the audience still lives. */
    *replaceBlocks(replaced: ReplacedBlocks & { readonly pieces: readonly MergedPiece[] }): Script<boolean> {
      if (!(yield* isSettled(replaced))) return false;
      const { accountNo, audienceNo, blockNoLow, blockNoHigh } = replaced;
      yield* deleteBlocksBetween(accountNo, audienceNo, blockNoLow, blockNoHigh);
      for (const [pieceNo, piece] of replaced.pieces.entries()) yield* insertPiece(replaced, pieceNo, piece);
      return true;
    },

    /** Stores one piece of a merged block out of sight. Gives its number; null when the audience is gone. */
    *stagePiece(replaced: ReplacedBlocks & { readonly piece: MergedPiece }): Script<number | null> {
      if (!(yield* isSettled(replaced))) return null;
      const { accountNo, audienceNo, blockNoHigh: blockNo, piece } = replaced;
      const pieceNo = yield* nextPieceNo(accountNo, audienceNo, blockNo);
      yield* insertPiece(replaced, pieceNo, piece);
      yield* hidePiece(accountNo, audienceNo, blockNo, pieceNo);
      return pieceNo;
    },

    /** The pieces staged from `firstPieceNo` on take the place of the blocks that they were made from. */
    *switchBlocks(replaced: ReplacedBlocks & { readonly firstPieceNo: number }): Script<boolean> {
      if (!(yield* isSettled(replaced))) return false;
      const { accountNo, audienceNo, blockNoLow, blockNoHigh, firstPieceNo } = replaced;
      yield* hideBlocksBetween(accountNo, audienceNo, blockNoLow, blockNoHigh);
      yield* showPiecesFrom(accountNo, audienceNo, blockNoHigh, firstPieceNo);
      return true;
    },

    /** Erases one hidden piece; false when none is left. */
    *eraseHidden({ accountNo, audienceNo }: AudienceWithHidden): Script<boolean> {
      return yield* eraseHiddenPiece(accountNo, audienceNo);
    },

    *audiencesWithHidden(_: object): Script<readonly AudienceWithHidden[]> {
      return yield* audiencesWithHidden();
    },
  };
}

/** A merge of something that is not settled would hide it: the next one will do. */
function* isSettled({ accountNo, audienceNo, seqHigh }: ReplacedBlocks): Script<boolean> {
  const row = yield* liveAudienceByNo(accountNo, audienceNo);
  return row !== undefined && row.countedSeq >= seqHigh;
}

function insertPiece(replaced: ReplacedBlocks, pieceNo: number, piece: MergedPiece): Script<number> {
  const { accountNo, audienceNo, blockNoHigh: blockNo, seqLow, seqHigh } = replaced;
  const place = { accountNo, audienceNo, blockNo, pieceNo, level: 1, seqLow, seqHigh };
  return insertBlockPiece({ ...place, rowCount: piece.rowCount, bytes: piece.bytes });
}

/**
 * Takes an audience's members away. Few are erased here; of many, none can be read from here on, and the sweeper erases them
 * piece by piece: erasing overwrites, so a large audience would hold up every other commit.
 */
export function* eraseMembers(accountNo: number, audienceNo: number): Script<void> {
  if ((yield* blockBytes(accountNo, audienceNo)) <= limits.blockBytesPerWriteMax) {
    yield* deleteBlocks(accountNo, audienceNo);
  } else {
    yield* hideBlocksBetween(accountNo, audienceNo, 0, Number.MAX_SAFE_INTEGER);
  }
}
