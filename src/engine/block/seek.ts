import { compareTokens } from '../token/compare.ts';
import type { MemberBlock } from '../types.ts';

/** Rows per unit of the first word: where a uniform token should stand. */
export function densityOf(block: MemberBlock): number {
  const { memberToken, rowCount } = block;
  if (rowCount < 2) return 0;
  return (rowCount - 1) / Math.max(1, memberToken[(rowCount - 1) * 4]! - memberToken[0]!);
}

/** Rows that the first correction of a guess covers: one cache line. */
const firstStep = 4;

/**
 * The first row at or behind `from` whose member is not before `tokens[index]`; `rowCount` when there
 * is none. Tokens are uniform, so the distance from `from` is guessed from their difference and
 * corrected by galloping; that touches two or three cache lines, whatever the size of the block, and
 * is right (if slower) for any tokens.
 */
export function seekRow(
  block: MemberBlock,
  density: number,
  from: number,
  tokens: Uint32Array,
  index: number,
): number {
  const { memberToken, rowCount } = block;
  if (from >= rowCount || compareTokens(memberToken, from, tokens, index) >= 0) return from;
  // The row at `low` is before the token from here on; the row at `high` is not, or is the end.
  let low = from;
  let high = rowCount;
  const distance = (tokens[index * 4]! - memberToken[from * 4]!) * density;
  const guess = Math.min(rowCount - 1, from + 1 + Math.floor(distance));
  let step = firstStep;
  if (compareTokens(memberToken, guess, tokens, index) < 0) {
    low = guess;
    let probe = guess + step;
    while (probe < rowCount && compareTokens(memberToken, probe, tokens, index) < 0) {
      low = probe;
      step *= 2;
      probe += step;
    }
    high = Math.min(probe, rowCount);
  } else {
    high = guess;
    let probe = guess - step;
    while (probe > low && compareTokens(memberToken, probe, tokens, index) >= 0) {
      high = probe;
      step *= 2;
      probe -= step;
    }
    low = Math.max(low, probe);
  }
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (compareTokens(memberToken, middle, tokens, index) < 0) low = middle;
    else high = middle;
  }
  return high;
}
