import { assert } from '../../base/assert.ts';
import type { Primitives } from '../../base/primitives.ts';
import type { AudienceOperation, MemberBlock } from '../types.ts';
import { emptyBlock } from './builder.ts';
import { blockFault, operationFault } from './check-block.ts';
import {
  blockFormatVersion,
  blockMagic,
  checkedFrom,
  headerWords,
  type Layout,
  layoutOf,
  spelledOut,
} from './layout.ts';
import { shapesOf, tombstoneLength } from './shapes.ts';

export interface EncodeOptions {
  /** Puts the bytes into shared memory, so that handing them to another thread copies nothing. */
  readonly shared?: boolean;
}

type Fallback = AudienceOperation['fallback'];

export const emptyFallback: Fallback = {
  entryCount: 0,
  memberToken: new Uint32Array(0),
  hasMember: new Uint8Array(0),
  identifierStart: new Uint32Array(1),
  identifierType: new Uint8Array(0),
  identifierToken: new Uint32Array(0),
};

/**
 * The stored form of a block: about 40.2 bytes a member with an e-mail and every second a phone. Equal
 * blocks give equal bytes. The block must be well formed; that is asserted.
 */
export function encodeBlock(
  block: MemberBlock,
  primitives: Primitives,
  options: EncodeOptions = {},
): Uint8Array {
  const fault = blockFault(block);
  assert(fault === null, () => `block to encode: ${fault}`);
  return encode(0, block, emptyFallback, primitives, options);
}

/** The stored form of an operation; its block can be read from it as from a stored block. */
export function encodeOperation(
  operation: AudienceOperation,
  primitives: Primitives,
  options: EncodeOptions = {},
): Uint8Array {
  const fault = operationFault(operation);
  assert(fault === null, () => `operation to encode: ${fault}`);
  return encode(1, operation.block, operation.fallback, primitives, options);
}

function encode(
  kind: 0 | 1,
  block: MemberBlock,
  fallback: Fallback,
  primitives: Primitives,
  { shared = false }: EncodeOptions,
): Uint8Array {
  const shapes = shapesOf(block);
  const table = shapes?.table ?? emptyBlock.tombstone;
  const rowBytes = shapes?.packed ?? spellOut(block);
  const layout = layoutOf({
    rowCount: block.rowCount,
    identifierCount: block.identifierType.length,
    tableBytes: table.length,
    rowBytes: rowBytes.length,
    entryCount: fallback.entryCount,
    entryIdentifierCount: fallback.identifierType.length,
  });
  const { totalBytes } = layout;
  const buffer = shared ? new SharedArrayBuffer(totalBytes) : new ArrayBuffer(totalBytes);
  const bytes = new Uint8Array(buffer);
  const words = new Uint32Array(buffer);
  const header = new Uint32Array(buffer, 0, headerWords);
  header.set([blockMagic, 0, blockFormatVersion | (kind << 16), totalBytes]);
  header.set([block.rowCount, block.identifierType.length], 4);
  header.set([shapes?.shapeCount ?? 0, shapes?.bits ?? spelledOut, table.length], 6);
  header.set([fallback.entryCount, fallback.identifierType.length], 9);
  bytes.set(table, layout.table);
  bytes.set(rowBytes, layout.rows);
  words.set(block.memberToken, layout.memberToken / 4);
  words.set(block.identifierToken, layout.identifierToken / 4);
  writeFallback(fallback, layout, bytes, words);
  header[1] = primitives.crc32(bytes.subarray(checkedFrom));
  return bytes;
}

function writeFallback(fallback: Fallback, layout: Layout, bytes: Uint8Array, words: Uint32Array): void {
  if (fallback.entryCount === 0) return;
  words.set(fallback.memberToken, layout.entryMember / 4);
  words.set(fallback.identifierToken, layout.entryToken / 4);
  words.set(fallback.identifierStart, layout.entryStart / 4);
  bytes.set(fallback.identifierType, layout.entryType);
  bytes.set(fallback.hasMember, layout.entryFlag);
}

/** A length byte per row, then a code per identifier. */
function spellOut(block: MemberBlock): Uint8Array {
  const { rowCount, identifierStart, tombstone } = block;
  const bytes = new Uint8Array(rowCount + block.identifierType.length);
  for (let row = 0; row < rowCount; row++) {
    bytes[row] = tombstone[row] === 1 ? tombstoneLength : identifierStart[row + 1]! - identifierStart[row]!;
  }
  bytes.set(block.identifierType, rowCount);
  return bytes;
}
