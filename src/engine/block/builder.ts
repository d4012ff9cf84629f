import { assert } from '../../base/assert.ts';
import { copyToken } from '../token/compare.ts';
import type { MemberBlock } from '../types.ts';

/** No row at all. */
export const emptyBlock: MemberBlock = {
  rowCount: 0,
  memberToken: new Uint32Array(0),
  tombstone: new Uint8Array(0),
  identifierStart: new Uint32Array(1),
  identifierType: new Uint8Array(0),
  identifierToken: new Uint32Array(0),
};

/** Collects rows in the order of their tokens; grows as needed, and hands over exact columns once. */
export interface BlockBuilder {
  readonly rowCount: number;
  /** Copies rows `first … end - 1` of a block. */
  copyRows(block: MemberBlock, first: number, end: number): void;
  /** A row that removes member `tokens[index]`. */
  tombstone(tokens: Uint32Array, index: number): void;
  /** Begins a record of member `tokens[index]`; its identifiers follow. */
  record(tokens: Uint32Array, index: number): void;
  /** One identifier of the record begun last; callers give them in canonical order. */
  identifier(type: number, tokens: Uint32Array, index: number): void;
  /** The rows so far; the builder is empty afterwards. */
  finish(): MemberBlock;
}

const rowsMin = 16;

/** The columns so far, with room to grow. */
interface Growing {
  rows: number;
  entries: number;
  memberToken: Uint32Array;
  tombstone: Uint8Array;
  identifierStart: Uint32Array;
  identifierType: Uint8Array;
  identifierToken: Uint32Array;
}

/** `rowCount` and `identifierCount` are guesses that save growing. */
export function createBlockBuilder(rowCount: number, identifierCount: number): BlockBuilder {
  const rowRoom = Math.max(rowCount, rowsMin);
  const entryRoom = Math.max(identifierCount, rowsMin);
  const columns: Growing = {
    rows: 0,
    entries: 0,
    memberToken: new Uint32Array(rowRoom * 4),
    tombstone: new Uint8Array(rowRoom),
    identifierStart: new Uint32Array(rowRoom + 1),
    identifierType: new Uint8Array(entryRoom),
    identifierToken: new Uint32Array(entryRoom * 4),
  };
  return {
    get rowCount() {
      return columns.rows;
    },
    copyRows: (block, first, end) => appendRows(columns, block, first, end),
    tombstone: (tokens, index) => beginRow(columns, tokens, index, 1),
    record: (tokens, index) => beginRow(columns, tokens, index, 0),
    identifier(type, tokens, index) {
      assert(columns.rows > 0, () => 'an identifier belongs to a record');
      makeRoomForIdentifiers(columns, 1);
      columns.identifierType[columns.entries] = type;
      copyToken(tokens, index, columns.identifierToken, columns.entries);
      columns.entries += 1;
      columns.identifierStart[columns.rows] = columns.entries;
    },
    finish: () => takeRows(columns),
  };
}

function makeRoomForRows(columns: Growing, count: number): void {
  const { rows, tombstone } = columns;
  if (rows + count <= tombstone.length) return;
  const capacity = Math.max(rows + count, tombstone.length * 2);
  columns.memberToken = grown(columns.memberToken, capacity * 4);
  columns.tombstone = grown(tombstone, capacity);
  columns.identifierStart = grown(columns.identifierStart, capacity + 1);
}

function makeRoomForIdentifiers(columns: Growing, count: number): void {
  const { entries, identifierType } = columns;
  if (entries + count <= identifierType.length) return;
  const capacity = Math.max(entries + count, identifierType.length * 2);
  columns.identifierType = grown(identifierType, capacity);
  columns.identifierToken = grown(columns.identifierToken, capacity * 4);
}

function beginRow(columns: Growing, tokens: Uint32Array, index: number, tombstone: 0 | 1): void {
  makeRoomForRows(columns, 1);
  copyToken(tokens, index, columns.memberToken, columns.rows);
  columns.tombstone[columns.rows] = tombstone;
  columns.rows += 1;
  columns.identifierStart[columns.rows] = columns.entries;
}

function appendRows(columns: Growing, block: MemberBlock, first: number, end: number): void {
  const from = block.identifierStart[first]!;
  const to = block.identifierStart[end]!;
  makeRoomForRows(columns, end - first);
  makeRoomForIdentifiers(columns, to - from);
  const { rows, entries, tombstone, identifierStart } = columns;
  copyWords(block.memberToken, first * 4, end * 4, columns.memberToken, rows * 4);
  copyBytes(block.identifierType, from, to, columns.identifierType, entries);
  copyWords(block.identifierToken, from * 4, to * 4, columns.identifierToken, entries * 4);
  const moved = entries - from;
  for (let row = first, at = rows; row < end; row++) {
    tombstone[at] = block.tombstone[row]!;
    at += 1;
    identifierStart[at] = block.identifierStart[row + 1]! + moved;
  }
  columns.rows += end - first;
  columns.entries += to - from;
}

function takeRows(columns: Growing): MemberBlock {
  const { rows, entries } = columns;
  const block: MemberBlock = {
    rowCount: rows,
    memberToken: columns.memberToken.slice(0, rows * 4),
    tombstone: columns.tombstone.slice(0, rows),
    identifierStart: columns.identifierStart.slice(0, rows + 1),
    identifierType: columns.identifierType.slice(0, entries),
    identifierToken: columns.identifierToken.slice(0, entries * 4),
  };
  columns.rows = 0;
  columns.entries = 0;
  return block;
}

function grown<T extends Uint8Array | Uint32Array>(column: T, length: number): T;
function grown(column: Uint8Array | Uint32Array, length: number): Uint8Array | Uint32Array {
  const bigger = column instanceof Uint8Array ? new Uint8Array(length) : new Uint32Array(length);
  bigger.set(column);
  return bigger;
}

/** Below this many elements a loop beats making a view. */
const loopLengthMax = 32;

function copyWords(from: Uint32Array, start: number, end: number, to: Uint32Array, at: number): void {
  if (end - start > loopLengthMax) to.set(from.subarray(start, end), at);
  else for (let i = start; i < end; i++) to[at + i - start] = from[i]!;
}

function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start > loopLengthMax) to.set(from.subarray(start, end), at);
  else for (let i = start; i < end; i++) to[at + i - start] = from[i]!;
}
