import { identifierCodeMax } from '../../base/identifier-types.ts';
import { compareTokens } from '../token/compare.ts';
import type { AudienceOperation, MemberBlock } from '../types.ts';
import { isCanonical } from './canonical.ts';

/** Identifiers of one record at most; the byte above means a tombstone in stored blocks. */
export const identifiersPerRecordMax = 254;

type Columns = Pick<MemberBlock, 'identifierStart' | 'identifierType' | 'identifierToken'>;

/** What a block must be; null when it is. Costs about 3 ns a row. */
export function blockFault(block: MemberBlock): string | null {
  const { rowCount, memberToken, tombstone } = block;
  if (memberToken.length !== rowCount * 4 || tombstone.length !== rowCount) return 'row columns disagree';
  const fault = startsFault(block, rowCount);
  if (fault !== null) return fault;
  for (let row = 0; row < rowCount; row++) {
    const count = block.identifierStart[row + 1]! - block.identifierStart[row]!;
    const removes = tombstone[row]!;
    if (removes > 1) return 'a tombstone flag is 0 or 1';
    if (removes === 1 ? count !== 0 : count < 1 || count > identifiersPerRecordMax) {
      return 'a record has identifiers and a tombstone has none';
    }
    if (row > 0 && compareTokens(memberToken, row - 1, memberToken, row) >= 0) {
      return 'member tokens do not ascend';
    }
    if (count > 1 && !isCanonicalRow(block, row)) return 'identifiers of a record do not ascend';
  }
  return null;
}

/** What an operation must be; null when it is. */
export function operationFault(operation: AudienceOperation): string | null {
  const { entryCount, memberToken, hasMember, identifierStart } = operation.fallback;
  if (memberToken.length !== entryCount * 4 || hasMember.length !== entryCount) {
    return 'fallback columns disagree';
  }
  const fault = startsFault(operation.fallback, entryCount);
  if (fault !== null) return fault;
  for (let entry = 0; entry < entryCount; entry++) {
    if (hasMember[entry]! > 1) return 'a member flag is 0 or 1';
    if (identifierStart[entry] === identifierStart[entry + 1]) return 'a fallback entry has identifiers';
  }
  return blockFault(operation.block);
}

function startsFault(columns: Columns, rowCount: number): string | null {
  const { identifierStart, identifierType, identifierToken } = columns;
  if (identifierStart.length !== rowCount + 1 || identifierStart[0] !== 0) return 'offsets do not begin at 0';
  for (let row = 0; row < rowCount; row++) {
    if (identifierStart[row + 1]! < identifierStart[row]!) return 'offsets do not ascend';
  }
  if (identifierType.length !== identifierStart[rowCount]) return 'offsets do not end at the last identifier';
  if (identifierToken.length !== identifierType.length * 4) return 'identifier columns disagree';
  for (const code of identifierType) {
    if (code < 1 || code > identifierCodeMax) return 'an identifier code is unknown';
  }
  return null;
}

function isCanonicalRow(block: Columns, row: number): boolean {
  const { identifierStart, identifierType, identifierToken } = block;
  return isCanonical(identifierType, identifierToken, identifierStart[row]!, identifierStart[row + 1]!);
}
