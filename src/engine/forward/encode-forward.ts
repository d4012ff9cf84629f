import { assert } from '../../base/assert.ts';
import { digestBytes, type ForwardOperation } from './forward-members.ts';

/**
 * A forward operation as bytes, little-endian: a header of words, then the columns, each from a multiple of four bytes. There is no
 * checksum: it is only ever stored sealed, and what was sealed opens whole or not at all.
 *
 * | header word | holds |
 * | --- | --- |
 * | 0 | `RCFW` |
 * | 1 | format version |
 * | 2, 3 | rows, identifiers |
 * | 4, 5 | bytes of external ids, bytes of values |
 * | 6, 7 | fallback entries, their identifiers |
 */
const magic = 0x57464352;
const formatVersion = 1;
const headerWords = 8;

interface Counts {
  readonly rows: number;
  readonly identifiers: number;
  readonly idBytes: number;
  readonly valueBytes: number;
  readonly entries: number;
  readonly entryIdentifiers: number;
}

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

/** Byte offsets of the columns, in the order in which they lie, and the end. */
function layoutOf(counts: Counts): readonly number[] {
  const { rows, identifiers, idBytes, valueBytes, entries, entryIdentifiers } = counts;
  const lengths = [
    ...[rows * 16, (rows + 1) * 4, (rows + 1) * 4, (identifiers + 1) * 4, identifiers * digestBytes],
    ...[identifiers, rows, idBytes, valueBytes],
    ...[entries * 16, (entries + 1) * 4, entryIdentifiers * 16, entries],
  ];
  const offsets = [headerWords * 4];
  for (const length of lengths) offsets.push(offsets.at(-1)! + padded(length));
  return offsets;
}

function countsOf({ members, fallback }: ForwardOperation): Counts {
  return {
    rows: members.rowCount,
    identifiers: members.identifierType.length,
    idBytes: members.externalIdBytes.length,
    valueBytes: members.valueBytes.length,
    entries: fallback.entryCount,
    entryIdentifiers: fallback.identifierWords.length / 4,
  };
}

/** Over shared memory, so that it reaches the store's thread without being copied. */
export function encodeForward(operation: ForwardOperation): Uint8Array {
  const { members, fallback } = operation;
  const counts = countsOf(operation);
  const offsets = layoutOf(counts);
  const bytes = new Uint8Array(new SharedArrayBuffer(offsets.at(-1)!));
  const words = new Uint32Array(bytes.buffer);
  words.set([magic, formatVersion, counts.rows, counts.identifiers]);
  words.set([counts.idBytes, counts.valueBytes, counts.entries, counts.entryIdentifiers], 4);
  const columns = [
    ...[members.memberToken, members.externalIdStart, members.identifierStart, members.valueStart],
    ...[members.identifierDigest, members.identifierType, members.tombstone],
    ...[members.externalIdBytes, members.valueBytes],
    ...[fallback.memberToken, fallback.identifierStart, fallback.identifierWords, fallback.hasMember],
  ];
  columns.forEach((column, i) => {
    if (column instanceof Uint32Array) words.set(column, offsets[i]! / 4);
    else bytes.set(column, offsets[i]);
  });
  return bytes;
}

/** The operation over the memory of the bytes, which must not change afterwards. They come from our own seal: anything odd is a bug. */
export function decodeForward(given: Uint8Array): ForwardOperation {
  const bytes = given.byteOffset % 4 === 0 ? given : Uint8Array.from(given);
  assert(bytes.length >= headerWords * 4, () => 'a forward operation has a header');
  const word = (at: number, count: number): Uint32Array =>
    new Uint32Array(bytes.buffer, bytes.byteOffset + at, count);
  const header = word(0, headerWords);
  assert(header[0] === magic && header[1] === formatVersion, () => 'a forward operation of version 1');
  const counts: Counts = {
    rows: header[2]!,
    identifiers: header[3]!,
    idBytes: header[4]!,
    valueBytes: header[5]!,
    entries: header[6]!,
    entryIdentifiers: header[7]!,
  };
  const at = layoutOf(counts);
  assert(at.at(-1) === bytes.length, () => 'a forward operation ends where its columns end');
  const byte = (index: number, count: number): Uint8Array => bytes.subarray(at[index], at[index]! + count);
  const { rows, identifiers, entries } = counts;
  return {
    members: {
      rowCount: rows,
      memberToken: word(at[0]!, rows * 4),
      tombstone: byte(6, rows),
      externalIdStart: word(at[1]!, rows + 1),
      externalIdBytes: byte(7, counts.idBytes),
      identifierStart: word(at[2]!, rows + 1),
      identifierType: byte(5, identifiers),
      identifierDigest: byte(4, identifiers * digestBytes),
      valueStart: word(at[3]!, identifiers + 1),
      valueBytes: byte(8, counts.valueBytes),
    },
    fallback: {
      entryCount: entries,
      memberToken: word(at[9]!, entries * 4),
      hasMember: byte(12, entries),
      identifierStart: word(at[10]!, entries + 1),
      identifierWords: word(at[11]!, counts.entryIdentifiers * 4),
    },
  };
}

/** No `remove` entry that falls back: of a state, which is no request. */
export const noFallback: ForwardOperation['fallback'] = {
  entryCount: 0,
  memberToken: new Uint32Array(0),
  hasMember: new Uint8Array(0),
  identifierStart: new Uint32Array(1),
  identifierWords: new Uint32Array(0),
};
