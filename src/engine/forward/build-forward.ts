import { must } from '../../base/assert.ts';
import type { Primitives } from '../../base/primitives.ts';
import { canonicalOrder, isCanonical } from '../block/canonical.ts';
import type { RowPlan } from '../prepare/build-operation.ts';
import { compareTokens, copyToken } from '../token/compare.ts';
import { writeDerivedKey } from '../token/member-key.ts';
import type { RequestTokens } from '../token/tokeniser.ts';
import { tokenBytes, type MemberColumns } from '../types.ts';
import { createForwardBuilder, type ForwardBuilder } from './forward-builder.ts';
import { type ForwardFallback, type ForwardOperation, writeIdentifierWords } from './forward-members.ts';

/**
 * What the rows of one audience do to it, with the same rules inside the request as `buildOperation` has, and with identifiers
 * instead of tokens. The columns must hold the values of uids. Only good rows are in the plan, so no bad member gets here.
 */
export function buildForward(
  columns: MemberColumns,
  tokens: RequestTokens,
  removeRows: Uint32Array,
  { added, removed, struck }: RowPlan,
  primitives: Primitives,
): ForwardOperation {
  const { memberToken } = tokens;
  const builder = createForwardBuilder({
    rows: added.length + removed.length,
    identifiers: added.length * 2,
    idBytes: added.length * 16,
    valueBytes: 0,
  });
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
    if (order !== 0) addRecord(builder, columns, tokens, row, struck, primitives);
  }
  for (; at < removed.length; at++) builder.tombstone(memberToken, removed[at]!);
  return { members: builder.finish(), fallback: fallbackOf(columns, tokens, removeRows) };
}

/** A record that is left without an identifier is not added. */
function addRecord(
  builder: ForwardBuilder,
  columns: MemberColumns,
  tokens: RequestTokens,
  row: number,
  struck: RowPlan['struck'],
  primitives: Primitives,
): void {
  const { identifierType } = columns;
  const start = columns.identifierStart[row]!;
  const end = columns.identifierStart[row + 1]!;
  if (struck === null && isCanonical(identifierType, tokens.identifierToken, start, end)) {
    beginRecord(builder, columns, tokens, row, primitives);
    for (let entry = start; entry < end; entry++) addIdentifier(builder, columns, entry);
    return;
  }
  const kept = canonicalOrder(identifierType, tokens.identifierToken, start, end).filter(
    (entry) => struck === null || !struck.has(tokens.identifierToken, entry),
  );
  if (kept.length === 0) return;
  beginRecord(builder, columns, tokens, row, primitives);
  for (const entry of kept) addIdentifier(builder, columns, entry);
}

function beginRecord(
  builder: ForwardBuilder,
  columns: MemberColumns,
  { memberToken }: RequestTokens,
  row: number,
  primitives: Primitives,
): void {
  const idStart = columns.externalIdStart[row]!;
  const idEnd = columns.externalIdStart[row + 1]!;
  if (idEnd > idStart) {
    builder.record(memberToken, row, columns.externalIdBytes, idStart, idEnd);
    return;
  }
  const id = derivedId(columns, row, primitives);
  builder.record(memberToken, row, id, 0, id.length);
}

function addIdentifier(builder: ForwardBuilder, columns: MemberColumns, entry: number): void {
  const starts = must(columns.uidValueStart, () => 'columns of a request that may be forwarded');
  const values = must(columns.uidValueBytes, () => 'columns of a request that may be forwarded');
  const type = columns.identifierType[entry]!;
  builder.identifier(type, columns.identifierDigest, entry, values, starts[entry]!, starts[entry + 1]!);
}

/** A member of a caller without external ids has a name made from its identifiers, the same for the same set of them. */
function derivedId(columns: MemberColumns, row: number, primitives: Primitives): Uint8Array {
  const key = new Uint8Array(tokenBytes);
  writeDerivedKey(columns, row, key, 0, primitives);
  const hex = Array.from(key.subarray(1), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return new TextEncoder().encode(`derived-${hex}`);
}

function fallbackOf(columns: MemberColumns, tokens: RequestTokens, rows: Uint32Array): ForwardFallback {
  const { identifierStart, externalIdStart } = columns;
  const entries = rows.filter((row) => identifierStart[row + 1]! > identifierStart[row]!);
  const starts = new Uint32Array(entries.length + 1);
  entries.forEach((row, i) => {
    starts[i + 1] = starts[i]! + identifierStart[row + 1]! - identifierStart[row]!;
  });
  const fallback = {
    entryCount: entries.length,
    memberToken: new Uint32Array(entries.length * 4),
    hasMember: new Uint8Array(entries.length),
    identifierStart: starts,
    identifierWords: new Uint32Array(starts[entries.length]! * 4),
  };
  entries.forEach((row, entry) => {
    if (externalIdStart[row + 1]! > externalIdStart[row]!) {
      fallback.hasMember[entry] = 1;
      copyToken(tokens.memberToken, row, fallback.memberToken, entry);
    }
    for (let i = identifierStart[row]!, to = starts[entry]!; i < identifierStart[row + 1]!; i++, to++) {
      const type = columns.identifierType[i]!;
      writeIdentifierWords(type, columns.identifierDigest, i, fallback.identifierWords, to);
    }
  });
  return fallback;
}
