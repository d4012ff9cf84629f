import { limits } from '../../base/limits.ts';
import type { Primitives } from '../../base/primitives.ts';
import type { Marks } from './marks.ts';
import { chunkOver, chunkPersonCount, type PersonColumn } from './person-column.ts';
import { createPartReader, decodePiece, type PartReader, type Piece, type PieceFault } from './piece.ts';
import { compareMarks, type GraphSnapshot, snapshotOf } from './snapshot.ts';
import type { GraphMeta } from './stored-graph.ts';
import { createMarksReader, readMarks } from './stored-marks.ts';
import { createRunReader, namesPersonsBelow, readRun } from './stored-run.ts';

export type LoadResult =
  | { readonly ok: true; readonly snapshot: GraphSnapshot }
  | { readonly ok: false; readonly fault: PieceFault };

/** Takes the pieces that a meta piece names, in any order, and makes the graph of them. */
export interface GraphLoader {
  /** Null when the piece is good; the loader is of no use after a fault. */
  accept(bytes: Uint8Array): PieceFault | null;
  finish(): LoadResult;
}

interface Readers {
  readonly base: PartReader;
  readonly delta: PartReader;
  readonly hidden: PartReader | null;
  readonly dead: PartReader | null;
  /** Empty when the column is not wanted. */
  readonly chunks: readonly PartReader[];
}

/**
 * Bytes go straight into shared memory. 20 million entries take about 0.3 s. Without `wantsPersons` the
 * graph answers look-ups only, and person pieces must not be given.
 */
export function createGraphLoader(
  meta: GraphMeta,
  primitives: Primitives,
  {
    wantsPersons = true,
    pieceBytesMax = limits.graphPieceBytesMax,
  }: { readonly wantsPersons?: boolean; readonly pieceBytesMax?: number } = {},
): GraphLoader {
  const readers: Readers = {
    base: createRunReader(),
    delta: createRunReader(),
    hidden: meta.hiddenId === 0 ? null : createMarksReader(),
    dead: meta.deadId === 0 ? null : createMarksReader(),
    chunks: wantsPersons ? meta.chunkIds.map((_, index) => createChunkReader(meta, index)) : [],
  };
  return {
    accept(bytes) {
      const piece = decodePiece(bytes, primitives, pieceBytesMax);
      if (typeof piece === 'string') return piece;
      const reader = readerOf(readers, meta, piece);
      return reader === null ? 'pieces' : reader.accept(piece);
    },
    finish: () => finish(readers, meta, wantsPersons),
  };
}

function createChunkReader({ personCount }: GraphMeta, index: number): PartReader {
  const persons = Math.min(chunkPersonCount, personCount - index * chunkPersonCount);
  return createPartReader(({ params, bodyBytes }) => {
    const isWellFormed = params[1] === persons && params[2] === 0 && params[3] === 0;
    return isWellFormed && bodyBytes === persons * 16 ? bodyBytes : null;
  });
}

/** Null for a piece that is not of this state. */
function readerOf(readers: Readers, meta: GraphMeta, { header }: Piece): PartReader | null {
  switch (header.kind) {
    case 'base':
      return header.id === meta.baseId ? readers.base : null;
    case 'delta':
      return header.id === meta.deltaId ? readers.delta : null;
    case 'hidden':
      return header.id === meta.hiddenId ? readers.hidden : null;
    case 'dead':
      return header.id === meta.deadId ? readers.dead : null;
    case 'persons':
      return header.id === meta.chunkIds[header.params[0]]
        ? (readers.chunks[header.params[0]] ?? null)
        : null;
    case 'meta':
      return null;
  }
}

function finish(readers: Readers, meta: GraphMeta, wantsPersons: boolean): LoadResult {
  const { version, personCount, baseId, deltaId, hiddenId, deadId } = meta;
  const base = readRun(readers.base);
  if (!base.ok) return base;
  const delta = readRun(readers.delta);
  if (!delta.ok) return delta;
  const hidden = marksOrNone(readers.hidden);
  if (!hidden.ok) return hidden;
  const dead = marksOrNone(readers.dead);
  if (!dead.ok) return dead;
  if (!readers.chunks.every((reader) => reader.isComplete)) return { ok: false, fault: 'pieces' };
  const isSound =
    namesPersonsBelow(base.run, personCount) &&
    namesPersonsBelow(delta.run, personCount) &&
    (hidden.marks === null || hidden.marks.length === base.run.count) &&
    (dead.marks === null || dead.marks.length <= personCount);
  if (!isSound) return { ok: false, fault: 'content' };
  const persons: PersonColumn = {
    count: personCount,
    chunks: readers.chunks.map(({ buffer }, index) => chunkOver(meta.chunkIds[index]!, buffer)),
  };
  const snapshot = snapshotOf({
    version,
    personCount,
    base: base.run,
    baseId,
    delta: delta.run,
    deltaId,
    hidden: hidden.marks,
    hiddenId,
    hiddenTypeCounts: compareMarks(base.run, null, hidden.marks).typeCounts,
    dead: dead.marks,
    deadId,
    persons: wantsPersons ? persons : null,
  });
  return { ok: true, snapshot };
}

type OptionalMarks =
  { readonly ok: true; readonly marks: Marks | null } | { readonly ok: false; readonly fault: PieceFault };

const marksOrNone = (reader: PartReader | null): OptionalMarks =>
  reader === null ? { ok: true, marks: null } : readMarks(reader);
