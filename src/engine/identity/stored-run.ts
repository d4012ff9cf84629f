import { limits } from '../../base/limits.ts';
import type { Primitives } from '../../base/primitives.ts';
import { isSoundRun, runBytes, runOver, type IndexRun } from './run.ts';

/**
 * A stored run is its memory cut into pieces of bounded size, each with a header of 8 little-endian words:
 * magic, version, entries of the run, directory bits, bytes of the run, offset of the piece, bytes of the
 * piece, CRC-32 over the first seven words and the piece.
 */
export const runMagic = 0x47434352;
export const runFormatVersion = 1;
const headerWords = 8;
const headerBytes = 4 * headerWords;

export type RunFault =
  'too_short' | 'magic' | 'version' | 'layout' | 'checksum' | 'missing_piece' | 'content';
export type RunResult =
  { readonly ok: true; readonly run: IndexRun } | { readonly ok: false; readonly fault: RunFault };

/** The pieces one after the other; each is a copy, so that one at a time needs memory. */
export function* encodeRun(
  run: IndexRun,
  primitives: Primitives,
  pieceBytesMax: number = limits.graphPieceBytesMax,
): Generator<Uint8Array, void> {
  const memory = new Uint8Array(run.memory);
  const roomBytes = pieceBytesMax - headerBytes;
  for (let offset = 0; offset < memory.length; offset += roomBytes) {
    const bytes = Math.min(roomBytes, memory.length - offset);
    const piece = new Uint8Array(headerBytes + bytes);
    const header = new Uint32Array(piece.buffer, 0, headerWords);
    header.set([runMagic, runFormatVersion, run.entryCount, run.bits, memory.length, offset, bytes]);
    piece.set(memory.subarray(offset, offset + bytes), headerBytes);
    header[headerWords - 1] = checksum(piece, primitives);
    yield piece;
  }
}

/** The word of the checksum itself counts as zero. */
function checksum(piece: Uint8Array, primitives: Primitives): number {
  const copy = piece.slice(0, headerBytes);
  copy.fill(0, headerBytes - 4);
  return (primitives.crc32(copy) ^ primitives.crc32(piece.subarray(headerBytes))) >>> 0;
}

/**
 * Puts pieces, in order, into one stretch of shared memory. Nothing is trusted before it is checked: neither
 * a header, nor the order, nor an entry's person. `personCount` bounds the ordinals.
 */
export function decodeRun(
  pieces: Iterable<Uint8Array>,
  personCount: number,
  primitives: Primitives,
): RunResult {
  let run: IndexRun | null = null;
  let filled = 0;
  for (const piece of pieces) {
    const header = readHeader(piece, primitives);
    if (typeof header === 'string') return { ok: false, fault: header };
    run ??= runOver(new SharedArrayBuffer(header.runBytes), header.entryCount, header.bits);
    const fits =
      header.entryCount === run.entryCount &&
      header.bits === run.bits &&
      header.offset === filled &&
      filled + header.bytes <= run.memory.byteLength;
    if (!fits) return { ok: false, fault: 'missing_piece' };
    new Uint8Array(run.memory).set(piece.subarray(headerBytes), filled);
    filled += header.bytes;
  }
  if (run === null || filled !== run.memory.byteLength) return { ok: false, fault: 'missing_piece' };
  return isSoundRun(run, personCount) ? { ok: true, run } : { ok: false, fault: 'content' };
}

/** Takes the pieces of a run in order and keeps none of them. What each says of itself and of the run is checked, not its entries. */
export interface RunCheck {
  take(piece: Uint8Array): RunFault | null;
  /** After the last piece. */
  end(): RunFault | null;
}

export function createRunCheck(primitives: Primitives): RunCheck {
  let first: Header | null = null;
  let filled = 0;
  return {
    take(piece) {
      const header = readHeader(piece, primitives);
      if (typeof header === 'string') return header;
      first ??= header;
      const { entryCount, bits, runBytes: memoryBytes } = first;
      const isOfRun = header.entryCount === entryCount && header.bits === bits;
      if (!isOfRun || header.offset !== filled || filled + header.bytes > memoryBytes) return 'missing_piece';
      filled += header.bytes;
      return null;
    },
    end: () => (first !== null && filled === first.runBytes ? null : 'missing_piece'),
  };
}

interface Header {
  readonly entryCount: number;
  readonly bits: number;
  readonly runBytes: number;
  readonly offset: number;
  readonly bytes: number;
}

function readHeader(piece: Uint8Array, primitives: Primitives): Header | RunFault {
  if (piece.length < headerBytes) return 'too_short';
  const words = new Uint32Array(piece.slice(0, headerBytes).buffer);
  const [magic, version, entryCount, bits, memoryBytes, offset, bytes, sum] = words as unknown as number[];
  if (magic !== runMagic) return 'magic';
  if (version !== runFormatVersion) return 'version';
  if (bytes !== piece.length - headerBytes) return 'layout';
  if (bits! < 16 || bits! > 24 || entryCount! > limits.graphEntryCountMax) return 'layout';
  if (memoryBytes !== runBytes(entryCount!, bits!)) return 'layout';
  if (checksum(piece, primitives) !== sum) return 'checksum';
  return { entryCount: entryCount!, bits: bits!, runBytes: memoryBytes, offset: offset!, bytes };
}
