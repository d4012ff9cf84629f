import type { AudienceView } from '../block/audience-view.ts';
import { createBlockBuilder } from '../block/builder.ts';
import { sortRowsByToken } from '../block/sort-tokens.ts';
import { compareTokens, copyToken, sameToken } from '../token/compare.ts';
import type { AudienceOperation, MemberBlock } from '../types.ts';

/**
 * The members that `remove` entries remove through their identifiers: an entry without external id, or
 * whose external id names no member at that moment, removes every member that holds any of its
 * identifiers (contract: remove). As tombstones, without the members that the operation's own block
 * settles; null when there are none.
 */
export function fallbackTombstones(view: AudienceView, operation: AudienceOperation): MemberBlock | null {
  const { fallback, block } = operation;
  if (fallback.entryCount === 0) return null;
  const works = workingEntries(view, fallback);
  const wanted = new Uint32Array(fallback.identifierToken.length);
  let count = 0;
  for (let entry = 0; entry < fallback.entryCount; entry++) {
    if (works[entry] === 0) continue;
    for (let i = fallback.identifierStart[entry]!; i < fallback.identifierStart[entry + 1]!; i++) {
      copyToken(fallback.identifierToken, i, wanted, count++);
    }
  }
  const holders = view.membersHolding(wanted, count);
  const builder = createBlockBuilder(holders.length / 4, 0);
  let at = 0;
  for (let holder = 0; holder < holders.length / 4; holder++) {
    while (at < block.rowCount && compareTokens(block.memberToken, at, holders, holder) < 0) at += 1;
    const isSettled = at < block.rowCount && sameToken(block.memberToken, at, holders, holder);
    if (!isSettled) builder.tombstone(holders, holder);
  }
  return builder.rowCount === 0 ? null : builder.finish();
}

/** 1 for each entry that falls back: it has no external id, or no member is behind it. */
function workingEntries(view: AudienceView, fallback: AudienceOperation['fallback']): Uint8Array {
  const works = new Uint8Array(fallback.entryCount).fill(1);
  const keyed = Uint32Array.from(fallback.hasMember.keys()).filter(
    (entry) => fallback.hasMember[entry] === 1,
  );
  const order = sortRowsByToken(fallback.memberToken, keyed);
  const sorted = new Uint32Array(order.length * 4);
  const placeOf = new Uint32Array(order.length);
  let distinct = 0;
  order.forEach((entry, i) => {
    if (distinct === 0 || !sameToken(fallback.memberToken, entry, sorted, distinct - 1)) {
      copyToken(fallback.memberToken, entry, sorted, distinct++);
    }
    placeOf[i] = distinct - 1;
  });
  const places = view.lookup(sorted, distinct);
  order.forEach((entry, i) => {
    if (places.piece[placeOf[i]!]! >= 0) works[entry] = 0;
  });
  return works;
}
