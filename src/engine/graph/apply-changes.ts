import { assert, must } from '../../base/assert.ts';
import { identifierCodes, userIdType } from '../../base/identifier-types.ts';
import { createTokenSet } from '../block/token-set.ts';
import type { GraphChangeResult, GraphChanges } from './changes.ts';
import { type LayoutPolicy, standardPolicy } from './layout.ts';
import { copyMarks, countMarks, createMarks, isMarked, mark, type Marks } from './marks.ts';
import { mergeRuns } from './merge-runs.ts';
import { editPersonColumn, type PersonColumn } from './person-column.ts';
import { createNewPersons, findPerson, type NewPersons } from './person-resolver.ts';
import { emptyRun, noTypes } from './run.ts';
import { compareMarks, type GraphParts, type GraphSnapshot, indexOfRun, snapshotOf } from './snapshot.ts';
import {
  addEntry,
  createWorkingGraph,
  hideIdentifier,
  hidePersons,
  type WorkingGraph,
} from './working-graph.ts';

export interface ApplyOptions {
  readonly policy?: LayoutPolicy;
  /** Writes a new base even for a small change, so that no hidden record remains: for erasure. */
  readonly mergesAlways?: boolean;
}

/** The delta (and what is hidden) is merged into a new base when it is more than one part in this many. */
const basePartsPerDelta = 8;
const userIdCode = identifierCodes[userIdType];
const noOrdinal = 0xffffffff;

/**
 * The graph after a change. The snapshot must have its person column; it stays valid for its readers.
 * A change that brings nothing new returns the same snapshot. Loading 20 million entries into an empty
 * graph takes seconds; a small change costs a copy of the delta, one with removals a scan of the base.
 */
export function applyChanges(
  before: GraphSnapshot,
  changes: GraphChanges,
  { policy = standardPolicy, mergesAlways = false }: ApplyOptions = {},
): GraphChangeResult {
  const column = must(before.persons, () => 'changing users needs the person column');
  assertColumns(changes);
  const work = createWorkingGraph(before);
  const removed = findRemoved(before, column, changes.removePersons);
  const newPersons = createNewPersons(before.personCount);
  const ordinals = resolveRows(before, column, changes, newPersons);
  hideAffected(work, removed, changes.replace ? ordinals : new Uint32Array(0));
  const keptOwnIdCount = hideIdentifiers(work, column, changes.removeIdentifiers);
  addRows(work, changes, ordinals);
  return settle({ work, column, removed, newPersons, keptOwnIdCount, policy, mergesAlways });
}

function assertColumns({ upserts, removePersons, removeIdentifiers }: GraphChanges): void {
  const { rowCount, personToken, identifierStart, identifierType, identifierToken } = upserts;
  const identifierCount = identifierStart[rowCount];
  assert(
    identifierCount !== undefined &&
      personToken.length >= rowCount * 4 &&
      identifierType.length >= identifierCount &&
      identifierToken.length >= identifierCount * 4,
    () => 'the columns of the upserts belong together',
  );
  assert(removePersons.length % 4 === 0 && removeIdentifiers.length % 4 === 0, () => 'tokens are four words');
}

/** Ordinals of the persons to remove, each once. */
function findRemoved(before: GraphSnapshot, column: PersonColumn, tokens: Uint32Array): Set<number> {
  const removed = new Set<number>();
  for (let i = 0; i < tokens.length / 4; i++) {
    const person = findPerson(before, column, tokens, i);
    if (person >= 0) removed.add(person);
  }
  return removed;
}

/** The ordinal of each row's person; `noOrdinal` where the change removes the person. */
function resolveRows(
  before: GraphSnapshot,
  column: PersonColumn,
  { upserts, removePersons }: GraphChanges,
  newPersons: NewPersons,
): Uint32Array {
  const removed = createTokenSet(removePersons, removePersons.length / 4);
  const ordinals = new Uint32Array(upserts.rowCount);
  for (let row = 0; row < upserts.rowCount; row++) {
    if (removed.size > 0 && removed.has(upserts.personToken, row)) {
      ordinals[row] = noOrdinal;
      continue;
    }
    const known = findPerson(before, column, upserts.personToken, row);
    ordinals[row] = known >= 0 ? known : newPersons.ordinalOf(upserts.personToken, row);
  }
  return ordinals;
}

/** Hides what removed and replaced persons have; what replaced ones keep is added again afterwards. */
function hideAffected(work: WorkingGraph, removed: ReadonlySet<number>, replaced: Uint32Array): void {
  const { personCount } = work.before;
  const affected = createMarks(personCount);
  let affectedCount = removed.size;
  for (const person of removed) mark(affected, person);
  for (let row = 0; row < replaced.length; row++) {
    const person = replaced[row]!;
    if (person >= personCount) continue;
    mark(affected, person);
    affectedCount += 1;
  }
  if (affectedCount > 0) hidePersons(work, affected);
}

/** Returns how many of the tokens stay somewhere as a user's own id. */
function hideIdentifiers(work: WorkingGraph, column: PersonColumn, tokens: Uint32Array): number {
  let keptCount = 0;
  for (let i = 0; i < tokens.length / 4; i++) if (hideIdentifier(work, column, tokens, i)) keptCount += 1;
  return keptCount;
}

