import { assert } from '../../base/assert.ts';
import type { Primitives } from '../../base/primitives.ts';
import type { ScannedRequest, ScanResult } from '../types.ts';
import { skipSpace } from './bytes.ts';
import { finishColumns } from './columns.ts';
import { documentPlace } from './envelope.ts';
import { readValue } from './json.ts';
import type { ScannedArray } from './member-array.ts';
import { readMemberArray } from './member-array.ts';
import { createMemberScan } from './member-scan.ts';
import { membersDigest } from './members-digest.ts';
import type { Reader } from './reader.ts';
import { createScanMemory, type ScanMemory } from './scan-memory.ts';
import { createReader, ScanStop, stop } from './reader.ts';

/**
 * Takes a request apart in one pass over the first `length` bytes: the members become columns, the rest
 * becomes plain values. As strict as RFC 8259 and stricter: see `ScanFault` for what is refused whole. Bad
 * members are not refused but named in `arrays[].faults`; they hold no identifiers in the columns.
 *
 * Member arrays are the arrays under `add` and `remove` of the elements of `audiences`, at the places that
 * envelope.ts lists. A body that has them under two `audiences` is refused as a duplicate key, since an
 * audience's index would have two meanings.
 *
 * `bytes` may lie over shared memory; nobody may write to it meanwhile. The answer keeps no reference to it. With a `memory`
 * that is used again, the columns of the answer hold until the next scan with it.
 * `keepsUidValues`: uids come with their values too, for members that may be forwarded.
 * Costs about 1.5 ms per megabyte.
 */
export function scanRequest(
  bytes: Uint8Array,
  length: number,
  primitives: Primitives,
  memory: ScanMemory = createScanMemory(primitives),
  keepsUidValues = false,
): ScanResult {
  assert(
    Number.isInteger(length) && length >= 0 && length <= bytes.length,
    () => 'length of a body within its bytes',
  );
  const arrays: ScannedArray[] = [];
  const members = createMemberScan(bytes, length, primitives, memory, keepsUidValues);
  let membersAudiences = 0;
  const takeMembers = (r: Reader, side: 'add' | 'remove'): void => {
    if (membersAudiences !== 0 && membersAudiences !== r.audiencesNumber) stop(r, 'duplicate_key');
    membersAudiences = r.audiencesNumber;
    arrays.push(readMemberArray(r, members, side));
  };
  const reader = createReader(bytes, length, takeMembers);
  try {
    reader.pos = skipSpace(bytes, 0, length);
    const skeleton = readValue(reader, documentPlace);
    reader.pos = skipSpace(bytes, reader.pos, length);
    if (reader.pos < length) stop(reader, 'not_json');
    if (reader.pos > reader.skeletonEnd) stop(reader, 'skeleton_size');
    assert(reader.depth === 0 && reader.path.length === 0, () => 'every container that was entered was left');
    const columns = finishColumns(members.columns);
    const request: ScannedRequest = {
      skeleton,
      arrays: arrays.map((scanned) => scanned.array),
      columns,
      membersDigest: membersDigest(members.columns, arrays, primitives),
    };
    assert(
      request.arrays.reduce((sum, array) => sum + array.rowCount, 0) === columns.rowCount,
      () => 'every row belongs to an array',
    );
    return { ok: true, request };
  } catch (error) {
    if (error instanceof ScanStop) return { ok: false, fault: error.fault };
    throw error;
  }
}
