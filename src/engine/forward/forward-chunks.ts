import type { ForwardDelta } from './forward-delta.ts';

/** Places `from … to - 1` of one list of a delta. */
export interface Chunk {
  readonly side: 'add' | 'remove';
  readonly from: number;
  readonly to: number;
}

/** Changes of a delta. They are numbered with the removals first: see `chunkAt`. */
export function changeCount({ removed, added }: ForwardDelta): number {
  return removed.length + added.length;
}

/**
 * The chunk that begins at change number `at`. Removals and additions never share a call: in one call, an identifier that is removed
 * with one member is struck from the other (contract, sync rule 3), and between two calls it is not.
 */
export function chunkAt(delta: ForwardDelta, at: number, size: number): Chunk {
  const removals = delta.removed.length;
  if (at < removals) return { side: 'remove', from: at, to: Math.min(removals, at + size) };
  return { side: 'add', from: at - removals, to: Math.min(delta.added.length, at - removals + size) };
}
