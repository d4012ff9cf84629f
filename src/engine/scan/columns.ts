import { assert } from '../../base/assert.ts';
import { limits } from '../../base/limits.ts';
import type { MemberColumns } from '../types.ts';
import { hashWords } from './hex.ts';
import { type UidValues, valueStarts } from './uid-values.ts';

/** Identifiers of one member: an e-mail, a phone and the uids. */
export const identifiersPerRowMax = limits.uidCountPerMemberMax + 2;

/**
 * Columns while they grow. The row being read writes beyond the counts, in room that `reserveRow` made,
 * and becomes a row by `commitRow`; a row given up needs no clean-up.
 */
export interface ColumnBuilder {
  rowCount: number;
  rowFaults: Uint32Array;
  externalIdStart: Uint32Array;
  identifierStart: Uint32Array;
  /** How the row was spelt, for the digest (see digest.ts). */
  rowShape: Uint32Array;
  externalIdUsed: number;
  externalIdBytes: Uint8Array;
  identifierCount: number;
  identifierType: Uint8Array;
  identifierWords: Int32Array;
  /** What counts for the digest beside the columns. */
  extrasUsed: number;
  extras: Uint8Array;
  /** Null where nobody asks for the values of uids. */
  values: UidValues | null;
}

/** Room is guessed from the body's size by what a usual member weighs, so that most bodies never grow it. */
function roomFor(bodyBytes: number): { rows: number; identifiers: number; idBytes: number } {
  return {
    rows: Math.min(limits.memberCountPerCallMax, 16 + Math.floor(bodyBytes / 120)),
    identifiers: identifiersPerRowMax + Math.floor(bodyBytes / 96),
    idBytes: limits.externalIdBytesMax + Math.floor(bodyBytes / 12),
  };
}

export function createColumns(bodyBytes: number): ColumnBuilder {
  const { rows, identifiers, idBytes } = roomFor(bodyBytes);
  return {
    rowCount: 0,
    rowFaults: new Uint32Array(rows),
    externalIdStart: new Uint32Array(rows + 1),
    identifierStart: new Uint32Array(rows + 1),
    rowShape: new Uint32Array(rows),
    externalIdUsed: 0,
    externalIdBytes: new Uint8Array(idBytes),
    identifierCount: 0,
    identifierType: new Uint8Array(identifiers),
    identifierWords: new Int32Array(identifiers * hashWords),
    extrasUsed: 0,
    extras: new Uint8Array(256),
    values: null,
  };
}

/** Whether columns have the room that new ones for a body of this size would have. */
export function columnsHold(c: ColumnBuilder, bodyBytes: number): boolean {
  const { rows, identifiers, idBytes } = roomFor(bodyBytes);
  return (
    c.rowFaults.length >= rows &&
    c.identifierType.length >= identifiers &&
    c.externalIdBytes.length >= idBytes
  );
}

/** Forgets every row. The first offset of each kind is always 0 and stays. */
export function emptyColumns(c: ColumnBuilder): void {
  c.rowCount = 0;
  c.externalIdUsed = 0;
  c.identifierCount = 0;
  c.extrasUsed = 0;
}

/** Makes room for one more row with the longest id and the most identifiers. */
export function reserveRow(c: ColumnBuilder): void {
  if (c.rowCount >= c.rowFaults.length) {
    const rows = Math.min(limits.memberCountPerCallMax, c.rowFaults.length * 2);
    assert(rows > c.rowCount, () => 'rows beyond the limit of a call');
    c.rowFaults = grown(c.rowFaults, new Uint32Array(rows));
    c.rowShape = grown(c.rowShape, new Uint32Array(rows));
    c.externalIdStart = grown(c.externalIdStart, new Uint32Array(rows + 1));
    c.identifierStart = grown(c.identifierStart, new Uint32Array(rows + 1));
  }
  if (c.externalIdUsed + limits.externalIdBytesMax > c.externalIdBytes.length) {
    c.externalIdBytes = grown(c.externalIdBytes, new Uint8Array(c.externalIdBytes.length * 2));
  }
  if (c.identifierCount + identifiersPerRowMax > c.identifierType.length) {
    const identifiers = c.identifierType.length * 2;
    c.identifierType = grown(c.identifierType, new Uint8Array(identifiers));
    c.identifierWords = grown(c.identifierWords, new Int32Array(identifiers * hashWords));
  }
}

/** Makes room for `byteCount` more bytes of extras. */
export function reserveExtras(c: ColumnBuilder, byteCount: number): void {
  const needed = c.extrasUsed + byteCount;
  if (needed > c.extras.length) c.extras = grown(c.extras, new Uint8Array(needed * 2));
}

function grown<T extends Uint8Array | Int32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Turns what was written beyond the counts into the next row. `shape` is the row's own bits (digest.ts). */
export function commitRow(
  c: ColumnBuilder,
  faults: number,
  shape: number,
  idBytes: number,
  identifiers: number,
): void {
  const row = c.rowCount++;
  c.rowFaults[row] = faults;
  c.rowShape[row] = shape | (identifiers << 8) | (idBytes << 16);
  c.externalIdUsed += idBytes;
  c.identifierCount += identifiers;
  c.externalIdStart[row + 1] = c.externalIdUsed;
  c.identifierStart[row + 1] = c.identifierCount;
}

/** The finished columns: views that end where the data ends, beginning at offset 0 of their buffers. */
export function finishColumns(c: ColumnBuilder): MemberColumns {
  assert(
    c.externalIdStart[c.rowCount] === c.externalIdUsed,
    () => 'external ids end where their last row ends',
  );
  assert(
    c.identifierStart[c.rowCount] === c.identifierCount,
    () => 'identifiers end where their last row ends',
  );
  const columns: MemberColumns = {
    rowCount: c.rowCount,
    rowFaults: c.rowFaults.subarray(0, c.rowCount),
    externalIdStart: c.externalIdStart.subarray(0, c.rowCount + 1),
    externalIdBytes: c.externalIdBytes.subarray(0, c.externalIdUsed),
    identifierStart: c.identifierStart.subarray(0, c.rowCount + 1),
    identifierType: c.identifierType.subarray(0, c.identifierCount),
    identifierDigest: new Uint8Array(c.identifierWords.buffer, 0, c.identifierCount * hashWords * 4),
  };
  if (c.values === null) return columns;
  return {
    ...columns,
    uidValueStart: valueStarts(c.values, c.identifierCount),
    uidValueBytes: c.values.bytes.subarray(0, c.values.used),
  };
}
