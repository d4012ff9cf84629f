import { assert } from '../../base/assert.ts';
import { compareTokens, copyToken, sameToken } from '../token/compare.ts';
import type { MemberBlock } from '../types.ts';
import { forEachLiveRun } from './merge.ts';
import { densityOf, guessGroup, guessRows, seekRow } from './seek.ts';
import { sortRowsByToken } from './sort-tokens.ts';
import { createTokenSet, type TokenSet } from './token-set.ts';
import { walkNewest } from './walk.ts';

/** Where members stand: for token i, row `row[i]` of `view.pieces[piece[i]]`, or `piece[i]` = -1: no such member. */
export interface MemberPlaces {
  readonly piece: Int32Array;
  readonly row: Uint32Array;
}

/** The members of one audience at one moment: the newest row of each, unless that row removes it. */
export interface AudienceView {
  /** The blocks that make the audience, newest first, each as its pieces. */
  readonly blocks: readonly (readonly MemberBlock[])[];
  /** All pieces of all blocks, newest block first. */
  readonly pieces: readonly MemberBlock[];
  /** Rows in all pieces, older rows and tombstones included. */
  readonly storedRowCount: number;
  /**
   * Finds the first `count` tokens, which must ascend (each once). 100,000 of them in ten million
   * members take about 20 ms.
   */
  lookup(tokens: Uint32Array, count: number): MemberPlaces;
  /** Visits every member once, as runs of rows `first … end - 1` of a piece, in the order of tokens. */
  forEachLive(visit: (piece: MemberBlock, first: number, end: number) => void): void;
  /**
   * The tokens of the members that hold at least one of the first `count` identifier tokens, ascending.
   * A scan of all identifiers: about 5 ns each, which is what reading them costs.
   */
  membersHolding(identifierTokens: Uint32Array, count: number): Uint32Array;
}

/** `newestFirst`: the audience's live blocks, each as its pieces in ascending order. */
export function createAudienceView(newestFirst: readonly (readonly MemberBlock[])[]): AudienceView {
  const pieces = newestFirst.flat();
  const storedRowCount = pieces.reduce((sum, piece) => sum + piece.rowCount, 0);

  const lookup = (tokens: Uint32Array, count: number): MemberPlaces => {
    assertAscending(tokens, count);
    const piece = new Int32Array(count).fill(unknownPlace);
    const places = { piece, row: new Uint32Array(count), settledCount: 0 };
    let firstPiece = 0;
    for (const layer of newestFirst) {
      // A list that is sent again is found in the newest blocks, whatever lies below them.
      if (places.settledCount === count) break;
      lookupLayer(layer, firstPiece, tokens, count, places);
      firstPiece += layer.length;
    }
    for (let i = 0; i < count; i++) if (places.piece[i] === removedPlace) places.piece[i] = unknownPlace;
    return places;
  };

  return {
    blocks: newestFirst,
    pieces,
    storedRowCount,
    lookup,
    forEachLive(visit) {
      const cursor = walkNewest(newestFirst);
      while (cursor.next()) {
        const { piece } = cursor;
        forEachLiveRun(piece, cursor.first, cursor.end, (first, end) => visit(piece, first, end));
      }
    },
    membersHolding(identifierTokens, count) {
      if (count === 0) return new Uint32Array(0);
      return liveHolders(pieces, createTokenSet(identifierTokens, count), lookup);
    },
  };
}

const unknownPlace = -1;
/** Places while they are looked for. */
interface SettlingPlaces extends MemberPlaces {
  settledCount: number;
}

/** The newest row removes the member: older blocks are not asked. */
const removedPlace = -2;

function lookupLayer(
  layer: readonly MemberBlock[],
  firstPiece: number,
  tokens: Uint32Array,
  count: number,
  places: SettlingPlaces,
): void {
  let i = 0;
  layer.forEach((piece, at) => {
    if (piece.rowCount === 0) return;
    const lookup = isMergeCheaper(piece, count) ? mergePiece : lookupPiece;
    i = lookup(piece, firstPiece + at, tokens, i, count, places);
  });
}

/** A step of a merge costs about an eighth of a search. */
const stepsPerSearch = 8;

/** Whether so many uniform tokens leave few enough rows of the piece between two of them to walk over. */
function isMergeCheaper({ memberToken, rowCount }: MemberBlock, count: number): boolean {
  const share = (memberToken[(rowCount - 1) * 4]! - memberToken[0]!) / 2 ** 32;
  return count * share * stepsPerSearch >= rowCount;
}

