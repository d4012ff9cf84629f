import { rotateTokens } from '../token/rotate.ts';
import type { Tokeniser } from '../token/tokeniser.ts';
import type { MemberBlock } from '../types.ts';
import { createBlockBuilder } from './builder.ts';
import { canonicalOrder } from './canonical.ts';
import { sortRowsByToken } from './sort-tokens.ts';

/**
 * The same members under another key. The result is sorted anew, so the pieces of one block do not stay
 * disjoint: rotate pieces one by one and merge them as blocks of their own.
 */
export function rotateBlock(from: Tokeniser, to: Tokeniser, block: MemberBlock): MemberBlock {
  const { rowCount, identifierStart, identifierType } = block;
  const memberToken = rotateTokens(from, to, null, block.memberToken);
  const identifierToken = rotateTokens(from, to, identifierType, block.identifierToken);
  const builder = createBlockBuilder(rowCount, identifierType.length);
  const rows = Uint32Array.from({ length: rowCount }, (_, row) => row);
  for (const row of sortRowsByToken(memberToken, rows)) {
    if (block.tombstone[row] === 1) {
      builder.tombstone(memberToken, row);
      continue;
    }
    builder.record(memberToken, row);
    const entries = canonicalOrder(
      identifierType,
      identifierToken,
      identifierStart[row]!,
      identifierStart[row + 1]!,
    );
    for (const entry of entries) builder.identifier(identifierType[entry]!, identifierToken, entry);
  }
  return builder.finish();
}
