import { limits } from '../../base/limits.ts';
import type { MemberArray, MemberFaultGroup, MemberFaultKind } from '../types.ts';
import { memberFaultBits } from '../types.ts';

type Sample = MemberArray['rejected'][number];

export const memberFaultKinds = Object.keys(memberFaultBits) as readonly MemberFaultKind[];
export const missingIdBit = 1 << memberFaultBits.external_id_missing;

/** Bad members of one array, while it is read. */
export interface FaultCollector {
  /** Members per fault bit. */
  readonly counts: Uint32Array;
  /** The first paths per fault bit. */
  readonly paths: readonly string[][];
  /** Samples of members whose only fault is the missing id; a policy may pardon them. */
  readonly missingId: Sample[];
  readonly others: Sample[];
}

export function createFaultCollector(): FaultCollector {
  return {
    counts: new Uint32Array(memberFaultKinds.length),
    paths: memberFaultKinds.map(() => []),
    missingId: [],
    others: [],
  };
}

/** Counts one member under a kind. Call it once per member and kind. */
export function countFault(collector: FaultCollector, kind: MemberFaultKind, path: string): void {
  const bit = memberFaultBits[kind];
  collector.counts[bit]!++;
  const paths = collector.paths[bit]!;
  if (paths.length < limits.faultPathCountMax) paths.push(path);
}

/**
 * Keeps a bad member as a sample under its first fault in the order of the bits, where a missing external
 * id comes last. Samples of that one fault are kept apart: they must not crowd out the others, because
 * older callers are allowed to leave the id out.
 */
export function sampleMember(
  collector: FaultCollector,
  index: number,
  faults: number,
  externalId: string | null,
): void {
  const others = faults & ~missingIdBit;
  const samples = others === 0 ? collector.missingId : collector.others;
  if (samples.length >= limits.rejectedSampleCountMax) return;
  const bit = others === 0 ? memberFaultBits.external_id_missing : 31 - Math.clz32(others & -others);
  samples.push({ index, externalId, reason: memberFaultKinds[bit]! });
}

export function faultGroups(collector: FaultCollector): readonly MemberFaultGroup[] {
  const groups: MemberFaultGroup[] = [];
  memberFaultKinds.forEach((kind, bit) => {
    const count = collector.counts[bit]!;
    if (count > 0) groups.push({ kind, count, paths: collector.paths[bit]! });
  });
  return groups;
}

/** At most rejectedSampleCountMax samples by index, members with more than a missing id preferred. */
export function rejectedSamples(collector: FaultCollector): readonly Sample[] {
  const room = limits.rejectedSampleCountMax - collector.others.length;
  return [...collector.others, ...collector.missingId.slice(0, room)].sort((a, b) => a.index - b.index);
}
