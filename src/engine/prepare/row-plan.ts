import { canonicalOrder, isCanonical } from '../block/canonical.ts';
import { sortRowsByToken } from '../block/sort-tokens.ts';
import { createTokenSet, type TokenSet } from '../block/token-set.ts';
import { compareTokens, copyToken, sameToken } from '../token/compare.ts';
import type { RequestTokens } from '../token/tokeniser.ts';
import type { MemberColumns } from '../types.ts';

/** The good rows of one audience of a request, in document order. */
export interface OperationRows {
  readonly add: Uint32Array;
  readonly remove: Uint32Array;
}

/** The rules inside one request, as rows: what is left to be written down. */
export interface RowPlan {
  /** Of each member the record that counts, in the order of member tokens. */
  readonly added: Uint32Array;
  /** One `remove` entry of each member that one names, in the same order. */
  readonly removed: Uint32Array;
  /** Identifiers to strike from what is added; null for none. */
  readonly struck: TokenSet | null;
}

export function planRows(columns: MemberColumns, tokens: RequestTokens, rows: OperationRows): RowPlan {
  const keyed = rows.remove.filter(
    (row) => columns.externalIdStart[row] !== columns.externalIdStart[row + 1],
  );
  return {
    added: lastOfEach(tokens.memberToken, sortRowsByToken(tokens.memberToken, rows.add)),
    removed: lastOfEach(tokens.memberToken, sortRowsByToken(tokens.memberToken, keyed)),
    struck: identifiersOf(columns, tokens, rows.remove),
  };
}

/** Of each run of rows with one token, the row given last. */
function lastOfEach(tokens: Uint32Array, order: Uint32Array): Uint32Array {
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    if (i + 1 < order.length && sameToken(tokens, row, tokens, order[i + 1]!)) continue;
    order[count++] = row;
  }
  return order.subarray(0, count);
}

/** Null when the entries carry no identifier, so that nothing is to be struck. */
function identifiersOf(columns: MemberColumns, tokens: RequestTokens, rows: Uint32Array): TokenSet | null {
  const { identifierStart } = columns;
  let count = 0;
  for (const row of rows) count += identifierStart[row + 1]! - identifierStart[row]!;
  if (count === 0) return null;
  const source = new Uint32Array(count * 4);
  let at = 0;
  for (const row of rows) {
    const words = tokens.identifierToken.subarray(identifierStart[row]! * 4, identifierStart[row + 1]! * 4);
    source.set(words, at);
    at += words.length;
  }
  return createTokenSet(source, count);
}

/** Where a plan is written down. */
export interface PlanWriter {
  /** A member that is removed; `row` names it. */
  tombstone(row: number): void;
  /** Begins the record of a member; its identifiers follow, in the order that blocks keep. */
  record(row: number): void;
  identifier(entry: number): void;
}

/**
 * Writes a plan down in the order of member tokens. A member that is added and removed is only removed, and a record that is left
 * without an identifier is not added.
 */
export function walkPlan(
  columns: MemberColumns,
  tokens: RequestTokens,
  { added, removed, struck }: RowPlan,
  writer: PlanWriter,
): void {
  const { memberToken } = tokens;
  let at = 0;
  for (const row of added) {
    let order = -1;
    while (at < removed.length) {
      order = compareTokens(memberToken, removed[at]!, memberToken, row);
      if (order > 0) break;
      writer.tombstone(removed[at]!);
      at += 1;
      if (order === 0) break;
    }
    if (order !== 0) writeRecord(columns, tokens, row, struck, writer);
  }
  for (; at < removed.length; at++) writer.tombstone(removed[at]!);
}

function writeRecord(
  { identifierStart, identifierType }: MemberColumns,
  { identifierToken }: RequestTokens,
  row: number,
  struck: TokenSet | null,
  writer: PlanWriter,
): void {
  const start = identifierStart[row]!;
  const end = identifierStart[row + 1]!;
  if (struck === null && isCanonical(identifierType, identifierToken, start, end)) {
    writer.record(row);
    for (let entry = start; entry < end; entry++) writer.identifier(entry);
    return;
  }
  const kept = canonicalOrder(identifierType, identifierToken, start, end).filter(
    (entry) => struck === null || !struck.has(identifierToken, entry),
  );
  if (kept.length === 0) return;
  writer.record(row);
  for (const entry of kept) writer.identifier(entry);
}

/** The `remove` entries with identifiers: only the audience's members can tell whether they fall back to them. */
export interface RemovalEntries {
  readonly entryCount: number;
  readonly memberToken: Uint32Array;
  readonly hasMember: Uint8Array;
  readonly identifierStart: Uint32Array;
  /** Their identifiers, one after the other, as places in the columns of the request. */
  readonly identifiers: Uint32Array;
}

/** Null when there is none. */
export function removalEntries(
  { identifierStart, externalIdStart }: MemberColumns,
  { memberToken }: RequestTokens,
  rows: Uint32Array,
): RemovalEntries | null {
  const entries = rows.filter((row) => identifierStart[row + 1]! > identifierStart[row]!);
  if (entries.length === 0) return null;
  const starts = new Uint32Array(entries.length + 1);
  entries.forEach((row, i) => {
    starts[i + 1] = starts[i]! + identifierStart[row + 1]! - identifierStart[row]!;
  });
  const removal = {
    entryCount: entries.length,
    memberToken: new Uint32Array(entries.length * 4),
    hasMember: new Uint8Array(entries.length),
    identifierStart: starts,
    identifiers: new Uint32Array(starts[entries.length]!),
  };
  entries.forEach((row, entry) => {
    if (externalIdStart[row + 1]! > externalIdStart[row]!) {
      removal.hasMember[entry] = 1;
      copyToken(memberToken, row, removal.memberToken, entry);
    }
    for (let i = identifierStart[row]!, to = starts[entry]!; i < identifierStart[row + 1]!; i++, to++) {
      removal.identifiers[to] = i;
    }
  });
  return removal;
}
