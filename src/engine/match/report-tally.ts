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
      const submitted = reportTypes.map((_, row) => counts?.submitted[row] ?? 0);
      const matched = reportTypes.map((_, row) => counts?.matched[row] ?? 0);
      const members = addByRow(heldBy, submitted);
      const unmatched = matchedBy[0]!;
      addByRow(matchedBy, matched);
      return {
        memberCount: (counts?.memberCount ?? 0) + members,
        matchedCount: (counts?.matchedCount ?? 0) + members - unmatched,
        submitted,
        matched,
      };
    },
  };
}

/** Adds the members of each mask to the rows that the mask names; gives the number of all members. Most masks are empty. */
function addByRow(byMask: Float64Array, rows: number[]): number {
  let members = 0;
  for (let mask = 0; mask < maskCount; mask++) {
    const count = byMask[mask]!;
    if (count === 0) continue;
    members += count;
    for (let row = 0; row < rows.length; row++) if ((mask >>> row) & 1) rows[row]! += count;
  }
  return members;
}
