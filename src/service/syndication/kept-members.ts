/** Reads the members that are kept for forwarding, and merges what is old. */
import { limits } from '../../base/limits.ts';
import { decodeForward, encodeForward, noFallback } from '../../engine/forward/encode-forward.ts';
import { createForwardBuilder } from '../../engine/forward/forward-builder.ts';
import type { ForwardMembers, ForwardOperation } from '../../engine/forward/forward-members.ts';
import { mergeForward } from '../../engine/forward/merge-forward.ts';
import type { ForwardHead, ForwardingRow, StoredForward } from '../../store/forwarding-rows.ts';
import { placeName, type ForwardKeys } from './forward-keys.ts';
import type { KeptAudience } from './syndication-scripts.ts';

export interface OpenedForward {
  readonly opSeq: number;
  readonly operation: ForwardOperation;
}

export function openForwards(
  keys: ForwardKeys,
  key: ForwardingRow,
  audienceNo: number,
  stored: readonly StoredForward[],
): readonly OpenedForward[] {
  const sealer = keys.sealerOf(key);
  const { accountNo } = key;
  return stored.map(({ opSeq, pieceNo, sealed }) => ({
    opSeq,
    operation: decodeForward(sealer.open(sealed, placeName({ accountNo, audienceNo, opSeq, pieceNo }))),
  }));
}

/** The members as they were after operation `seq`; nobody before the first. */
export function stateAt(opened: readonly OpenedForward[], seq: number): ForwardMembers {
  return mergeForward(opened.filter(({ opSeq }) => opSeq <= seq).map(({ operation }) => operation));
}

/** Rows of the kept operations are merged when this share of the base has come on top of it. */
const mergedShare = 1 / 4;
/** Or when there are this many of them, however small. */
const smallOperationCountMax = 512;

/** Up to which operation an audience's kept operations are to be merged; null: it is not worth it. */
export function mergeUpTo(heads: readonly ForwardHead[], { held, countedSeq }: KeptAudience): number | null {
  const upTo = heads.length > limits.forwardOperationCountMax ? countedSeq : held;
  const old = heads.filter(({ opSeq, isBase }) => opSeq <= upTo && isBase === 0);
  const newest = old.at(-1);
  if (newest === undefined || old.length < limits.forwardOperationCountMerged) return null;
  const base = keptBytes(heads.filter(({ isBase }) => isBase === 1));
  const isWorth = keptBytes(old) >= base * mergedShare || old.length >= smallOperationCountMax;
  return isWorth ? newest.opSeq : null;
}

/** A state as the pieces of a base: one alone may be too large for one row of the store. */
export function basePieces(state: ForwardMembers): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const rows = limits.blockPieceRowCountMax;
  for (let first = 0; first < state.rowCount || pieces.length === 0; first += rows) {
    const end = Math.min(state.rowCount, first + rows);
    const builder = createForwardBuilder({
      rows: end - first,
      identifiers: (end - first) * 2,
      idBytes: (end - first) * 16,
      valueBytes: 0,
    });
    for (let row = first; row < end; row++) builder.copy(state, row);
    pieces.push(encodeForward({ members: builder.finish(), fallback: noFallback }));
  }
  return pieces;
}

export function keptBytes(heads: readonly Pick<ForwardHead, 'byteCount'>[]): number {
  return heads.reduce((sum, { byteCount }) => sum + byteCount, 0);
}
