import { reportRowOfCode, reportTypes } from '../../base/identifier-types.ts';
import type { MatchCounts } from '../types.ts';

/** Report rows fit a bit mask; a mask names the rows that one member counts in. */
const maskCount = 2 ** reportTypes.length;

/** identifier code → bit of its report row. */
export const reportBitOfCode: Uint16Array = Uint16Array.from(reportRowOfCode, (row) =>
  row < reportTypes.length ? 1 << row : 0,
);

/** Counts members by the set of report rows that they hold and are matched by: two additions a member. */
export interface ReportTally {
  /** `sign` is 1 for a member that counts from now on, -1 for one that counts no more. */
  count(held: number, matched: number, sign: 1 | -1): void;
  /** The counts on top of others, or from nothing. */
  addedTo(counts: MatchCounts | null): MatchCounts;
}

export function createReportTally(): ReportTally {
  const heldBy = new Float64Array(maskCount);
  const matchedBy = new Float64Array(maskCount);
  return {
    count(held, matched, sign) {
      heldBy[held]! += sign;
      matchedBy[matched]! += sign;
    },
    addedTo(counts) {
      const members = heldBy.reduce((sum, count) => sum + count, 0);
      const unmatched = matchedBy[0]!;
      return {
        memberCount: (counts?.memberCount ?? 0) + members,
        matchedCount: (counts?.matchedCount ?? 0) + members - unmatched,
        submitted: reportTypes.map((_, row) => (counts?.submitted[row] ?? 0) + membersWith(heldBy, row)),
        matched: reportTypes.map((_, row) => (counts?.matched[row] ?? 0) + membersWith(matchedBy, row)),
      };
    },
  };
}

function membersWith(byMask: Float64Array, row: number): number {
  return byMask.reduce((sum, count, mask) => ((mask >>> row) & 1 ? sum + count : sum), 0);
}
