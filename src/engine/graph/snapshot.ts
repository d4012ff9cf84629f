import { assert } from '../../base/assert.ts';
import { identifierCodes, type IdentifierType, identifierTypes } from '../../base/identifier-types.ts';
import type { GraphIndex } from '../types.ts';
import { lookUpRun } from './lookup.ts';
import { countMarks, type Marks } from './marks.ts';
import { emptyPersonColumn, type PersonColumn, personColumnBytes } from './person-column.ts';
import { emptyRun, noTypes, type Run, typeOf } from './run.ts';

/**
 * One state of the identity graph. What the parts hold:
 *
 * - `base`: most entries. `hidden` marks those of its records that were removed since it was written.
 * - `delta`: entries that came since. No pair is in both runs.
 * - `dead`: ordinals of removed persons; they are never given out again.
 * - `persons`: ordinal → user-id token; null in a thread that only looks up.
 *
 * Ids are the version in which a part was written: a stored part with the same id need not be written again.
 */
export interface GraphParts {
  readonly version: number;
  readonly personCount: number;
  readonly base: Run;
  readonly baseId: number;
  readonly hidden: Marks | null;
  readonly hiddenId: number;
  /** Hidden records per identifier code. */
  readonly hiddenTypeCounts: readonly number[];
  readonly delta: Run;
  readonly deltaId: number;
  readonly dead: Marks | null;
  readonly deadId: number;
  readonly persons: PersonColumn | null;
}

/** An immutable, searchable state; `personCount` counts all ordinals ever given out, so it bounds them. */
export interface GraphSnapshot extends GraphIndex, GraphParts {}

export interface GraphStats {
  readonly version: number;
  /** Users that are there now. */
  readonly personCount: number;
  readonly removedPersonCount: number;
  /** Entries (identifier, person), the users' own ids included. */
  readonly entryCount: number;
  /** The same per type; exact, because each record keeps its type. */
  readonly entryCountByType: Readonly<Record<IdentifierType, number>>;
  readonly deltaEntryCount: number;
  readonly hiddenEntryCount: number;
  /** Memory of the index, without the person column. */
  readonly indexBytes: number;
  readonly personColumnBytes: number;
}

export function snapshotOf(parts: GraphParts): GraphSnapshot {
  const { base, hidden, delta, dead, personCount } = parts;
  assert(hidden === null || hidden.length === base.count, () => 'a mark per record of the base');
  assert(dead === null || dead.length <= personCount, () => 'only known persons can be dead');
  assert(
    parts.persons === null || parts.persons.count === personCount,
    () => 'the column names every person',
  );
  const hiddenCount = parts.hiddenTypeCounts.reduce((sum, count) => sum + count, 0);
  return {
    ...parts,
    entryCount: base.count - hiddenCount + delta.count,
    memoryBytes:
      base.buffer.byteLength +
      delta.buffer.byteLength +
      (hidden?.buffer.byteLength ?? 0) +
      (dead?.buffer.byteLength ?? 0),
    lookup(tokens, offset, count, hits, persons) {
      assert(
        hits.length >= count && tokens.length >= (offset + count) * 4,
        () => 'room for tokens and answers',
      );
      hits.fill(0, 0, count);
      lookUpRun(base, hidden, tokens, offset, count, hits, persons);
      lookUpRun(delta, null, tokens, offset, count, hits, persons);
    },
  };
}

/** A graph without users, version 0. */
export function emptySnapshot(): GraphSnapshot {
  return snapshotOf({
    version: 0,
    personCount: 0,
    base: emptyRun,
    baseId: 0,
    hidden: null,
    hiddenId: 0,
    hiddenTypeCounts: noTypes,
    delta: emptyRun,
    deltaId: 0,
    dead: null,
    deadId: 0,
    persons: emptyPersonColumn,
  });
}

/** A single run as an index: the entries that a change added. */
export function indexOfRun(run: Run, version: number, personCount: number): GraphIndex {
  return {
    version,
    personCount,
    entryCount: run.count,
    memoryBytes: run.buffer.byteLength,
    lookup(tokens, offset, count, hits, persons) {
      hits.fill(0, 0, count);
      lookUpRun(run, null, tokens, offset, count, hits, persons);
    },
  };
}

export function statsOf(snapshot: GraphSnapshot): GraphStats {
  const removedPersonCount = countMarks(snapshot.dead);
  const byCode = entriesByCode(snapshot);
  const entryCountByType = Object.fromEntries(
    identifierTypes.map((type) => [type, byCode[identifierCodes[type]]!]),
  ) as Record<IdentifierType, number>;
  return {
    version: snapshot.version,
    personCount: snapshot.personCount - removedPersonCount,
    removedPersonCount,
    entryCount: snapshot.entryCount,
    entryCountByType,
    deltaEntryCount: snapshot.delta.count,
    hiddenEntryCount: snapshot.hiddenTypeCounts.reduce((sum, count) => sum + count, 0),
    indexBytes: snapshot.memoryBytes,
    personColumnBytes: snapshot.persons === null ? 0 : personColumnBytes(snapshot.persons),
  };
}

const entriesByCode = ({ base, hiddenTypeCounts, delta }: GraphSnapshot): readonly number[] =>
  base.typeCounts.map((count, code) => count - hiddenTypeCounts[code]! + delta.typeCounts[code]!);

/** What differs between two sets of marks over one run. */
export interface MarkChange {
  readonly markedCount: number;
  readonly unmarkedCount: number;
  /** Newly marked less newly unmarked records, per identifier code. */
  readonly typeCounts: readonly number[];
}

/** Costs a word per 32 records and a record per difference. */
export function compareMarks(run: Run, before: Marks | null, after: Marks | null): MarkChange {
  const typeCounts = noTypes.slice();
  let markedCount = 0;
  let unmarkedCount = 0;
  const wordCount = before === after ? 0 : Math.ceil(run.count / 32);
  for (let i = 0; i < wordCount; i++) {
    const now = after?.words[i] ?? 0;
    let changed = now ^ (before?.words[i] ?? 0);
    while (changed !== 0) {
      const bit = changed & -changed;
      const isMarkedNow = (now & bit) !== 0;
      typeCounts[typeOf(run, i * 32 + 31 - Math.clz32(bit))]! += isMarkedNow ? 1 : -1;
      if (isMarkedNow) markedCount += 1;
      else unmarkedCount += 1;
      changed ^= bit;
    }
  }
  return { markedCount, unmarkedCount, typeCounts };
}
