/** Blocks of one tier that stand side by side before they are merged into one of the next tier. */
export const tierFanOut = 8;
/**
 * The same for small blocks while calls keep coming: merging them waits for a quiet moment, because a look-up in twenty
 * small blocks costs less than writing their rows again.
 */
const busyTierFanOut = 24;
/** Blocks below 8⁵ rows are small. */
const busyTierMax = 4;

/** Blocks `from … to - 1`, newest first. Removals may be dropped when `to` is the number of blocks. */
export interface MergeRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Which neighbouring blocks to merge next, if any. A block's tier is the power of eight below its row
 * count, and an older block counts at least as high as any newer one, so that a small block under large
 * ones goes with them. Eight of one tier are merged: every row is rewritten once a tier, about twice on
 * the way from calls of 100,000 members to an audience of ten million; at most seven blocks a tier stay.
 */
export function planMerge(rowCountsNewestFirst: readonly number[], isBusy = false): MergeRange | null {
  let from = 0;
  let tier = 0;
  for (let at = 0; at < rowCountsNewestFirst.length; at++) {
    const own = tierOf(rowCountsNewestFirst[at]!);
    if (own > tier) {
      from = at;
      tier = own;
    }
    const next = rowCountsNewestFirst[at + 1];
    const isLastOfTier = next === undefined || tierOf(next) > tier;
    const fanOut = isBusy && tier <= busyTierMax ? busyTierFanOut : tierFanOut;
    if (isLastOfTier && at + 1 - from >= fanOut) return { from, to: at + 1 };
  }
  return null;
}

function tierOf(rowCount: number): number {
  let tier = 0;
  for (let rest = rowCount; rest >= tierFanOut; rest /= tierFanOut) tier += 1;
  return tier;
}
