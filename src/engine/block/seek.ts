import { compareTokens } from '../token/compare.ts';
import type { MemberBlock } from '../types.ts';

/** Rows per unit of the first word: where a uniform token should stand. */
export function densityOf(block: MemberBlock): number {
  const { memberToken, rowCount } = block;
  if (rowCount < 2) return 0;
  return (rowCount - 1) / Math.max(1, memberToken[(rowCount - 1) * 4]! - memberToken[0]!);
}

/** Tokens whose places are guessed together, so that the cache misses of their guesses overlap. */
export const guessGroup = 16;

/** A guess is corrected this often; each correction leaves about the root of the error. */
const corrections = 3;

/**
 * Guesses where the tokens `first … end - 1` (at most guessGroup) stand in a block, from the row `from`
 * that is at or before them: right within a few rows, whatever the size of the block.
 */
export function guessRows(
  block: MemberBlock,
  density: number,
  from: number,
  tokens: Uint32Array,
  first: number,
  end: number,
  guesses: Int32Array,
): void {
  const { memberToken } = block;
  const last = block.rowCount - 1;
  guesses.fill(Math.min(from, last));
  for (let round = 0; round <= corrections; round++) {
    for (let i = first; i < end; i++) {
      const guess = guesses[i - first]!;
      const distance = ((tokens[i * 4]! - memberToken[guess * 4]!) * density) | 0;
      guesses[i - first] = Math.max(0, Math.min(last, guess + distance));
    }
  }
}

/** Rows that the first step away from a guess covers: one cache line. */
const firstStep = 4;

/**
 * The first row at or behind `from` whose member is not before `tokens[index]`; `rowCount` when there
 * is none. Gallops away from the guess, so that a good one makes it cheap and no guess makes it wrong.
 */
export function seekRow(
  block: MemberBlock,
  from: number,
  guess: number,
  tokens: Uint32Array,
  index: number,
): number {
  const { memberToken, rowCount } = block;
  if (from >= rowCount || compareTokens(memberToken, from, tokens, index) >= 0) return from;
  // The row at `low` is before the token from here on; the row at `high` is not, or is the end.
  let low = from;
  let high = rowCount;
  const start = Math.max(from, guess);
  let step = firstStep;
  if (compareTokens(memberToken, start, tokens, index) < 0) {
    low = start;
    let probe = start + 1;
    while (probe < rowCount && compareTokens(memberToken, probe, tokens, index) < 0) {
      low = probe;
      probe += step;
      step *= 2;
    }
    high = Math.min(probe, rowCount);
  } else {
    high = start;
    let probe = start - 1;
    while (probe > low && compareTokens(memberToken, probe, tokens, index) >= 0) {
      high = probe;
      probe -= step;
      step *= 2;
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
