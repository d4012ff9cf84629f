import type { Marks } from './marks.ts';
import { marksOver } from './marks.ts';
import { chunkOver } from './person-column.ts';
import { type Run, runOver, type RunShape } from './run.ts';
import { type GraphParts, type GraphSnapshot, snapshotOf } from './snapshot.ts';

interface SharedRun extends RunShape {
  readonly buffer: SharedArrayBuffer;
}
interface SharedMarks {
  readonly length: number;
  readonly buffer: SharedArrayBuffer;
}

/**
 * A graph as plain numbers and shared buffers: `postMessage` copies a few hundred bytes, and the thread that
 * gets it reads the same memory.
 */
export interface SharedGraph extends Pick<
  GraphParts,
  'version' | 'personCount' | 'baseId' | 'hiddenId' | 'hiddenTypeCounts' | 'deltaId' | 'deadId'
> {
  readonly base: SharedRun;
  readonly delta: SharedRun;
  readonly hidden: SharedMarks | null;
  readonly dead: SharedMarks | null;
  readonly persons: {
    readonly count: number;
    readonly chunks: readonly { readonly id: number; readonly buffer: SharedArrayBuffer }[];
  } | null;
}

/** `withPersons: false` leaves the person column out: enough for looking up. */
export function graphToShared(
  snapshot: GraphSnapshot,
  { withPersons = true }: { readonly withPersons?: boolean } = {},
): SharedGraph {
  const { version, personCount, baseId, hiddenId, hiddenTypeCounts, deltaId, deadId, persons } = snapshot;
  return {
    version,
    personCount,
    baseId,
    hiddenId,
    hiddenTypeCounts,
    deltaId,
    deadId,
    base: runToShared(snapshot.base),
    delta: runToShared(snapshot.delta),
    hidden: marksToShared(snapshot.hidden),
    dead: marksToShared(snapshot.dead),
    persons:
      persons === null || !withPersons
        ? null
        : { count: persons.count, chunks: persons.chunks.map(({ id, buffer }) => ({ id, buffer })) },
  };
}

const runToShared = ({ layout, directoryBits, count, typeCounts, buffer }: Run): SharedRun => ({
  layout,
  directoryBits,
  count,
  typeCounts,
  buffer,
});

const marksToShared = (marks: Marks | null): SharedMarks | null =>
  marks === null ? null : { length: marks.length, buffer: marks.buffer };

/** The graph over the same memory. */
export function graphFromShared(shared: SharedGraph): GraphSnapshot {
  const { base, delta, hidden, dead, persons } = shared;
  return snapshotOf({
    ...shared,
    base: runOver(base, base.buffer),
    delta: runOver(delta, delta.buffer),
    hidden: hidden === null ? null : marksOver(hidden.length, hidden.buffer),
    dead: dead === null ? null : marksOver(dead.length, dead.buffer),
    persons:
      persons === null
        ? null
        : { count: persons.count, chunks: persons.chunks.map(({ id, buffer }) => chunkOver(id, buffer)) },
  });
}