function addRows(work: WorkingGraph, changes: GraphChanges, ordinals: Uint32Array): void {
  const { personToken, identifierStart, identifierType, identifierToken } = changes.upserts;
  const struck = createTokenSet(changes.removeIdentifiers, changes.removeIdentifiers.length / 4);
  for (let row = 0; row < ordinals.length; row++) {
    const person = ordinals[row]!;
    if (person === noOrdinal) continue;
    addEntry(work, personToken, row, userIdCode, person);
    for (let i = identifierStart[row]!; i < identifierStart[row + 1]!; i++) {
      if (struck.size > 0 && struck.has(identifierToken, i)) continue;
      addEntry(work, identifierToken, i, identifierType[i]!, person);
    }
  }
}

interface Settlement {
  readonly work: WorkingGraph;
  readonly column: PersonColumn;
  readonly removed: ReadonlySet<number>;
  readonly newPersons: NewPersons;
  readonly keptOwnIdCount: number;
  readonly policy: LayoutPolicy;
  readonly mergesAlways: boolean;
}

/** Turns the marks and new entries into runs and counts what really changed. */
function settle(settlement: Settlement): GraphChangeResult {
  const { work, removed, newPersons, policy } = settlement;
  const { before } = work;
  const hiddenChange = compareMarks(before.base, before.hidden, work.hidden);
  const shown = work.shown.finish(policy);
  const fresh = work.fresh.finish(policy);
  assert(shown.count === hiddenChange.unmarkedCount, () => 'each entry that is back was added');
  const addedEntryCount = fresh.count + shown.count;
  const removedEntryCount = hiddenChange.markedCount + countMarks(work.gone);
  const isChanged = addedEntryCount + removedEntryCount > 0;
  const hiddenTypeCounts = before.hiddenTypeCounts.map(
    (count, code) => count + hiddenChange.typeCounts[code]!,
  );
  const hiddenCount = hiddenTypeCounts.reduce((sum, count) => sum + count, 0);
  const delta = mergeRuns(before.delta, work.gone, fresh, policy);
  const isMerged = isMergeDue(settlement, isChanged, delta.count + hiddenCount);
  const hidden = hiddenCount > 0 ? work.hidden : null;
  const runs = { before, hidden, hiddenTypeCounts, delta };
  const snapshot =
    isChanged || isMerged
      ? nextSnapshot(settlement, isMerged ? mergedRuns(runs, policy) : looseRuns(runs))
      : before;
  const { version, personCount } = snapshot;
  return {
    snapshot,
    kind: removedEntryCount > 0 ? 'removed' : isChanged ? 'added' : 'unchanged',
    added: indexOfRun(mergeRuns(shown, null, fresh, policy), version, personCount),
    addedEntryCount,
    removedEntryCount,
    addedPersonCount: newPersons.count,
    removedPersonCount: removed.size,
    keptOwnIdCount: settlement.keptOwnIdCount,
    isMerged,
  };
}

function isMergeDue({ work, mergesAlways }: Settlement, isChanged: boolean, looseCount: number): boolean {
  if (mergesAlways) return looseCount > 0;
  return isChanged && looseCount * basePartsPerDelta > work.before.base.count;
}

type RunParts = Pick<
  GraphParts,
  'base' | 'baseId' | 'hidden' | 'hiddenId' | 'hiddenTypeCounts' | 'delta' | 'deltaId'
>;

function nextSnapshot({ work, column, removed, newPersons }: Settlement, runs: RunParts): GraphSnapshot {
  const { before } = work;
  const version = before.version + 1;
  const personCount = before.personCount + newPersons.count;
  return snapshotOf({
    ...runs,
    version,
    personCount,
    dead: deadWith(before.dead, removed, personCount),
    deadId: removed.size > 0 ? version : before.deadId,
    persons: editPersonColumn(column, newPersons.tokens, newPersons.count, removed, version),
  });
}

interface LooseRuns extends Pick<GraphParts, 'hidden' | 'hiddenTypeCounts' | 'delta'> {
  readonly before: GraphSnapshot;
}

/** Everything in a new base. */
function mergedRuns({ before, hidden, delta }: LooseRuns, policy: LayoutPolicy): RunParts {
  const id = before.version + 1;
  return {
    base: mergeRuns(before.base, hidden, delta, policy),
    baseId: id,
    hidden: null,
    hiddenId: id,
    hiddenTypeCounts: noTypes,
    delta: emptyRun,
    deltaId: id,
  };
}

/** The old base with new marks and a new delta; parts that are the same objects keep their ids. */
function looseRuns({ before, hidden, hiddenTypeCounts, delta }: LooseRuns): RunParts {
  const id = before.version + 1;
  return {
    base: before.base,
    baseId: before.baseId,
    hidden,
    hiddenId: hidden === before.hidden ? before.hiddenId : id,
    hiddenTypeCounts,
    delta,
    deltaId: delta === before.delta ? before.deltaId : id,
  };
}

function deadWith(dead: Marks | null, removed: ReadonlySet<number>, personCount: number): Marks | null {
  if (removed.size === 0) return dead;
  const marks = copyMarks(dead, personCount);
  for (const person of removed) {
    assert(!isMarked(marks, person), () => 'a person dies once');
    mark(marks, person);
  }
  return marks;
}
