import type { AudienceNo } from '../base/brand.ts';
import { reportTypes } from '../base/identifier-types.ts';
import type { MatchCounts } from '../engine/types.ts';
import type { AudienceRow, CountedAudience } from '../store/audience-rows.ts';
import type { AudienceType } from './api.ts';
import type { AudienceFacts } from './audience-facts.ts';

/** A stored audience as the rules see it. */
export function factsOf(row: AudienceRow): AudienceFacts {
  return {
    audienceNo: row.audienceNo as AudienceNo,
    audienceId: row.audienceId,
    managedBy: row.managedBy,
    name: row.name,
    description: row.description,
    audienceType: row.audienceType as AudienceType | null,
    tags: row.tags === null ? null : (JSON.parse(row.tags) as string[]),
    lastSyncedAtMs: row.lastSyncedAt,
    acceptedSeq: row.acceptedSeq,
    countedSeq: row.countedSeq,
    counts: countsOf(row),
    suspendedReason: row.suspendedReason,
  };
}

export function countsOf({ memberCount, matchedCount, breakdown }: AudienceRow): MatchCounts {
  const none = reportTypes.map(() => 0);
  const [submitted, matched] =
    breakdown === null ? [none, none] : (JSON.parse(breakdown) as [number[], number[]]);
  return { memberCount, matchedCount, submitted, matched };
}

/** The columns that hold counts. */
export function countedColumns(
  counts: MatchCounts,
  graphVersion: number,
  countedSeq: number,
  memberDigest: Uint8Array,
): CountedAudience {
  return {
    countedSeq,
    graphVersion,
    memberCount: counts.memberCount,
    matchedCount: counts.matchedCount,
    memberDigest,
    breakdown: JSON.stringify([counts.submitted, counts.matched]),
  };
}
