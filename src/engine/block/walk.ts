import { assert } from '../../base/assert.ts';
import { compareTokens } from '../token/compare.ts';
import type { MemberBlock } from '../types.ts';
import { emptyBlock } from './builder.ts';

/**
 * One stored block as its pieces: ascending, disjoint ranges of member tokens. An iterable that reads
 * pieces when asked keeps one of them in memory at a time.
 */
export type BlockPieces = Iterable<MemberBlock>;

/** A run of rows of one piece: `first … end - 1`. Valid until the next step. */
export interface RunCursor {
  readonly piece: MemberBlock;
  readonly first: number;
  readonly end: number;
  /** Goes to the next run; false when there is none. */
  next(): boolean;
}

interface Source {
  readonly rest: Iterator<MemberBlock>;
  /** Null when the source has ended. */
  piece: MemberBlock | null;
  row: number;
}

/**
 * Walks several blocks at once in the order of member tokens and gives, of each member, the newest row
 * (tombstones included) as runs that are as long as possible. Costs a comparison per block and run.
 */
export function walkNewest(newestFirst: readonly BlockPieces[]): RunCursor {
  const sources = newestFirst.map((pieces): Source => {
    const source: Source = { rest: pieces[Symbol.iterator](), piece: emptyBlock, row: 0 };
    settle(source);
    return source;
  });
  const cursor = {
    piece: emptyBlock,
    first: 0,
    end: 0,
    next(): boolean {
      const leader = leadingSource(sources);
      if (leader === null) return false;
      const piece = leader.piece!;
      cursor.piece = piece;
      cursor.first = leader.row;
      cursor.end = runEnd(leader, sources);
      leader.row = cursor.end;
      if (cursor.end === piece.rowCount) settle(leader);
      return true;
    },
  };
  return cursor;
}

/** Goes on to the next piece that has rows when the present one is used up. */
function settle(source: Source): void {
  let before = source.piece;
  while (source.piece !== null && source.row >= source.piece.rowCount) {
    const step = source.rest.next();
    source.piece = step.done === true ? null : step.value;
    source.row = 0;
    if (source.piece === null || source.piece.rowCount === 0 || before === null) continue;
    if (before.rowCount > 0) {
      const ascends = compareTokens(before.memberToken, before.rowCount - 1, source.piece.memberToken, 0) < 0;
      assert(ascends, () => 'pieces of one block must be ascending and disjoint');
    }
    before = source.piece;
  }
}

/** The newest of the sources with the smallest member; older rows of that member are skipped. */
function leadingSource(sources: readonly Source[]): Source | null {
  let leader: Source | null = null;
  for (const source of sources) {
    if (source.piece === null) continue;
    if (leader === null) {
      leader = source;
      continue;
    }
    const order = compareTokens(source.piece.memberToken, source.row, leader.piece!.memberToken, leader.row);
    if (order < 0) leader = source;
    else if (order === 0) {
      source.row += 1;
      settle(source);
    }
  }
  return leader;
}

/** The first row of the leader's piece, behind its present one, that is not before every other source. */
function runEnd(leader: Source, sources: readonly Source[]): number {
  let bound: Source | null = null;
  for (const source of sources) {
    if (source === leader || source.piece === null) continue;
    if (
      bound === null ||
      compareTokens(source.piece.memberToken, source.row, bound.piece!.memberToken, bound.row) < 0
    ) {
      bound = source;
    }
  }
  const { piece, row } = leader;
  if (bound === null) return piece!.rowCount;
  return gallop(piece!, row + 1, bound.piece!.memberToken, bound.row);
}

/** The first row at or behind `from` whose member is not before `tokens[index]`. */
function gallop(piece: MemberBlock, from: number, tokens: Uint32Array, index: number): number {
  const { memberToken, rowCount } = piece;
  let step = 1;
  let low = from;
  let high = from;
  while (high < rowCount && compareTokens(memberToken, high, tokens, index) < 0) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  high = Math.min(high, rowCount);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareTokens(memberToken, middle, tokens, index) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
