import { emptyFallback } from '../block/encode.ts';
import { createBlockBuilder } from '../block/builder.ts';
import { copyToken } from '../token/compare.ts';
import type { RequestTokens } from '../token/tokeniser.ts';
import type { AudienceOperation, MemberBlock, MemberColumns } from '../types.ts';
import { gatherRecords } from './gather-records.ts';
import { planRows, removalEntries, walkPlan, type OperationRows, type RowPlan } from './row-plan.ts';

/**
 * What the rows do to the audience, with the rules inside one request applied: of one member added
 * twice the last record counts; a member in both lists is removed; an identifier in any `remove` entry
 * is struck from the added records, and a record left empty is not added. Null: nothing to do.
 */
export function buildOperation(
  columns: MemberColumns,
  tokens: RequestTokens,
  rows: OperationRows,
  plan: RowPlan = planRows(columns, tokens, rows),
): AudienceOperation | null {
  const { added, removed, struck } = plan;
  const isPlain = struck === null && removed.length === 0;
  const block = (isPlain ? gatherRecords(columns, tokens, added) : null) ?? buildBlock(columns, tokens, plan);
  const fallback = fallbackOf(columns, tokens, rows.remove);
  return block.rowCount + fallback.entryCount === 0 ? null : { block, fallback };
}

/** Merges both sorted lists of a plan. */
function buildBlock(columns: MemberColumns, tokens: RequestTokens, plan: RowPlan): MemberBlock {
  const { memberToken, identifierToken } = tokens;
  const { added, removed } = plan;
  const builder = createBlockBuilder(added.length + removed.length, added.length * 2);
  walkPlan(columns, tokens, plan, {
    tombstone: (row) => builder.tombstone(memberToken, row),
    record: (row) => builder.record(memberToken, row),
    identifier: (entry) => builder.identifier(columns.identifierType[entry]!, identifierToken, entry),
  });
  return builder.finish();
}

function fallbackOf(
  columns: MemberColumns,
  tokens: RequestTokens,
  rows: Uint32Array,
): AudienceOperation['fallback'] {
  const removal = removalEntries(columns, tokens, rows);
  if (removal === null) return emptyFallback;
  const { identifiers, ...entries } = removal;
  const identifierToken = new Uint32Array(identifiers.length * 4);
  identifiers.forEach((from, to) => copyToken(tokens.identifierToken, from, identifierToken, to));
  const identifierType = Uint8Array.from(identifiers, (from) => columns.identifierType[from]!);
  return { ...entries, identifierType, identifierToken };
}
