import { must } from '../../base/assert.ts';
import type { Primitives } from '../../base/primitives.ts';
import { removalEntries, walkPlan, type RowPlan } from '../prepare/row-plan.ts';
import { writeDerivedKey } from '../token/member-key.ts';
import type { RequestTokens } from '../token/tokeniser.ts';
import { tokenBytes, type MemberColumns } from '../types.ts';
import { noFallback } from './encode-forward.ts';
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
  plan: RowPlan,
  primitives: Primitives,
): ForwardOperation {
  const { memberToken } = tokens;
  const { added, removed } = plan;
  const builder = createForwardBuilder({
    rows: added.length + removed.length,
    identifiers: added.length * 2,
    idBytes: added.length * 16,
    valueBytes: 0,
  });
  walkPlan(columns, tokens, plan, {
    tombstone: (row) => builder.tombstone(memberToken, row),
    record: (row) => beginRecord(builder, columns, tokens, row, primitives),
    identifier: (entry) => addIdentifier(builder, columns, entry),
  });
  return { members: builder.finish(), fallback: fallbackOf(columns, tokens, removeRows) };
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
export function derivedId(columns: MemberColumns, row: number, primitives: Primitives): Uint8Array {
  const key = new Uint8Array(tokenBytes);
  writeDerivedKey(columns, row, key, 0, primitives);
  const hex = Array.from(key.subarray(1), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return new TextEncoder().encode(`derived-${hex}`);
}

function fallbackOf(columns: MemberColumns, tokens: RequestTokens, rows: Uint32Array): ForwardFallback {
  const removal = removalEntries(columns, tokens, rows);
  if (removal === null) return noFallback;
  const { identifiers, ...entries } = removal;
  const identifierWords = new Uint32Array(identifiers.length * 4);
  identifiers.forEach((from, to) => {
    writeIdentifierWords(columns.identifierType[from]!, columns.identifierDigest, from, identifierWords, to);
  });
  return { ...entries, identifierWords };
}
