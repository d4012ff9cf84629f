/** What a report of an audience is made of, and the one place where its status is decided. */
import type { AudienceNo } from '../base/brand.ts';
import { reportTypes } from '../base/identifier-types.ts';
import type { MatchCounts } from '../engine/types.ts';
import type { AudienceResult, AudienceStatus, AudienceType, MatchReport } from './api.ts';

export interface AudienceFacts {
  readonly audienceNo: AudienceNo;
  readonly audienceId: string;
  readonly managedBy: 'buyer' | 'seller';
  readonly name: string | null;
  readonly description: string | null;
  readonly audienceType: AudienceType | null;
  readonly tags: readonly string[] | null;
  readonly lastSyncedAtMs: number | null;
  /** Sequence of the newest accepted operation; 0 when there was none. */
  readonly acceptedSeq: number;
  /** Sequence of the newest operation that the counts include. */
  readonly countedSeq: number;
  readonly counts: MatchCounts;
  readonly suspendedReason: string | null;
}

export interface SizeRule {
  /** Matched members from which an audience is ready. */
  readonly minimumSize: number;
}

/**
 * Status from facts. Contract, Status: `processing` while anything accepted is not yet matched, else
 * decided on the number that is published. A suspension stays until its cause clears, whatever is synced.
 */
export function audienceStatus(facts: AudienceFacts, { minimumSize }: SizeRule): AudienceStatus {
  if (facts.suspendedReason !== null) return 'suspended';
  if (facts.acceptedSeq > facts.countedSeq) return 'processing';
  return facts.counts.matchedCount >= minimumSize ? 'ready' : 'too_small';
}

/** The part of a result that comes from the audience as it stands. Counts of matching only with `ready`. */
export function describeAudience(
  facts: AudienceFacts,
  rule: SizeRule,
): Omit<AudienceResult, 'action' | 'uploadedCount'> {
  const status = audienceStatus(facts, rule);
  return {
    audienceId: facts.audienceId as AudienceResult['audienceId'],
    sellerId: `aud_${facts.audienceNo}`,
    status,
    ...(facts.name === null ? {} : { name: facts.name }),
    ...(facts.description === null ? {} : { description: facts.description }),
    ...(facts.audienceType === null ? {} : { audienceType: facts.audienceType }),
    ...(facts.tags === null ? {} : { tags: facts.tags }),
    ...(status === 'processing' ? {} : { totalUploadedCount: facts.counts.memberCount }),
    ...(status === 'ready' ? { report: matchReport(facts.counts) } : {}),
    ...(status === 'too_small' ? { minimumSize: rule.minimumSize } : {}),
    ...(facts.lastSyncedAtMs === null ? {} : { lastSyncedAtMs: facts.lastSyncedAtMs }),
    ...(status === 'suspended' && facts.suspendedReason !== null
      ? { suspendedReason: facts.suspendedReason }
      : {}),
  };
}

/** Only identifier types that some member holds have a row. */
function matchReport(counts: MatchCounts): MatchReport {
  const rows = reportTypes.map((type, row) => ({
    type,
    submitted: counts.submitted[row] ?? 0,
    matched: counts.matched[row] ?? 0,
  }));
  return {
    totalUploadedCount: counts.memberCount,
    matchedCount: counts.matchedCount,
    rows: rows.filter(({ submitted }) => submitted > 0),
  };
}