/** As `lookupPiece`, by walking through tokens and rows side by side: for calls as large as the block. */
function mergePiece(
  piece: MemberBlock,
  number: number,
  tokens: Uint32Array,
  first: number,
  count: number,
  places: SettlingPlaces,
): number {
  const { memberToken, rowCount } = piece;
  let row = 0;
  for (let i = first; i < count; i++) {
    const word = tokens[i * 4]!;
    while (row < rowCount && memberToken[row * 4]! < word) row += 1;
    while (row < rowCount && memberToken[row * 4] === word && compareTokens(memberToken, row, tokens, i) < 0)
      row += 1;
    if (row === rowCount) return i;
    if (places.piece[i] !== unknownPlace || !sameToken(memberToken, row, tokens, i)) continue;
    places.piece[i] = piece.tombstone[row] === 1 ? removedPlace : number;
    places.row[i] = row;
    places.settledCount += 1;
  }
  return count;
}

/** Settles the tokens from `first` on that are not behind the piece; gives the first that is. */
function lookupPiece(
  piece: MemberBlock,
  number: number,
  tokens: Uint32Array,
  first: number,
  count: number,
  places: SettlingPlaces,
): number {
  const density = densityOf(piece);
  const guesses = new Int32Array(guessGroup);
  let row = 0;
  for (let group = first; group < count; group += guessGroup) {
    const end = Math.min(count, group + guessGroup);
    guessRows(piece, density, row, tokens, group, end, guesses);
    for (let i = group; i < end; i++) {
      row = seekRow(piece, row, guesses[i - group]!, tokens, i);
      if (row === piece.rowCount) return i;
      if (places.piece[i] !== unknownPlace || !sameToken(piece.memberToken, row, tokens, i)) continue;
      places.piece[i] = piece.tombstone[row] === 1 ? removedPlace : number;
      places.row[i] = row;
      places.settledCount += 1;
    }
  }
  return count;
}

function assertAscending(tokens: Uint32Array, count: number): void {
  assert(tokens.length >= count * 4, () => 'fewer tokens than said');
  for (let i = 1; i < count; i++) {
    assert(compareTokens(tokens, i - 1, tokens, i) < 0, () => 'tokens to look up must ascend');
  }
}

/** Rows that hold an identifier of the set, then only those of them that are their member's newest. */
function liveHolders(
  pieces: readonly MemberBlock[],
  wanted: TokenSet,
  lookup: (tokens: Uint32Array, count: number) => MemberPlaces,
): Uint32Array {
  const holders: { piece: number; row: number }[] = [];
  pieces.forEach((piece, number) => {
    for (const row of rowsHolding(piece, wanted)) holders.push({ piece: number, row });
  });
  const found = new Uint32Array(holders.length * 4);
  holders.forEach(({ piece, row }, i) => copyToken(pieces[piece]!.memberToken, row, found, i));
  const order = sortRowsByToken(
    found,
    Uint32Array.from(holders, (_, i) => i),
  );
  const sorted = new Uint32Array(found.length);
  const distinct = copyDistinct(found, order, sorted);
  const places = lookup(sorted, distinct);
  // A holder is live exactly when the look-up of its member leads back to it.
  const live = new Uint32Array(distinct * 4);
  let liveCount = 0;
  let member = 0;
  for (const at of order) {
    if (!sameToken(found, at, sorted, member)) member += 1;
    const { piece, row } = holders[at]!;
    if (places.piece[member] === piece && places.row[member] === row) {
      copyToken(found, at, live, liveCount++);
    }
  }
  return live.subarray(0, liveCount * 4);
}

function rowsHolding(piece: MemberBlock, wanted: TokenSet): number[] {
  const { identifierStart, identifierToken } = piece;
  const count = identifierToken.length / 4;
  const rows: number[] = [];
  let row = 0;
  for (let i = 0; i < count; i++) {
    if (!wanted.has(identifierToken, i)) continue;
    row = rowOfIdentifier(identifierStart, row, i);
    if (rows.at(-1) !== row) rows.push(row);
  }
  return rows;
}

/** The row at or behind `from` that owns identifier `entry`. */
function rowOfIdentifier(identifierStart: Uint32Array, from: number, entry: number): number {
  let low = from;
  let high = identifierStart.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (identifierStart[middle]! <= entry) low = middle;
    else high = middle;
  }
  return low;
}

/** Copies tokens in the given order, equal neighbours once; gives their number. */
function copyDistinct(tokens: Uint32Array, order: Uint32Array, out: Uint32Array): number {
  let count = 0;
  for (const at of order) {
    if (count > 0 && sameToken(tokens, at, out, count - 1)) continue;
    copyToken(tokens, at, out, count++);
  }
  return count;
}
