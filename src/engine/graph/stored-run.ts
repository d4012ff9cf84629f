import { identifierCodeMax } from '../../base/identifier-types.ts';
import { limits } from '../../base/limits.ts';
import type { Primitives } from '../../base/primitives.ts';
import { directoryBitsMax, recordWords, typeBits, typeMask } from './layout.ts';
import {
  createPartReader,
  decodePiece,
  encodePieces,
  type PartReader,
  type PieceFault,
  type PieceHeader,
} from './piece.ts';
import { noTypes, type Run, runBytes, runOver, type RunShape } from './run.ts';

export type RunKind = 'base' | 'delta';
export type RunResult =
  { readonly ok: true; readonly run: Run } | { readonly ok: false; readonly fault: PieceFault };

/**
 * The stored form of a run: its directory and records as they stand in memory. Header parameters: key start
 * and key words (two bytes), directory bits, entries, zero. Equal runs give equal bytes.
 */
export function encodeRun(
  run: Run,
  { kind, id }: { readonly kind: RunKind; readonly id: number },
  primitives: Primitives,
  pieceBytesMax: number = limits.graphPieceBytesMax,
): Generator<Uint8Array, void> {
  const { layout, directoryBits, count } = run;
  const words = runBytes(run) / 4 - recordWords(layout);
  const body = new Uint32Array(run.buffer, 0, words);
  const params = [layout.keyStart | (layout.keyWords << 8), directoryBits, count, 0] as const;
  return encodePieces({ kind, id, params }, body, primitives, pieceBytesMax);
}

/** Reads a run straight into shared memory, with everything checked. 20 million entries take about 0.3 s. */
export function decodeRun(
  pieces: Iterable<Uint8Array>,
  primitives: Primitives,
  pieceBytesMax: number = limits.graphPieceBytesMax,
): RunResult {
  const reader = createRunReader();
  for (const bytes of pieces) {
    const piece = decodePiece(bytes, primitives, pieceBytesMax);
    if (typeof piece === 'string') return { ok: false, fault: piece };
    if (piece.header.kind !== 'base' && piece.header.kind !== 'delta') return { ok: false, fault: 'layout' };
    const fault = reader.accept(piece);
    if (fault !== null) return { ok: false, fault };
  }
  return readRun(reader);
}

export function createRunReader(): PartReader {
  return createPartReader((header) => {
    const shape = shapeOf(header);
    return shape === null ? null : runBytes(shape);
  });
}

/** The run that a reader has put together. */
export function readRun(reader: PartReader): RunResult {
  const shape = reader.header === null ? null : shapeOf(reader.header);
  if (shape === null || !reader.isComplete) return { ok: false, fault: 'pieces' };
  const typeCounts = noTypes.slice();
  const run = runOver({ ...shape, typeCounts }, reader.buffer);
  return isSoundDirectory(run) && areSoundRecords(run, typeCounts)
    ? { ok: true, run }
    : { ok: false, fault: 'content' };
}

/** Null unless the parameters are those of a run and the body has its size. */
function shapeOf({ params, bodyBytes }: PieceHeader): Omit<RunShape, 'typeCounts'> | null {
  const [key, directoryBits, count, zero] = params;
  const keyStart = key & 0xff;
  const keyWords = key >>> 8;
  if (keyWords !== 2 && keyWords !== 3) return null;
  const isWellFormed =
    zero === 0 &&
    (keyWords === 3) === (keyStart === 0) &&
    keyStart < 32 &&
    directoryBits >= Math.max(1, keyStart) &&
    directoryBits <= directoryBitsMax &&
    count <= limits.graphEntryCountMax;
  if (!isWellFormed) return null;
  const shape = { layout: { keyStart, keyWords } as const, directoryBits, count };
  return bodyBytes === runBytes(shape) - recordWords(shape.layout) * 4 ? shape : null;
}

function isSoundDirectory({ directory, count }: Run): boolean {
  const places = directory.length - 1;
  if (directory[0] !== 0 || directory[places] !== count) return false;
  for (let place = 0; place < places; place++) if (directory[place]! > directory[place + 1]!) return false;
  return true;
}

/** Records stand in their place and in order, no pair twice, with a known type. Counts the types. */
function areSoundRecords(run: Run, typeCounts: number[]): boolean {
  const { directory, records, directoryBits, layout } = run;
  const words = recordWords(layout);
  /** Bits that stand in the directory and in the key. */
  const doubledBits = directoryBits - layout.keyStart;
  const doubledMask = 2 ** doubledBits - 1;
  for (let place = 0; place < 2 ** directoryBits; place++) {
    const start = directory[place]! * words;
    const end = directory[place + 1]! * words;
    for (let at = start; at < end; at += words) {
      const type = records[at + words - 1]! & typeMask;
      if (type === 0 || type > identifierCodeMax) return false;
      if (doubledBits > 0 && records[at]! >>> (32 - doubledBits) !== (place & doubledMask)) return false;
      if (at > start && !isAscending(records, at - words, at, words)) return false;
      typeCounts[type]! += 1;
    }
  }
  return true;
}

function isAscending(records: Uint32Array, before: number, at: number, words: number): boolean {
  if (records[before] !== records[at]) return records[before]! < records[at]!;
  if (records[before + 1] !== records[at + 1]) return records[before + 1]! < records[at + 1]!;
  if (words === 4 && records[before + 2] !== records[at + 2]) return records[before + 2]! < records[at + 2]!;
  return records[before + words - 1]! >>> typeBits < records[at + words - 1]! >>> typeBits;
}

/** Whether every record names a person below the bound. */
export function namesPersonsBelow({ records, count, layout }: Run, personCount: number): boolean {
  const words = recordWords(layout);
  for (let at = words - 1; at < count * words; at += words) {
    if (records[at]! >>> typeBits >= personCount) return false;
  }
  return true;
}
