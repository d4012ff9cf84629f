import { limits } from '../../base/limits.ts';
import type { MemberArray } from '../types.ts';
import { closeBracket, comma, openBrace } from './bytes.ts';
import { reserveRow } from './columns.ts';
import type { FaultCollector } from './member-faults.ts';
import {
  countFault,
  createFaultCollector,
  faultGroups,
  missingIdBit,
  rejectedSamples,
  sampleMember,
} from './member-faults.ts';
import type { MemberScan } from './member-scan.ts';
import { readOddMember } from './odd-member.ts';
import { readPlainMember } from './plain-member.ts';
import type { Reader } from './reader.ts';
import { enter, leave, peekPastSpace, stop } from './reader.ts';

/** A member array with its share of the digest's extras. */
export interface ScannedArray {
  readonly array: MemberArray;
  readonly extrasStart: number;
  readonly extrasEnd: number;
}

/** Reads the member array whose bracket is at the reader's position into rows of the columns. */
export function readMemberArray(r: Reader, s: MemberScan, side: 'add' | 'remove'): ScannedArray {
  const start = r.pos;
  const { skeletonEnd } = r;
  const firstRow = s.columns.rowCount;
  const extrasStart = s.columns.extrasUsed;
  const collector = createFaultCollector();
  s.firstRow = firstRow;
  s.removing = side === 'remove';
  r.skeletonEnd = r.end;
  enter(r);
  if (peekPastSpace(r) !== closeBracket) readMembers(r, s, collector);
  leave(r);
  r.skeletonEnd = skeletonEnd + r.pos - start;
  return {
    array: {
      audienceIndex: r.audienceIndex,
      side,
      firstRow,
      rowCount: s.columns.rowCount - firstRow,
      faults: faultGroups(collector),
      rejected: rejectedSamples(collector),
    },
    extrasStart,
    extrasEnd: s.columns.extrasUsed,
  };
}

function readMembers(r: Reader, s: MemberScan, collector: FaultCollector): void {
  const c = s.columns;
  const { firstRow } = s;
  for (;;) {
    if (c.rowCount >= limits.memberCountPerCallMax) stop(r, 'too_many_members');
    reserveRow(c);
    const row = c.rowCount;
    const start = r.pos;
    const next = r.bytes[start] === openBrace ? readPlainMember(r, s, start) : -1;
    if (next < 0) {
      r.pos = start;
      r.path.push(row - firstRow);
      readOddMember(r, s, collector, row - firstRow);
      r.path.pop();
    } else {
      r.pos = next;
      if (c.rowFaults[row] !== 0) noteMissingId(collector, row - firstRow);
    }
    const byte = peekPastSpace(r);
    if (byte === closeBracket) return;
    if (byte !== comma) stop(r, 'not_json');
    r.pos++;
    peekPastSpace(r);
  }
}

/** The one fault that a plain member can have. */
function noteMissingId(collector: FaultCollector, index: number): void {
  countFault(collector, 'external_id_missing', `[${index}].external_id`);
  sampleMember(collector, index, missingIdBit, null);
}
