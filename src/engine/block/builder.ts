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

/** `rowCount` and `identifierCount` are guesses that save growing. */
export function createBlockBuilder(rowCount: number, identifierCount: number): BlockBuilder {
  let rows = 0;
  let entries = 0;
  let memberToken = new Uint32Array(Math.max(rowCount, rowsMin) * 4);
  let tombstone = new Uint8Array(memberToken.length / 4);
  let identifierStart = new Uint32Array(memberToken.length / 4 + 1);
  let identifierType = new Uint8Array(Math.max(identifierCount, rowsMin));
  let identifierToken = new Uint32Array(identifierType.length * 4);

  const roomForRows = (count: number): void => {
    if (rows + count <= tombstone.length) return;
    const capacity = Math.max(rows + count, tombstone.length * 2);
    memberToken = grown(memberToken, capacity * 4);
    tombstone = grown(tombstone, capacity);
    identifierStart = grown(identifierStart, capacity + 1);
  };
  const roomForIdentifiers = (count: number): void => {
    if (entries + count <= identifierType.length) return;
    const capacity = Math.max(entries + count, identifierType.length * 2);
    identifierType = grown(identifierType, capacity);
    identifierToken = grown(identifierToken, capacity * 4);
  };

  const beginRow = (tokens: Uint32Array, index: number, kind: number): void => {
    roomForRows(1);
    copyToken(tokens, index, memberToken, rows);
    tombstone[rows] = kind;
    rows += 1;
    identifierStart[rows] = entries;
  };

  return {
    get rowCount() {
      return rows;
    },
    copyRows(block, first, end) {
      const from = block.identifierStart[first]!;
      const to = block.identifierStart[end]!;
      roomForRows(end - first);
      roomForIdentifiers(to - from);
      copyWords(block.memberToken, first * 4, end * 4, memberToken, rows * 4);
      copyBytes(block.identifierType, from, to, identifierType, entries);
      copyWords(block.identifierToken, from * 4, to * 4, identifierToken, entries * 4);
      const moved = entries - from;
      for (let row = first; row < end; row++) {
        tombstone[rows] = block.tombstone[row]!;
        rows += 1;
        identifierStart[rows] = block.identifierStart[row + 1]! + moved;
      }
      entries += to - from;
    },
    tombstone: (tokens, index) => beginRow(tokens, index, 1),
    record: (tokens, index) => beginRow(tokens, index, 0),
    identifier(type, tokens, index) {
      assert(rows > 0, () => 'an identifier belongs to a record');
      roomForIdentifiers(1);
      identifierType[entries] = type;
      copyToken(tokens, index, identifierToken, entries);
      entries += 1;
      identifierStart[rows] = entries;
    },
    finish() {
      const block: MemberBlock = {
        rowCount: rows,
        memberToken: memberToken.slice(0, rows * 4),
        tombstone: tombstone.slice(0, rows),
        identifierStart: identifierStart.slice(0, rows + 1),
        identifierType: identifierType.slice(0, entries),
        identifierToken: identifierToken.slice(0, entries * 4),
      };
      rows = 0;
      entries = 0;
      return block;
    },
  };
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
