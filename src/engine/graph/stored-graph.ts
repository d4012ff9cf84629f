import { limits } from '../../base/limits.ts';
import type { Primitives } from '../../base/primitives.ts';
import { personCountMax } from './layout.ts';
import { chunkPersonCount } from './person-column.ts';
import { decodePiece, encodePieces, type PieceFault, type PieceKind } from './piece.ts';
import type { GraphSnapshot } from './snapshot.ts';
import { encodeMarks } from './stored-marks.ts';
import { encodeRun } from './stored-run.ts';

/** One blob to store. `kind`, `id`, `index` (person chunks only, else 0) and `pieceNo` are its key; it never changes. */
export interface StoredPiece {
  readonly kind: PieceKind;
  readonly id: number;
  readonly index: number;
  readonly pieceNo: number;
  readonly bytes: Uint8Array;
}

/** What a stored state is made of; all other stored pieces are left over and can go. */
export interface GraphMeta {
  readonly version: number;
  readonly personCount: number;
  readonly baseId: number;
  readonly deltaId: number;
  /** 0: nothing is hidden, nobody was removed. */
  readonly hiddenId: number;
  readonly deadId: number;
  /** Of each chunk of the person column. */
  readonly chunkIds: readonly number[];
}

const fixedWords = 12;
type SixNumbers = [number, number, number, number, number, number];

/**
 * The pieces of a graph, the meta piece last: whoever stores it in the same transaction as the rest, or
 * after it, has a whole graph or none. Parts written in version `since` or before are left out, because
 * they are stored already; without it all parts come. The snapshot must have its person column.
 */
export function* encodeGraph(
  snapshot: GraphSnapshot,
  primitives: Primitives,
  { since = -1, pieceBytesMax = limits.graphPieceBytesMax }: { since?: number; pieceBytesMax?: number } = {},
): Generator<StoredPiece, void> {
  const { base, baseId, delta, deltaId, hidden, dead } = snapshot;
  const meta = metaOf(snapshot);
  const runs = [
    { kind: 'base', id: baseId, run: base },
    { kind: 'delta', id: deltaId, run: delta },
  ] as const;
  for (const { kind, id, run } of runs) {
    if (id > since) yield* numbered(encodeRun(run, { kind, id }, primitives, pieceBytesMax), kind, id);
  }
  const marks = [
    { kind: 'hidden', id: meta.hiddenId, set: hidden },
    { kind: 'dead', id: meta.deadId, set: dead },
  ] as const;
  for (const { kind, id, set } of marks) {
    if (set !== null && id > since) {
      yield* numbered(encodeMarks(set, { kind, id }, primitives, pieceBytesMax), kind, id);
    }
  }
  for (const [index, chunk] of (snapshot.persons?.chunks ?? []).entries()) {
    if (chunk.id <= since) continue;
    const head = { kind: 'persons', id: chunk.id, params: [index, chunk.words.length / 4, 0, 0] } as const;
    yield* numbered(encodePieces(head, chunk.words, primitives, pieceBytesMax), 'persons', chunk.id, index);
  }
  const head = { kind: 'meta', id: meta.version, params: [0, 0, 0, 0] } as const;
  yield* numbered(encodePieces(head, metaWords(meta), primitives, pieceBytesMax), 'meta', meta.version);
}

function* numbered(
  pieces: Iterable<Uint8Array>,
  kind: PieceKind,
  id: number,
  index = 0,
): Generator<StoredPiece, void> {
  let pieceNo = 0;
  for (const bytes of pieces) yield { kind, id, index, pieceNo: pieceNo++, bytes };
}

function metaOf(snapshot: GraphSnapshot): GraphMeta {
  const { version, personCount, baseId, deltaId, hidden, hiddenId, dead, deadId, persons } = snapshot;
  return {
    version,
    personCount,
    baseId,
    deltaId,
    hiddenId: hidden === null ? 0 : hiddenId,
    deadId: dead === null ? 0 : deadId,
    chunkIds: (persons?.chunks ?? []).map(({ id }) => id),
  };
}

function metaWords(meta: GraphMeta): Uint32Array {
  const { version, personCount, baseId, deltaId, hiddenId, deadId, chunkIds } = meta;
  const numbers = [version, personCount, baseId, deltaId, hiddenId, deadId, ...chunkIds];
  return Uint32Array.from(numbers.flatMap((value) => [value >>> 0, Math.floor(value / 2 ** 32)]));
}

export type MetaResult =
  { readonly ok: true; readonly meta: GraphMeta } | { readonly ok: false; readonly fault: PieceFault };

/** Reads the meta piece, which says what other pieces to fetch. */
export function decodeGraphMeta(
  bytes: Uint8Array,
  primitives: Primitives,
  pieceBytesMax: number = limits.graphPieceBytesMax,
): MetaResult {
  const piece = decodePiece(bytes, primitives, pieceBytesMax);
  if (typeof piece === 'string') return { ok: false, fault: piece };
  const { header, payload } = piece;
  const isMeta =
    header.kind === 'meta' && header.pieceCount === 1 && header.params.every((param) => param === 0);
  if (!isMeta || payload.length < fixedWords * 4 || payload.length % 8 !== 0) {
    return { ok: false, fault: 'layout' };
  }
  const words = new Uint32Array(payload.slice().buffer);
  const numbers = Array.from(
    { length: words.length / 2 },
    (_, i) => words[i * 2]! + words[i * 2 + 1]! * 2 ** 32,
  );
  const [version, personCount, baseId, deltaId, hiddenId, deadId] = numbers as SixNumbers;
  const chunkIds = numbers.slice(6);
  const isSound =
    version === header.id &&
    Number.isSafeInteger(version) &&
    [baseId, deltaId, hiddenId, deadId, ...chunkIds].every((id) => id <= version) &&
    personCount <= personCountMax &&
    chunkIds.length === Math.ceil(personCount / chunkPersonCount);
  if (!isSound) return { ok: false, fault: 'content' };
  return { ok: true, meta: { version, personCount, baseId, deltaId, hiddenId, deadId, chunkIds } };
}
