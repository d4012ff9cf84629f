/** Merged blocks on their way into the store, and hidden pieces on their way out, a bounded number of bytes in a transaction. */
import { limits } from '../base/limits.ts';
import type { Store } from '../store/store.ts';
import type { BlockScripts, MergedPiece, ReplacedBlocks, ReplaceEnd } from './block-scripts.ts';

export interface MergedBlock extends ReplacedBlocks {
  readonly pieces: readonly MergedPiece[];
}

/** Small enough for one transaction, which leaves nothing hidden. */
function isSmall({ pieces }: MergedBlock): boolean {
  return pieces.reduce((sum, { bytes }) => sum + bytes.length, 0) <= limits.blockBytesPerWriteMax;
}

/**
 * Puts a merged block in the place of others: at once when it is small, else piece by piece out of sight, with one short
 * switch at the end. Where that cannot be, what was staged may be swept.
 * `nodeNo`: nobody sweeps what is staged while this node lives.
 */
export async function replaceBlocks(
  store: Store<BlockScripts>,
  merged: MergedBlock,
  nodeNo = 0,
): Promise<ReplaceEnd> {
  const { pieces, ...replaced } = merged;
  if (isSmall(merged)) return store.write('replaceBlocks', merged);
  const pieceNos: number[] = [];
  const release = async (): Promise<void> => store.write('releaseStaged', { ...replaced, pieceNos });
  try {
    for (const piece of pieces) {
      const pieceNo = await store.write('stagePiece', { ...replaced, piece, nodeNo });
      if (typeof pieceNo === 'string') {
        await release();
        return pieceNo;
      }
      pieceNos.push(pieceNo);
    }
    return await store.write('switchBlocks', { ...replaced, pieceNos });
  } catch (cause) {
    // Better untidy than not known: while the store is away they stay until this process ends.
    await release().catch(() => undefined);
    throw cause;
  }
}

export interface Sweeper {
  /** There may be hidden pieces. Pieces that a merge is staging are left to it. */
  wake(): void;
  /** Stores a merged block, then sweeps what it replaced. */
  replace(merged: MergedBlock): Promise<ReplaceEnd>;
  /** Ends after the piece at hand; the rest is swept when the server starts again. */
  close(): Promise<void>;
}

/** Erases hidden pieces one by one, between everybody else's writes. `troubled`: they stay, out of sight, until the next time. */
export function createSweeper(
  store: Store<BlockScripts>,
  troubled: (cause: unknown) => void,
  nodeNo = 0,
): Sweeper {
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
      const done = await inTurn(async () => replaceBlocks(store, merged, nodeNo));
      if (!isSmall(merged)) wake();
      return done;
    },
    close: async () => {
      isClosing = true;
      await tail;
    },
  };
}
