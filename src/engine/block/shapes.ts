import type { MemberBlock } from '../types.ts';

/**
 * The shape of a row: that it is a tombstone, or the types of its identifiers in order. A list has few
 * shapes ("e-mail", "e-mail and phone"), so a stored row names its shape in a few bits in place of
 * offsets, types and flag. Blocks with more than 256 shapes spell every row out.
 */
export interface RowShapes {
  /** Bytes of the table: per shape a length byte (255: tombstone) and that many identifier codes. */
  readonly table: Uint8Array;
  readonly shapeCount: number;
  /** 0, 1, 2, 4 or 8 bits per row. */
  readonly bits: number;
  /** Shape of each row, packed from the lowest bit of each byte up. */
  readonly packed: Uint8Array;
}

export const tombstoneLength = 255;
const shapeCountMax = 256;

/** Null when the block has too many shapes. About 5 ns a row. */
export function shapesOf(block: MemberBlock): RowShapes | null {
  const { rowCount, identifierStart, identifierType, tombstone } = block;
  const ids = new Map<number | string, number>();
  const table: number[] = [];
  const shapeOfRow = new Uint8Array(rowCount);
  let lastKey: number | string = -1;
  let lastShape = 0;
  for (let row = 0; row < rowCount; row++) {
    const start = identifierStart[row]!;
    const end = identifierStart[row + 1]!;
    const key = tombstone[row] === 1 ? 0 : shapeKey(identifierType, start, end);
    if (key !== lastKey) {
      let shape = ids.get(key);
      if (shape === undefined) {
        shape = ids.size;
        if (shape === shapeCountMax) return null;
        ids.set(key, shape);
        table.push(key === 0 ? tombstoneLength : end - start);
        for (let i = start; i < end; i++) table.push(identifierType[i]!);
      }
      lastKey = key;
      lastShape = shape;
    }
    shapeOfRow[row] = lastShape;
  }
  const bits = bitsFor(ids.size);
  return { table: Uint8Array.from(table), shapeCount: ids.size, bits, packed: pack(shapeOfRow, bits) };
}

/** Codes are below 16, so up to seven of them are one small number; 0 stands for the tombstone. */
function shapeKey(types: Uint8Array, start: number, end: number): number | string {
  if (end - start > 7) return types.subarray(start, end).join();
  let key = 0;
  for (let i = start; i < end; i++) key = key * 16 + types[i]!;
  return key;
}

export function bitsFor(shapeCount: number): number {
  if (shapeCount <= 1) return 0;
  if (shapeCount <= 2) return 1;
  if (shapeCount <= 4) return 2;
  return shapeCount <= 16 ? 4 : 8;
}

/** Bytes of `rowCount` packed shapes. */
export const packedBytes = (rowCount: number, bits: number): number => Math.ceil((rowCount * bits) / 8);

function pack(shapeOfRow: Uint8Array, bits: number): Uint8Array {
  if (bits === 8) return shapeOfRow;
  const packed = new Uint8Array(packedBytes(shapeOfRow.length, bits));
  if (bits === 0) return packed;
  for (let row = 0; row < shapeOfRow.length; row++) {
    const bit = row * bits;
    packed[bit >>> 3]! |= shapeOfRow[row]! << (bit & 7);
  }
  return packed;
}

/** The columns that the shapes stand for, or null when they do not describe the counts. About 4 ns a row. */
export function unpackShapes(
  shapes: RowShapes,
  rowCount: number,
  identifierCount: number,
): Pick<MemberBlock, 'tombstone' | 'identifierStart' | 'identifierType'> | null {
  const { table, shapeCount, bits, packed } = shapes;
  const starts = tableStarts(table, shapeCount);
  if (starts === null || bits !== bitsFor(shapeCount) || (rowCount > 0 && shapeCount === 0)) return null;
  const tombstone = new Uint8Array(rowCount);
  const identifierStart = new Uint32Array(rowCount + 1);
  const identifierType = new Uint8Array(identifierCount);
  const mask = (1 << bits) - 1;
  let at = 0;
  for (let row = 0; row < rowCount; row++) {
    const bit = row * bits;
    const shape = bits === 0 ? 0 : (packed[bit >>> 3]! >>> (bit & 7)) & mask;
    if (shape >= shapeCount) return null;
    const start = starts[shape]!;
    const length = table[start]!;
    if (length === tombstoneLength) tombstone[row] = 1;
    else {
      if (at + length > identifierCount) return null;
      for (let i = 1; i <= length; i++) identifierType[at++] = table[start + i]!;
    }
    identifierStart[row + 1] = at;
  }
  return at === identifierCount ? { tombstone, identifierStart, identifierType } : null;
}

function tableStarts(table: Uint8Array, shapeCount: number): number[] | null {
  const starts: number[] = [];
  let at = 0;
  while (at < table.length && starts.length < shapeCount) {
    starts.push(at);
    at += 1 + (table[at] === tombstoneLength ? 0 : table[at]!);
  }
  return starts.length === shapeCount && at === table.length ? starts : null;
}
