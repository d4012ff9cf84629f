import { emptyFallback } from '../block/encode.ts';
import { type BlockBuilder, createBlockBuilder } from '../block/builder.ts';
import { canonicalOrder, isCanonical } from '../block/canonical.ts';
import { sortRowsByToken } from '../block/sort-tokens.ts';
import { createTokenSet, type TokenSet } from '../block/token-set.ts';
import { compareTokens, copyToken, sameToken } from '../token/compare.ts';
import type { RequestTokens } from '../token/tokeniser.ts';
import type { AudienceOperation, MemberBlock, MemberColumns } from '../types.ts';
import { gatherRecords } from './gather-records.ts';

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

/**
 * What the rows do to the audience, with the rules inside one request applied: of one member added
 * twice the last record counts; a member in both lists is removed; an identifier in any `remove` entry
 * is struck from the added records, and a record left empty is not added. Null: nothing to do.
 */
export function buildOperation(
  columns: MemberColumns,
  tokens: RequestTokens,
  rows: OperationRows,
  { added, removed, struck }: RowPlan = planRows(columns, tokens, rows),
): AudienceOperation | null {
  const isPlain = struck === null && removed.length === 0;
  const block =
    (isPlain ? gatherRecords(columns, tokens, added) : null) ??
    buildBlock(columns, tokens, added, removed, struck);
  const fallback = fallbackOf(columns, tokens, rows.remove);
  return block.rowCount + fallback.entryCount === 0 ? null : { block, fallback };
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

/** Merges both sorted lists; a member in both becomes a tombstone only. */
function buildBlock(
  columns: MemberColumns,
  tokens: RequestTokens,
  added: Uint32Array,
  removed: Uint32Array,
  struck: TokenSet | null,
): MemberBlock {
  const { memberToken } = tokens;
  const builder = createBlockBuilder(added.length + removed.length, added.length * 2);
  let at = 0;
  for (const row of added) {
    let order = -1;
    while (at < removed.length) {
      order = compareTokens(memberToken, removed[at]!, memberToken, row);
      if (order > 0) break;
      builder.tombstone(memberToken, removed[at]!);
      at += 1;
      if (order === 0) break;
    }
    if (order !== 0) addRecord(builder, columns, tokens, row, struck);
  }
  for (; at < removed.length; at++) builder.tombstone(memberToken, removed[at]!);
  return builder.finish();
}

function addRecord(
  builder: BlockBuilder,
  columns: MemberColumns,
  { memberToken, identifierToken }: RequestTokens,
  row: number,
  struck: TokenSet | null,
): void {
  const { identifierType } = columns;
  const start = columns.identifierStart[row]!;
  const end = columns.identifierStart[row + 1]!;
  if (struck === null && isCanonical(identifierType, identifierToken, start, end)) {
    builder.record(memberToken, row);
    for (let i = start; i < end; i++) builder.identifier(identifierType[i]!, identifierToken, i);
    return;
  }
  const kept = canonicalOrder(identifierType, identifierToken, start, end).filter(
    (entry) => struck === null || !struck.has(identifierToken, entry),
  );
  if (kept.length === 0) return;
  builder.record(memberToken, row);
  for (const entry of kept) builder.identifier(identifierType[entry]!, identifierToken, entry);
}

/** Every `remove` entry with identifiers: only the audience's members can tell whether it falls back to them. */
function fallbackOf(
  columns: MemberColumns,
  tokens: RequestTokens,
  rows: Uint32Array,
): AudienceOperation['fallback'] {
  const { identifierStart, externalIdStart } = columns;
  const entries = rows.filter((row) => identifierStart[row + 1]! > identifierStart[row]!);
  if (entries.length === 0) return emptyFallback;
  const starts = new Uint32Array(entries.length + 1);
  entries.forEach((row, i) => {
    starts[i + 1] = starts[i]! + identifierStart[row + 1]! - identifierStart[row]!;
  });
  const count = starts[entries.length]!;
  const fallback = {
    entryCount: entries.length,
    memberToken: new Uint32Array(entries.length * 4),
    hasMember: new Uint8Array(entries.length),
    identifierStart: starts,
    identifierType: new Uint8Array(count),
    identifierToken: new Uint32Array(count * 4),
  };
  entries.forEach((row, entry) => {
    if (externalIdStart[row + 1]! > externalIdStart[row]!) {
      fallback.hasMember[entry] = 1;
      copyToken(tokens.memberToken, row, fallback.memberToken, entry);
    }
    for (let i = identifierStart[row]!, to = starts[entry]!; i < identifierStart[row + 1]!; i++, to++) {
      fallback.identifierType[to] = columns.identifierType[i]!;
      copyToken(tokens.identifierToken, i, fallback.identifierToken, to);
    }
  });
  return fallback;
}
