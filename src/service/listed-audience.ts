import type { ListedAudienceRow } from '../store/listed-audience-rows.ts';
import type { LastOperation, ListedAudience } from './advertiser-api.ts';
import type { ConsentBasis } from './api.ts';
import type { SizeRule } from './audience-facts.ts';

/**
 * A stored audience as a list shows it. A deleted one has no members left, so it is too small; one whose newest sync
 * failed keeps what it had, counts included. Source: contract, Status.
 */
export function listedAudienceOf(row: ListedAudienceRow, { minimumSize }: SizeRule): ListedAudience {
  const isDeleted = row.state === 'deleted';
  const isCounting = !isDeleted && row.acceptedSeq > row.countedSeq;
  const isLarge = !isDeleted && !isCounting && row.matchedCount >= minimumSize;
  const isOffline = row.suspendedReason !== null;
  return {
    audienceId: row.audienceId,
    name: row.name,
    consentBasis: row.consentBasis as ConsentBasis | null,
    status: statusOf(row, isDeleted, isCounting, isLarge),
    isDeleted,
    memberCount: isDeleted ? 0 : isCounting ? null : row.memberCount,
    matchedCount: isLarge && !isOffline ? row.matchedCount : null,
    lastOperation: lastOperationOf(row, isDeleted, isCounting),
    createdAtMs: row.createdAt,
    updatedAtMs: row.updatedAt,
  };
}

function statusOf(
  row: ListedAudienceRow,
  isDeleted: boolean,
  isCounting: boolean,
  isLarge: boolean,
): ListedAudience['status'] {
  if (isDeleted) return 'too_small';
  if (row.suspendedReason !== null) return 'error';
  if (isCounting) return 'processing';
  if (row.failedAt !== null) return 'error';
  return isLarge ? 'ready' : 'too_small';
}

function lastOperationOf(row: ListedAudienceRow, isDeleted: boolean, isCounting: boolean): LastOperation {
  if (isDeleted) return 'completed';
  if (row.failedAt !== null) return 'error';
  return isCounting ? 'processing' : 'completed';
}
