/** Merged blocks on their way into the store, and hidden pieces on their way out, a bounded number of bytes in a transaction. */
import { limits } from '../base/limits.ts';
import type { Store } from '../store/store.ts';
import type { BlockScripts, MergedPiece, ReplacedBlocks } from './block-scripts.ts';

export interface MergedBlock extends ReplacedBlocks {
  readonly pieces: readonly MergedPiece[];
}

/** Small enough for one transaction, which leaves nothing hidden. */
function isSmall({ pieces }: MergedBlock): boolean {
  return pieces.reduce((sum, { bytes }) => sum + bytes.length, 0) <= limits.blockBytesPerWriteMax;
}

/**
 * Puts a merged block in the place of others: at once when it is small, else piece by piece out of sight, with one short
 * switch at the end. False: the audience is gone, or was not settled; what was staged is swept later.
 */
export async function replaceBlocks(store: Store<BlockScripts>, merged: MergedBlock): Promise<boolean> {
  const { pieces, ...replaced } = merged;
  if (isSmall(merged)) return store.write('replaceBlocks', merged);
  let firstPieceNo: number | null = null;
  for (const piece of pieces) {
    const pieceNo: number | null = await store.write('stagePiece', { ...replaced, piece });
    if (pieceNo === null) return false;
    firstPieceNo ??= pieceNo;
  }
  return firstPieceNo !== null && store.write('switchBlocks', { ...replaced, firstPieceNo });
}

export interface Sweeper {
  /** There may be hidden pieces. Pieces that a merge is staging are left to it. */
  wake(): void;
  /** Stores a merged block, then sweeps what it replaced. */
  replace(merged: MergedBlock): Promise<boolean>;
  /** Ends after the piece at hand; the rest is swept when the server starts again. */
  close(): Promise<void>;
}

/** Erases hidden pieces one by one, between everybody else's writes. `troubled`: they stay, out of sight, until the next time. */
export function createSweeper(store: Store<BlockScripts>, troubled: (cause: unknown) => void): Sweeper {
  let tail: Promise<unknown> = Promise.resolve();
  let isWoken = false;
  let isClosing = false;
  // One after the other: a sweep must never take the pieces that a merge has staged and not yet shown.
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const done = tail.then(work);
    tail = done.catch(() => undefined);
    return done;
  };
  const sweep = async (): Promise<void> => {
    isWoken = false;
    try {
      for (const audience of await store.read('audiencesWithHidden', {})) {
        while (!isClosing && (await store.write('eraseHidden', audience)));
      }
    } catch (cause) {
      troubled(cause);
    }
  };
  const wake = (): void => {
    if (isWoken) return;
    isWoken = true;
    void inTurn(sweep);
  };
  return {
    wake,
    replace: async (merged) => {
      const done = await inTurn(async () => replaceBlocks(store, merged));
      if (!isSmall(merged)) wake();
      return done;
    },
    close: async () => {
      isClosing = true;
      await tail;
    },
  };
}
