import { assert } from '../../base/assert.ts';
import { limits } from '../../base/limits.ts';
import type { Primitives } from '../../base/primitives.ts';
import { bytesOf } from '../token/compare.ts';

/**
 * One stored piece of a graph, little-endian: 16 header words, then part of a body.
 *
 * | header word | holds |
 * | --- | --- |
 * | 0 | `RCIG` |
 * | 1 | CRC-32 of everything behind this word |
 * | 2 | format version (low 16 bits), kind (high 16 bits) |
 * | 3 | bytes of the piece, header included |
 * | 4, 5 | number of the piece, pieces of the part |
 * | 6, 7 | bytes of the whole body, low and high word |
 * | 8, 9 | id of the part, low and high word |
 * | 10 … 13 | what the kind needs to know (see the kind's file) |
 * | 14, 15 | zero |
 *
 * Every piece but the last is as long as a piece may be, so a piece's place in the body follows from its number.
 */
export const pieceKinds = { meta: 1, base: 2, hidden: 3, delta: 4, dead: 5, persons: 6 } as const;
export type PieceKind = keyof typeof pieceKinds;

/** Why stored bytes are refused. They come from our own store, so each of these is damage or a newer release. */
export type PieceFault =
  'too_short' | 'magic' | 'version' | 'length' | 'checksum' | 'layout' | 'pieces' | 'content';

export interface PieceHeader {
  readonly kind: PieceKind;
  readonly id: number;
  readonly pieceNo: number;
  readonly pieceCount: number;
  readonly bodyBytes: number;
  readonly params: readonly [number, number, number, number];
}

export interface Piece {
  readonly header: PieceHeader;
  readonly payload: Uint8Array;
  /** Where the payload stands in the body. */
  readonly bodyOffset: number;
}

const magic = 0x47494352;
const formatVersion = 1;
const headerWords = 16;
const headerBytes = headerWords * 4;
const checkedFrom = 8;
const paramsAt = 10;

/** A body in pieces, made one by one as they are asked for; an empty body is one piece. */
export function* encodePieces(
  head: Pick<PieceHeader, 'kind' | 'id' | 'params'>,
  body: Uint32Array,
  primitives: Primitives,
  pieceBytesMax: number = limits.graphPieceBytesMax,
): Generator<Uint8Array, void> {
  const payloadMax = payloadBytesMax(pieceBytesMax);
  const bytes = bytesOf(body);
  const pieceCount = pieceCountOf(bytes.length, payloadMax);
  for (let pieceNo = 0; pieceNo < pieceCount; pieceNo++) {
    const payload = bytes.subarray(pieceNo * payloadMax, (pieceNo + 1) * payloadMax);
    const piece = new Uint8Array(headerBytes + payload.length);
    const header = new Uint32Array(piece.buffer, 0, headerWords);
    header.set([magic, 0, formatVersion | (pieceKinds[head.kind] << 16), piece.length, pieceNo, pieceCount]);
    header.set([...halves(bytes.length), ...halves(head.id), ...head.params], 6);
    piece.set(payload, headerBytes);
    header[1] = primitives.crc32(piece.subarray(checkedFrom));
    yield piece;
  }
}

function payloadBytesMax(pieceBytesMax: number): number {
  assert(pieceBytesMax > headerBytes && pieceBytesMax % 4 === 0, () => 'a piece holds a header and words');
  return pieceBytesMax - headerBytes;
}

const pieceCountOf = (bodyBytes: number, payloadMax: number): number =>
  Math.max(1, Math.ceil(bodyBytes / payloadMax));

const halves = (value: number): [number, number] => [value >>> 0, Math.floor(value / 2 ** 32)];

/** Reads one piece. Any flipped bit and any missing or added byte is refused. */
export function decodePiece(
  given: Uint8Array,
  primitives: Primitives,
  pieceBytesMax: number = limits.graphPieceBytesMax,
): Piece | PieceFault {
  if (given.length < headerBytes) return 'too_short';
  if (given.length > pieceBytesMax) return 'length';
  const words = new Uint32Array(given.slice(0, headerBytes).buffer);
  if (words[0] !== magic) return 'magic';
  if ((words[2]! & 0xffff) !== formatVersion) return 'version';
  if (words[3] !== given.length) return 'length';
  if (primitives.crc32(given.subarray(checkedFrom)) !== words[1]) return 'checksum';
  const kind = (Object.keys(pieceKinds) as PieceKind[]).find((name) => pieceKinds[name] === words[2]! >>> 16);
  const [pieceNo, pieceCount] = [words[4]!, words[5]!];
  const bodyBytes = words[6]! + words[7]! * 2 ** 32;
  const payloadMax = payloadBytesMax(pieceBytesMax);
  const bodyOffset = pieceNo * payloadMax;
  const isWellFormed =
    kind !== undefined &&
    pieceNo < pieceCount &&
    pieceCount === pieceCountOf(bodyBytes, payloadMax) &&
    bodyBytes % 4 === 0 &&
    given.length - headerBytes === Math.min(payloadMax, bodyBytes - bodyOffset) &&
    words[14] === 0 &&
    words[15] === 0;
  if (!isWellFormed) return 'layout';
  const id = words[8]! + words[9]! * 2 ** 32;
  const params = [...words.subarray(paramsAt, paramsAt + 4)] as unknown as PieceHeader['params'];
  const header = { kind, id, pieceNo, pieceCount, bodyBytes, params };
  return { header, payload: given.subarray(headerBytes), bodyOffset };
}

/** Puts the pieces of one part together, in any order. */
export interface PartReader {
  /** A fault when the piece does not belong to the part or came before. */
  accept(piece: Piece): PieceFault | null;
  readonly isComplete: boolean;
  /** Of the first piece; null before it. */
  readonly header: PieceHeader | null;
  readonly buffer: SharedArrayBuffer;
}

const noBuffer = new SharedArrayBuffer(0);

/**
 * `bufferBytes` checks a header and says how much memory the part takes (at least the body), or null to
 * refuse it. The memory is taken only then, so a damaged count cannot ask for any.
 */
export function createPartReader(bufferBytes: (header: PieceHeader) => number | null): PartReader {
  let first: PieceHeader | null = null;
  let buffer = noBuffer;
  const seen = new Set<number>();
  return {
    accept({ header, payload, bodyOffset }) {
      if (first === null) {
        const bytes = bufferBytes(header);
        if (bytes === null || bytes < header.bodyBytes) return 'layout';
        first = header;
        buffer = new SharedArrayBuffer(bytes);
      }
      if (seen.has(header.pieceNo) || !isSamePart(first, header)) return 'pieces';
      seen.add(header.pieceNo);
      new Uint8Array(buffer, bodyOffset, payload.length).set(payload);
      return null;
    },
    get isComplete() {
      return first !== null && seen.size === first.pieceCount;
    },
    get header() {
      return first;
    },
    get buffer() {
      return buffer;
    },
  };
}

function isSamePart(a: PieceHeader, b: PieceHeader): boolean {
  return (
    a.kind === b.kind &&
    a.id === b.id &&
    a.pieceCount === b.pieceCount &&
    a.bodyBytes === b.bodyBytes &&
    a.params.every((param, i) => param === b.params[i])
  );
}
