import type { Primitives } from '../../base/primitives.ts';
import type { AudienceOperation, MemberBlock } from '../types.ts';
import { blockFault, operationFault } from './check-block.ts';
import { emptyFallback } from './encode.ts';
import {
  blockFormatVersion,
  blockMagic,
  checkedFrom,
  headerBytes,
  headerWords,
  type Layout,
  type LayoutCounts,
  layoutOf,
  spelledOut,
} from './layout.ts';
import { packedBytes, tombstoneLength, unpackShapes } from './shapes.ts';

/** Why stored bytes are refused. They come from our own store, so each of these is damage or a newer release. */
export type BlockFault = 'too_short' | 'magic' | 'version' | 'length' | 'checksum' | 'layout' | 'content';

export type BlockResult =
  { readonly ok: true; readonly block: MemberBlock } | { readonly ok: false; readonly fault: BlockFault };
export type OperationResult =
  | { readonly ok: true; readonly operation: AudienceOperation }
  | { readonly ok: false; readonly fault: BlockFault };

interface Opened {
  /** Over the same memory as the bytes, from a word's boundary. */
  readonly bytes: Uint8Array;
  readonly isOperation: boolean;
  readonly counts: LayoutCounts;
  readonly shapeCount: number;
  readonly bits: number;
  readonly layout: Layout;
}

/**
 * Reads a stored block, or the block of a stored operation. Token columns are views on the bytes, which
 * must not change afterwards. Nothing is used before it is checked: any flipped bit and any missing or
 * added byte is refused.
 */
export function decodeBlock(bytes: Uint8Array, primitives: Primitives): BlockResult {
  const opened = open(bytes, primitives);
  if (typeof opened === 'string') return { ok: false, fault: opened };
  const block = readBlock(opened);
  if (block === null) return { ok: false, fault: 'layout' };
  return blockFault(block) === null ? { ok: true, block } : { ok: false, fault: 'content' };
}

/** Reads a stored operation, with the promises of `decodeBlock`. A stored block is not an operation. */
export function decodeOperation(bytes: Uint8Array, primitives: Primitives): OperationResult {
  const read = readOperation(open(bytes, primitives));
  if (!read.ok) return read;
  return operationFault(read.operation) === null ? read : { ok: false, fault: 'content' };
}

/**
 * Reads an operation from the very memory in which this process encoded it, where nothing can have happened to it: neither
 * its checksum nor its rows are looked at, which saves a fifth of a fold. Bytes that come from a disk need `decodeOperation`.
 */
export function viewOperation(bytes: Uint8Array): OperationResult {
  return readOperation(open(bytes, null));
}

function readOperation(opened: Opened | BlockFault): OperationResult {
  if (typeof opened === 'string') return { ok: false, fault: opened };
  const block = opened.isOperation ? readBlock(opened) : null;
  if (block === null) return { ok: false, fault: 'layout' };
  return { ok: true, operation: { block, fallback: readFallback(opened) } };
}

/** Without primitives the checksum is not looked at. */
function open(given: Uint8Array, primitives: Primitives | null): Opened | BlockFault {
  if (given.length < headerBytes) return 'too_short';
  const bytes = given.byteOffset % 4 === 0 ? given : Uint8Array.from(given);
  const header = Array.from(new Uint32Array(bytes.buffer, bytes.byteOffset, headerWords));
  if (header[0] !== blockMagic) return 'magic';
  const version = header[2]! & 0xffff;
  const kind = header[2]! >>> 16;
  if (version !== blockFormatVersion) return 'version';
  if (header[3] !== bytes.length) return 'length';
  if (primitives !== null && primitives.crc32(bytes.subarray(checkedFrom)) !== header[1]) return 'checksum';
  const [rowCount, identifierCount, shapeCount, bits, tableBytes, entryCount, entryIdentifierCount] = [
    ...header.slice(4, 11),
  ] as [number, number, number, number, number, number, number];
  const rowBytes = bits === spelledOut ? rowCount + identifierCount : packedBytes(rowCount, bits);
  const counts = { rowCount, identifierCount, tableBytes, rowBytes, entryCount, entryIdentifierCount };
  const layout = layoutOf(counts);
  const wellFormed =
    kind <= 1 &&
    layout.totalBytes === bytes.length &&
    header.slice(11).every((word) => word === 0) &&
    (kind === 1 || (entryCount === 0 && entryIdentifierCount === 0)) &&
    (entryCount > 0 || entryIdentifierCount === 0) &&
    (bits === spelledOut ? shapeCount === 0 && tableBytes === 0 : bits <= 8);
  return wellFormed ? { bytes, isOperation: kind === 1, counts, shapeCount, bits, layout } : 'layout';
}

function readBlock(opened: Opened): MemberBlock | null {
  const { counts, layout, bits, shapeCount } = opened;
  const { rowCount, identifierCount } = counts;
  const packed = byteSection(opened, layout.rows, counts.rowBytes);
  const table = byteSection(opened, layout.table, counts.tableBytes);
  const rows =
    bits === spelledOut
      ? readSpelledOut(packed, rowCount)
      : unpackShapes({ table, shapeCount, bits, packed }, rowCount, identifierCount);
  if (rows === null) return null;
  // In the order in which every block is made: objects of one shape keep hot loops fast.
  return {
    rowCount,
    memberToken: wordSection(opened, layout.memberToken, rowCount * 4),
    tombstone: rows.tombstone,
    identifierStart: rows.identifierStart,
    identifierType: rows.identifierType,
    identifierToken: wordSection(opened, layout.identifierToken, identifierCount * 4),
  };
}

function readSpelledOut(
  rowBytes: Uint8Array,
  rowCount: number,
): Pick<MemberBlock, 'tombstone' | 'identifierStart' | 'identifierType'> {
  const tombstone = new Uint8Array(rowCount);
  const identifierStart = new Uint32Array(rowCount + 1);
  for (let row = 0; row < rowCount; row++) {
    const length = rowBytes[row]!;
    if (length === tombstoneLength) tombstone[row] = 1;
    identifierStart[row + 1] = identifierStart[row]! + (length === tombstoneLength ? 0 : length);
  }
  return { tombstone, identifierStart, identifierType: rowBytes.subarray(rowCount) };
}

function readFallback(opened: Opened): AudienceOperation['fallback'] {
  const { counts, layout } = opened;
  const { entryCount, entryIdentifierCount } = counts;
  if (entryCount === 0) return emptyFallback;
  return {
    entryCount,
    memberToken: wordSection(opened, layout.entryMember, entryCount * 4),
    identifierToken: wordSection(opened, layout.entryToken, entryIdentifierCount * 4),
    identifierStart: wordSection(opened, layout.entryStart, entryCount + 1),
    identifierType: byteSection(opened, layout.entryType, entryIdentifierCount),
    hasMember: byteSection(opened, layout.entryFlag, entryCount),
  };
}

function byteSection({ bytes }: Opened, at: number, length: number): Uint8Array {
  return bytes.subarray(at, at + length);
}

function wordSection({ bytes }: Opened, at: number, length: number): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset + at, length);
}
