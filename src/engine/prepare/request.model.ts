import { createHash } from 'node:crypto';

import type {
  MemberArray,
  MemberColumns,
  MemberFaultGroup,
  MemberFaultKind,
  ScannedRequest,
} from '../types.ts';
import { memberFaultBits } from '../types.ts';

/** A member as plain data; an identifier is a code and a value. For tests and benchmarks. */
export interface ModelMember {
  readonly id: string | null;
  readonly identifiers: readonly (readonly [code: number, value: string])[];
  /** A fault beyond what the fields show. */
  readonly fault?: MemberFaultKind;
}

/** One audience of a call; a side that is absent has no array. */
export interface ModelEntry {
  readonly add?: readonly ModelMember[];
  readonly remove?: readonly ModelMember[];
}

export function digestOf(value: string): Uint8Array {
  return createHash('sha256').update(value).digest();
}

/** The columns that a scanner makes of the members, faults aside. */
export function columnsOf(members: readonly ModelMember[]): MemberColumns {
  const ids = members.map(({ id }) => Buffer.from(id ?? ''));
  const identifiers = members.flatMap((member) => member.identifiers);
  return {
    rowCount: members.length,
    rowFaults: new Uint32Array(members.length),
    externalIdStart: startsOf(ids.map((id) => id.length)),
    externalIdBytes: Uint8Array.from(Buffer.concat(ids)),
    identifierStart: startsOf(members.map((member) => member.identifiers.length)),
    identifierType: Uint8Array.from(identifiers, ([code]) => code),
    identifierDigest: Uint8Array.from(Buffer.concat(identifiers.map(([, value]) => digestOf(value)))),
  };
}

function startsOf(lengths: readonly number[]): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, i) => (starts[i + 1] = starts[i]! + length));
  return starts;
}

/** The first one is the reason under which a sample is shown; a missing id gives way to any other. */
export function faultsOf(member: ModelMember, side: 'add' | 'remove'): MemberFaultKind[] {
  const kinds: MemberFaultKind[] = member.fault === undefined ? [] : [member.fault];
  const needsIdentifier = side === 'add' || member.id === null;
  if (needsIdentifier && member.identifiers.length === 0) kinds.push('identifier_missing');
  if (member.id === null) kinds.push('external_id_missing');
  return kinds;
}

/** The scanned request of a call with these audiences. */
export function requestOf(entries: readonly ModelEntry[]): ScannedRequest {
  const members: ModelMember[] = [];
  const faults: number[] = [];
  const arrays: MemberArray[] = [];
  entries.forEach((entry, audienceIndex) => {
    for (const side of ['remove', 'add'] as const) {
      const list = entry[side];
      if (list === undefined) continue;
      const kindsOf = list.map((member) => faultsOf(member, side));
      arrays.push({
        audienceIndex,
        side,
        firstRow: members.length,
        rowCount: list.length,
        faults: groupsOf(kindsOf),
        rejected: list.flatMap(({ id }, index) => {
          const reason = kindsOf[index]![0];
          return reason === undefined ? [] : [{ index, externalId: id, reason }];
        }),
      });
      members.push(...list);
      faults.push(
        ...kindsOf.map((kinds) => kinds.reduce((bits, kind) => bits | (1 << memberFaultBits[kind]), 0)),
      );
    }
  });
  const columns = { ...columnsOf(members), rowFaults: Uint32Array.from(faults) };
  return { skeleton: {}, arrays, columns, membersDigest: new Uint8Array(32) };
}

function groupsOf(kindsOf: readonly (readonly MemberFaultKind[])[]): MemberFaultGroup[] {
  const kinds = [...new Set(kindsOf.flat())];
  return kinds.map((kind) => {
    const rows = kindsOf.flatMap((of, index) => (of.includes(kind) ? [index] : []));
    return { kind, count: rows.length, paths: rows.slice(0, 5).map((row) => `[${row}]`) };
  });
}
