import { limits } from '../../base/limits.ts';
import type {
  MemberArray,
  MemberColumns,
  MemberFaultGroup,
  MemberPolicy,
  PreparedAudience,
} from '../types.ts';
import { memberFaultBits } from '../types.ts';

/** What is left of the member arrays of one side of an audience when bad members are taken out. */
export interface SideVerdict {
  readonly isPresent: boolean;
  /** Rows of good members, in document order. */
  readonly goodRows: Uint32Array;
  readonly faults: readonly MemberFaultGroup[];
  readonly badCount: number;
  readonly rejected: PreparedAudience['rejected'];
}

const missingIdMask = ~(1 << memberFaultBits.external_id_missing);

/**
 * A missing external id is no fault where a key can be derived, and none in a `remove` entry, which may
 * name a member by its identifiers alone (contract: remove). An entry with neither has the fault
 * `identifier_missing` as well, which stays.
 */
export function judgeSide(
  arrays: readonly MemberArray[],
  columns: MemberColumns,
  side: 'add' | 'remove',
  policy: MemberPolicy,
): SideVerdict {
  const mine = arrays.filter((array) => array.side === side);
  const pardonsMissingId =
    policy.derivesMissingKeys || (side === 'remove' && policy.removesByIdOnly !== true);
  const faultMask = pardonsMissingId ? missingIdMask : ~0;
  const rowCount = mine.reduce((sum, array) => sum + array.rowCount, 0);
  const goodRows = new Uint32Array(rowCount);
  let good = 0;
  for (const { firstRow, rowCount: rows } of mine) {
    for (let row = firstRow; row < firstRow + rows; row++) {
      if ((columns.rowFaults[row]! & faultMask) === 0) goodRows[good++] = row;
    }
  }
  const stays = (kind: string): boolean => !pardonsMissingId || kind !== 'external_id_missing';
  return {
    isPresent: mine.length > 0,
    goodRows: goodRows.subarray(0, good),
    faults: mine.flatMap((array) => array.faults.filter((group) => stays(group.kind))),
    badCount: rowCount - good,
    rejected: mine
      .flatMap((array) => array.rejected.filter((member) => stays(member.reason)))
      .slice(0, limits.rejectedSampleCountMax)
      .map((member) => ({ side, ...member })),
  };
}
