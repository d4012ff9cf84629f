/** The transactions by which blocks take the place of others, and by which large ones are erased. */
import { must } from '../base/assert.ts';
import { limits } from '../base/limits.ts';
import { liveAudienceByNo } from '../store/audience-rows.ts';
import {
  blockBytes,
  blockPieces,
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
  releaseLostPieces,
  releasePiece,
  showPiece,
  type AudienceWithHidden,
} from '../store/hidden-piece-rows.ts';
import type { Script } from '../store/script.ts';

export interface MergedPiece {
  readonly rowCount: number;
  readonly bytes: Uint8Array;
}

/** A block as it is stored; its operations tell it from every other that had its number. */
export interface StoredBlock {
  readonly blockNo: number;
  readonly seqLow: number;
  readonly seqHigh: number;
}

/** The neighbouring blocks that a merged one replaces, newest first; it takes the number of the newest of them. */
export interface ReplacedBlocks {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly blocks: readonly StoredBlock[];
}

/** Pieces of a merged block that are stored out of sight. */
export interface StagedPieces extends ReplacedBlocks {
  readonly pieceNos: readonly number[];
}

/** What became of a merged block. */
export type ReplaceEnd =
  | 'replaced'
  /** Its blocks are not all settled: the next one will do. */
  | 'early'
  /** The audience is gone, or other blocks stand where they stood. */
  | 'moved';

export type BlockScripts = ReturnType<typeof createBlockScripts>;

export function createBlockScripts() {
  return {
    ...createHiddenScripts(),

    /** Puts one merged block in the place of the blocks it was made from, if they are still there. */
    *replaceBlocks(
      replaced: ReplacedBlocks & { readonly pieces: readonly MergedPiece[] },
    ): Script<ReplaceEnd> {
      const obstacle = yield* obstacleTo(replaced);
      if (obstacle !== null) return obstacle;
      const { accountNo, audienceNo } = replaced;
      const { newest, oldest } = endsOf(replaced);
      yield* deleteBlocksBetween(accountNo, audienceNo, oldest.blockNo, newest.blockNo);
      for (const [pieceNo, piece] of replaced.pieces.entries()) yield* insertPiece(replaced, pieceNo, piece);
      return 'replaced';
    },

    /** Stores one piece of a merged block out of sight. Gives its number, or why it is not wanted. */
    *stagePiece(
      replaced: ReplacedBlocks & { readonly piece: MergedPiece; readonly nodeNo: number },
    ): Script<number | Exclude<ReplaceEnd, 'replaced'>> {
      const obstacle = yield* obstacleTo(replaced);
      if (obstacle !== null) return obstacle;
      const { accountNo, audienceNo, piece, nodeNo } = replaced;
      const { blockNo } = endsOf(replaced).newest;
      const pieceNo = yield* nextPieceNo(accountNo, audienceNo, blockNo);
      yield* insertPiece(replaced, pieceNo, piece);
      yield* hidePiece({ accountNo, audienceNo, blockNo, pieceNo }, nodeNo);
      return pieceNo;
    },

    /** The staged pieces take the place of the blocks that they were made from; if those are gone, of nothing. */
    *switchBlocks(staged: StagedPieces): Script<ReplaceEnd> {
      const obstacle = yield* obstacleTo(staged);
      if (obstacle !== null) {
        yield* releaseStaged(staged);
        return obstacle;
      }
      const { accountNo, audienceNo, pieceNos } = staged;
      const { newest, oldest } = endsOf(staged);
      const { blockNo } = newest;
      yield* hideBlocksBetween(accountNo, audienceNo, oldest.blockNo, blockNo);
      for (const pieceNo of pieceNos) yield* showPiece({ accountNo, audienceNo, blockNo, pieceNo });
      return 'replaced';
    },
  };
}

/** What is out of sight: staged and not wanted, or replaced. */
function createHiddenScripts() {
  return {
    /** They will not be wanted. */
    *releaseStaged(staged: StagedPieces): Script<void> {
      yield* releaseStaged(staged);
    },

    /** What processes that ended were writing may be erased. */
    *releaseLostPieces(_: object): Script<number> {
      return yield* releaseLostPieces();
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

/**
 * A merge of something that is not settled would hide it: the next one will do. And where another process merged some of the blocks
 * meanwhile, what this one made of them would bring back members that were removed since.
 */
function* obstacleTo(replaced: ReplacedBlocks): Script<Exclude<ReplaceEnd, 'replaced'> | null> {
  const { accountNo, audienceNo, blocks } = replaced;
  const { newest, oldest } = endsOf(replaced);
  const row = yield* liveAudienceByNo(accountNo, audienceNo);
  if (row === undefined) return 'moved';
  if (row.countedSeq < newest.seqHigh) return 'early';
  const isBetween = ({ blockNo }: StoredBlock): boolean =>
    blockNo >= oldest.blockNo && blockNo <= newest.blockNo;
  const stored = (yield* blockPieces(accountNo, audienceNo)).filter(isBetween).map(nameOf);
  const names = new Set(blocks.map(nameOf));
  const isSame = stored.every((name) => names.has(name)) && new Set(stored).size === names.size;
  return isSame ? null : 'moved';
}

const nameOf = ({ blockNo, seqLow, seqHigh }: StoredBlock): string => `${blockNo} ${seqLow} ${seqHigh}`;

function endsOf({ blocks }: ReplacedBlocks): { readonly newest: StoredBlock; readonly oldest: StoredBlock } {
  return {
    newest: must(blocks[0], () => 'a merge has blocks'),
    oldest: must(blocks.at(-1), () => 'a merge has blocks'),
  };
}

function* releaseStaged(staged: StagedPieces): Script<void> {
  const { accountNo, audienceNo, pieceNos } = staged;
  const { blockNo } = endsOf(staged).newest;
  for (const pieceNo of pieceNos) yield* releasePiece({ accountNo, audienceNo, blockNo, pieceNo });
}

function insertPiece(replaced: ReplacedBlocks, pieceNo: number, piece: MergedPiece): Script<number> {
  const { accountNo, audienceNo } = replaced;
  const { newest, oldest } = endsOf(replaced);
  const { blockNo, seqHigh } = newest;
  const place = { accountNo, audienceNo, blockNo, pieceNo, level: 1, seqLow: oldest.seqLow, seqHigh };
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
