import type { BitSet } from '../bitmap/bit-set.ts';
import { createOrdinalList, type OrdinalList } from '../bitmap/ordinal-list.ts';
import { type AudienceView, createAudienceView } from '../block/audience-view.ts';
import { digestOf, digestRows, type MemberDigest } from '../block/member-digest.ts';
import type { AudienceOperation, GraphIndex, MatchCounts, MemberBlock } from '../types.ts';
import { fallbackTombstones } from './fallback.ts';
import { matchAll } from './match-all.ts';
import { createRecordCounter, type RecordCounter, sameRecord } from './record-counter.ts';
import { createReportTally } from './report-tally.ts';

/** What an operation did to the members of its audience. An upsert equal to what was there is `unchanged`. */
export interface MemberChange {
  readonly added: number;
  readonly updated: number;
  readonly removed: number;
  readonly unchanged: number;
}

export interface FoldInput {
  /** The audience before the operation. */
  readonly view: AudienceView;
  readonly operation: AudienceOperation;
  readonly graph: GraphIndex;
  /** The counts before, made with the same version of the graph; null makes a full count. */
  readonly counts: MatchCounts | null;
  /** The digest of the members before; null makes it anew. */
  readonly digest: MemberDigest | null;
}

/** The matched users after the operation: as a difference, or whole where a full count was made. */
export type FoldUsers =
  | {
      readonly kind: 'delta';
      /** Persons that added or updated records name; most are in the set already. */
      readonly added: OrdinalList;
      /** Some person may have lost the last member that named it: only a full match can tell. */
      readonly needsRecount: boolean;
    }
  | { readonly kind: 'full'; readonly matched: BitSet };

export interface FoldResult {
  /** Members removed through identifiers. Belongs directly below the operation's block in the audience. */
  readonly extraTombstones: MemberBlock | null;
  /** The counts after. */
  readonly counts: MatchCounts;
  /** The digest after; of the members alone, whatever the graph is. */
  readonly digest: MemberDigest;
  readonly change: MemberChange;
  readonly users: FoldUsers;
}

/**
 * Applies an operation to an audience: resolves removals by identifier, and moves the counts by what
 * changed instead of counting anew. Gives the answer that `matchAll` gives on the state after. Costs two
 * look-ups per changed record, and a scan of the audience's identifiers when an entry falls back.
 */
export function foldOperation(input: FoldInput): FoldResult {
  const { view, operation, graph, counts } = input;
  const extraTombstones = fallbackTombstones(view, operation);
  const digest = input.digest === null ? digestOf(view) : input.digest.slice();
  const tally = createReportTally();
  const added = createOrdinalList();
  const plus = createRecordCounter(graph, tally, 1, added);
  const minus = createRecordCounter(graph, tally, -1);
  const isDelta = counts !== null;
  const change = applyBlock(view, operation.block, digest, isDelta ? { plus, minus } : null);
  const removed = applyTombstones(view, extraTombstones, digest, isDelta ? minus : null);
  const total = { ...change, removed: change.removed + removed };
  if (counts === null) {
    const full = matchAll({ view: viewAfter(view, operation, extraTombstones), graph });
    return {
      extraTombstones,
      counts: full.counts,
      digest,
      change: total,
      users: { kind: 'full', matched: full.users },
    };
  }
  plus.flush();
  minus.flush();
  return {
    extraTombstones,
    counts: tally.addedTo(counts),
    digest,
    change: total,
    users: { kind: 'delta', added, needsRecount: minus.hasLostMatch },
  };
}

/** The audience with a folded operation on top. */
export function viewAfter(
  view: AudienceView,
  operation: AudienceOperation,
  extraTombstones: MemberBlock | null,
): AudienceView {
  const extra = extraTombstones === null ? [] : [[extraTombstones]];
  const own = operation.block.rowCount === 0 ? [] : [[operation.block]];
  return createAudienceView([...own, ...extra, ...view.blocks]);
}

interface Counters {
  readonly plus: RecordCounter;
  readonly minus: RecordCounter;
}

function applyBlock(
  view: AudienceView,
  block: MemberBlock,
  digest: MemberDigest,
  counters: Counters | null,
): MemberChange {
  const change = { added: 0, updated: 0, removed: 0, unchanged: 0 };
  const places = view.lookup(block.memberToken, block.rowCount);
  for (let row = 0; row < block.rowCount; row++) {
    const place = places.piece[row]!;
    const isRemoval = block.tombstone[row] === 1;
    if (place < 0) {
      if (isRemoval) continue;
      change.added += 1;
      digestRows(digest, block, row, row + 1, 1);
      counters?.plus.push(block, row);
      continue;
    }
    const old = view.pieces[place]!;
    const oldRow = places.row[row]!;
    if (isRemoval) {
      change.removed += 1;
      digestRows(digest, old, oldRow, oldRow + 1, -1);
      counters?.minus.push(old, oldRow);
    } else if (sameRecord(old, oldRow, block, row)) {
      change.unchanged += 1;
    } else {
      change.updated += 1;
      digestRows(digest, old, oldRow, oldRow + 1, -1);
      digestRows(digest, block, row, row + 1, 1);
      counters?.minus.push(old, oldRow, { block, row });
      counters?.plus.push(block, row);
    }
  }
  return change;
}

/** Gives the number of members removed; every one of them is in the view. */
function applyTombstones(
  view: AudienceView,
  extra: MemberBlock | null,
  digest: MemberDigest,
  minus: RecordCounter | null,
): number {
  if (extra === null) return 0;
  const places = view.lookup(extra.memberToken, extra.rowCount);
  for (let i = 0; i < extra.rowCount; i++) {
    const piece = view.pieces[places.piece[i]!]!;
    const row = places.row[i]!;
    digestRows(digest, piece, row, row + 1, -1);
    minus?.push(piece, row);
  }
  return extra.rowCount;
}
