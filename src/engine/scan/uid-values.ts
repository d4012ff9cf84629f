import { limits } from '../../base/limits.ts';

/**
 * The values of uids as they were sent, for requests that may have to be forwarded: the columns keep their digests only. Beside the
 * columns and not in them, so that a scan for which nobody asks for values does nothing of this.
 */
export interface UidValues {
  /** Identifiers that have a value, ascending. */
  count: number;
  identifier: Uint32Array;
  /** Ends of the values in `bytes`. */
  end: Uint32Array;
  used: number;
  bytes: Uint8Array;
  /** Uids of the row being read: their bytes lie one after the other. */
  readonly stagedEnd: Uint32Array;
  readonly stagedBytes: Uint8Array;
}

export function createUidValues(): UidValues {
  return {
    count: 0,
    identifier: new Uint32Array(1_024),
    end: new Uint32Array(1_024),
    used: 0,
    bytes: new Uint8Array(32_768),
    stagedEnd: new Uint32Array(limits.uidCountPerMemberMax),
    stagedBytes: new Uint8Array(limits.uidCountPerMemberMax * limits.uidValueBytesMax),
  };
}

/** Keeps the first `byteCount` bytes of `value` as the value of the row's uid `uid`; 0 bytes: it has none beside its digest. */
export function stageValue(v: UidValues, uid: number, value: Uint8Array, byteCount: number): void {
  const start = uid === 0 ? 0 : v.stagedEnd[uid - 1]!;
  for (let i = 0; i < byteCount; i++) v.stagedBytes[start + i] = value[i]!;
  v.stagedEnd[uid] = start + byteCount;
}

/** Makes the staged value of uid `uid` that of an identifier, whose number is higher than all before it. */
export function putValue(v: UidValues, uid: number, identifier: number): void {
  const start = uid === 0 ? 0 : v.stagedEnd[uid - 1]!;
  const end = v.stagedEnd[uid]!;
  if (start === end) return;
  if (v.count === v.identifier.length) {
    v.identifier = larger(v.identifier, new Uint32Array(v.count * 2));
    v.end = larger(v.end, new Uint32Array(v.count * 2));
  }
  if (v.used + end - start > v.bytes.length) {
    v.bytes = larger(v.bytes, new Uint8Array((v.used + end - start) * 2));
  }
  v.bytes.set(v.stagedBytes.subarray(start, end), v.used);
  v.used += end - start;
  v.identifier[v.count] = identifier;
  v.end[v.count++] = v.used;
}

/** Forgets the values of identifiers from `identifierCount` on: of a row that was given up, or read anew. */
export function keepValuesBelow(v: UidValues, identifierCount: number): void {
  while (v.count > 0 && v.identifier[v.count - 1]! >= identifierCount) v.count -= 1;
  v.used = v.count === 0 ? 0 : v.end[v.count - 1]!;
}

/** Offsets of every identifier's value; an empty range is an identifier that is all in its digest. */
export function valueStarts(v: UidValues, identifierCount: number): Uint32Array {
  const starts = new Uint32Array(identifierCount + 1);
  let at = 0;
  for (let identifier = 0; identifier < identifierCount; identifier++) {
    const before = starts[identifier]!;
    const isNext = at < v.count && v.identifier[at] === identifier;
    starts[identifier + 1] = isNext ? v.end[at++]! : before;
  }
  return starts;
}

function larger<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
