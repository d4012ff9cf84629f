import { createTokenSet, type TokenSet } from '../block/token-set.ts';
import { compareTokens } from '../token/compare.ts';
import { digestBytes, type ForwardMembers, writeIdentifierWords } from './forward-members.ts';

/** What leads from one state of an audience to a later one. Rows are in the order of their tokens, so that places in it stay. */
export interface ForwardDelta {
  readonly before: ForwardMembers;
  readonly after: ForwardMembers;
  /** Rows of `before` whose members are gone. */
  readonly removed: Uint32Array;
  /** Rows of `after` that are new or different. */
  readonly added: Uint32Array;
  /** Whether identifier `i` of `before` is held by a member of `after`: a removal must not name it. */
  isStillHeld(i: number): boolean;
}

/** Walks through both states side by side. Equal records are left out: sending a list again sends nothing. */
export function forwardDelta(before: ForwardMembers, after: ForwardMembers): ForwardDelta {
  const removed = new Uint32Array(before.rowCount);
  const added = new Uint32Array(after.rowCount);
  let removedCount = 0;
  let addedCount = 0;
  let old = 0;
  for (let row = 0; row < after.rowCount; row++) {
    let order = -1;
    for (; old < before.rowCount; old++) {
      order = compareTokens(before.memberToken, old, after.memberToken, row);
      if (order >= 0) break;
      removed[removedCount++] = old;
    }
    const isKnown = old < before.rowCount && order === 0;
    if (!isKnown || !sameRecord(before, old, after, row)) added[addedCount++] = row;
    if (isKnown) old += 1;
  }
  for (; old < before.rowCount; old++) removed[removedCount++] = old;
  const gone = removed.subarray(0, removedCount);
  const held = heldOf(before, gone, after);
  const words = new Uint32Array(4);
  return {
    before,
    after,
    removed: gone,
    added: added.subarray(0, addedCount),
    isStillHeld(i) {
      if (held === null) return false;
      writeIdentifierWords(before.identifierType[i]!, before.identifierDigest, i, words, 0);
      return held.has(words, 0);
    },
  };
}

/** Members keep their ids, and identifiers are in canonical order, so equal records are equal columns. */
function sameRecord(a: ForwardMembers, rowA: number, b: ForwardMembers, rowB: number): boolean {
  const startA = a.identifierStart[rowA]!;
  const startB = b.identifierStart[rowB]!;
  const count = a.identifierStart[rowA + 1]! - startA;
  if (count !== b.identifierStart[rowB + 1]! - startB) return false;
  for (let i = 0; i < count; i++) {
    if (a.identifierType[startA + i] !== b.identifierType[startB + i]) return false;
  }
  const bytes = count * digestBytes;
  for (let at = 0; at < bytes; at++) {
    if (a.identifierDigest[startA * digestBytes + at] !== b.identifierDigest[startB * digestBytes + at])
      return false;
  }
  return true;
}

/** Identifiers of members that are gone which some member that stays holds as well. Null when nobody is gone. */
function heldOf(before: ForwardMembers, gone: Uint32Array, after: ForwardMembers): TokenSet | null {
  if (gone.length === 0) return null;
  const lost = identifiersOf(before, gone);
  const wanted = createTokenSet(lost, lost.length / 4);
  const words = new Uint32Array(4);
  const isWanted = (i: number): boolean => {
    writeIdentifierWords(after.identifierType[i]!, after.identifierDigest, i, words, 0);
    return wanted.has(words, 0);
  };
  // Looked for twice instead of guessing: one identifier may be held by many members.
  let count = 0;
  for (let i = 0; i < after.identifierType.length; i++) if (isWanted(i)) count += 1;
  if (count === 0) return null;
  const held = new Uint32Array(count * 4);
  let at = 0;
  for (let i = 0; i < after.identifierType.length; i++) if (isWanted(i)) held.set(words, at++ * 4);
  return createTokenSet(held, count);
}

function identifiersOf(members: ForwardMembers, rows: Uint32Array): Uint32Array {
  let count = 0;
  for (const row of rows) count += members.identifierStart[row + 1]! - members.identifierStart[row]!;
  const words = new Uint32Array(count * 4);
  let at = 0;
  for (const row of rows) {
    for (let i = members.identifierStart[row]!; i < members.identifierStart[row + 1]!; i++) {
      writeIdentifierWords(members.identifierType[i]!, members.identifierDigest, i, words, at++);
    }
  }
  return words;
}
