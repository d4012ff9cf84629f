import { buildRun, entryWords, type EntryPart } from './build-run.ts';
import { emptyRun, hasEntry, recordWords, wordZero, type IndexRun } from './run.ts';
import { indexOf, isDead, type GraphSnapshot } from './snapshot.ts';
import { createTokenMap } from './token-map.ts';

/** Persons with their identifiers, as tokens; row r owns identifiers `identifierStart[r] … identifierStart[r + 1] - 1`. */
export interface PersonRows {
  readonly rowCount: number;
  /** 4 words a row: the token of the seller's own user id, which names the person. */
  readonly personToken: Uint32Array;
  readonly identifierStart: Uint32Array;
  readonly identifierToken: Uint32Array;
}

export interface GraphChanges {
  /** Each person gets these identifiers; a person unknown so far is new. */
  readonly upserts: readonly PersonRows[];
  /** Upserted persons lose the identifiers that they are not given again. */
  readonly replaces: boolean;
  /** Tokens of user ids, 4 words each: these persons and all that names them go. */
  readonly removedPersons: Uint32Array;
  /** Tokens, 4 words each: these identifiers name nobody any more. */
  readonly removedIdentifiers: Uint32Array;
}

export interface AppliedChanges {
  /** The given snapshot where nothing changed. */
  readonly snapshot: GraphSnapshot;
  readonly newPersonCount: number;
  readonly addedEntryCount: number;
  readonly removedEntryCount: number;
  /** The base was built anew; else only the parts beside it. */
  readonly isRebased: boolean;
}

/** Changes beside the base are folded into it when they are more than this part of it. */
const besidePartMax = 8;
/** Below this a base is built anew at every change. */
const smallEntryCount = 65_536;

/** Gives the state after some changes; the state before stays valid for whoever reads it. */
export function applyChanges(before: GraphSnapshot, changes: GraphChanges): AppliedChanges {
  const removals = findRemovals(before, changes);
  const shrunk = withRemovals(before, removals);
  const { entries, newPersonCount } = newEntries(shrunk, changes.upserts);
  const removedEntryCount = before.entryCount - shrunk.entryCount;
  if (newPersonCount === 0 && entries.count === 0 && removedEntryCount === 0) {
    return {
      snapshot: before,
      newPersonCount: 0,
      addedEntryCount: 0,
      removedEntryCount: 0,
      isRebased: false,
    };
  }
  const beside = shrunk.added.entryCount + shrunk.removed.entryCount + entries.count;
  const isRebased =
    shrunk.base.entryCount < smallEntryCount || beside * besidePartMax > shrunk.base.entryCount;
  const parts = isRebased ? [livePart(shrunk, shrunk.base), livePart(shrunk, shrunk.added), entries] : [];
  const added = isRebased ? emptyRun : buildRun([livePart(shrunk, shrunk.added), entries]);
  const snapshot: GraphSnapshot = {
    ...shrunk,
    version: before.version + 1,
    personCount: before.personCount + newPersonCount,
    livePersonCount: shrunk.livePersonCount + newPersonCount,
    entryCount: shrunk.entryCount + entries.count,
    added,
    ...(isRebased ? { base: buildRun(parts), removed: emptyRun, dead: new Uint32Array(0) } : {}),
  };
  return { snapshot, newPersonCount, addedEntryCount: entries.count, removedEntryCount, isRebased };
}

interface Removals {
  /** Entry words of pairs to remove. */
  readonly pairs: EntryPart;
  readonly persons: readonly number[];
}

function findRemovals(before: GraphSnapshot, changes: GraphChanges): Removals {
  const persons = ordinalsOf(before, changes.removedPersons);
  const words: number[] = [];
  const { removedIdentifiers } = changes;
  for (let at = 0; at < removedIdentifiers.length; at += 4) {
    for (const person of ordinalsOf(before, removedIdentifiers.subarray(at, at + 4))) {
      words.push(removedIdentifiers[at]!, removedIdentifiers[at + 1]!, removedIdentifiers[at + 2]!, person);
    }
  }
  if (changes.replaces) pushReplaced(before, changes.upserts, words);
  return { persons, pairs: { words: Uint32Array.from(words), count: words.length / entryWords } };
}

/** The entries of upserted persons that they are not given again. A scan of all entries. */
function pushReplaced(before: GraphSnapshot, upserts: readonly PersonRows[], words: number[]): void {
  const marked = new Uint32Array((before.personCount >>> 5) + 1);
  const kept: EntryPart[] = [];
  for (const rows of upserts) {
    const ordinals = personOfRows(before, rows);
    kept.push(rowsPart(rows, ordinals));
    for (const person of ordinals) if (person >= 0) marked[person >>> 5]! |= 1 << (person & 31);
  }
  const keptRun = buildRun(kept);
  for (const run of [before.base, before.added]) {
    forEachLive(before, run, (w0, w1, w2, person) => {
      if (isDead(marked, person) && !hasEntry(keptRun, w0, w1, w2, person)) words.push(w0, w1, w2, person);
    });
  }
}

function withRemovals(before: GraphSnapshot, { pairs, persons }: Removals): GraphSnapshot {
  if (pairs.count === 0 && persons.length === 0) return before;
  const dead = withDead(before, persons);
  const gone = buildRun([pairs]);
  const addedLeft = collect(
    before,
    before.added,
    (w0, w1, w2, person) => !hasEntry(gone, w0, w1, w2, person),
  );
  const basePairs = collect(before, before.base, (w0, w1, w2, person) => hasEntry(gone, w0, w1, w2, person));
  const removed = buildRun([livePart({ ...before, dead: new Uint32Array(0) }, before.removed), basePairs]);
  const after = { ...before, dead, added: buildRun([addedLeft]), removed };
  let entryCount = 0;
  for (const run of [after.base, after.added]) forEachLive(after, run, () => entryCount++);
  return { ...after, entryCount, livePersonCount: before.livePersonCount - new Set(persons).size };
}

function withDead({ dead, personCount }: GraphSnapshot, persons: readonly number[]): Uint32Array {
  if (persons.length === 0) return dead;
  const next = new Uint32Array(new SharedArrayBuffer(4 * ((personCount >>> 5) + 1)));
  next.set(dead);
  for (const person of persons) next[person >>> 5]! |= 1 << (person & 31);
  return next;
}

/** Entries of upserts that do not hold yet, with ordinals for new persons. */
function newEntries(
  snapshot: GraphSnapshot,
  upserts: readonly PersonRows[],
): { readonly entries: EntryPart; readonly newPersonCount: number } {
  const rowCount = upserts.reduce((sum, rows) => sum + rows.rowCount, 0);
  const newPersons = createTokenMap(rowCount);
  const parts = upserts.map((rows) => {
    const ordinals = personOfRows(snapshot, rows);
    for (let row = 0; row < rows.rowCount; row++) {
      if (ordinals[row]! >= 0) continue;
      const at = row * 4;
      const t = rows.personToken;
      ordinals[row] = snapshot.personCount + newPersons.numberOf(t[at]!, t[at + 1]!, t[at + 2]!, t[at + 3]!);
    }
    return rowsPart(rows, ordinals);
  });
  const run = buildRun(parts);
  const entries = collect(snapshot, run, (w0, w1, w2, person) => !holds(snapshot, w0, w1, w2, person));
  return { entries, newPersonCount: newPersons.count };
}

function holds(snapshot: GraphSnapshot, w0: number, w1: number, w2: number, person: number): boolean {
  if (isDead(snapshot.dead, person)) return false;
  if (hasEntry(snapshot.added, w0, w1, w2, person)) return true;
  return hasEntry(snapshot.base, w0, w1, w2, person) && !hasEntry(snapshot.removed, w0, w1, w2, person);
}

/** The ordinal of each row's person, -1 where it is not known yet. */
function personOfRows(snapshot: GraphSnapshot, { rowCount, personToken }: PersonRows): Int32Array {
  const ordinals = new Int32Array(rowCount).fill(-1);
  const hits = new Uint8Array(1);
  const index = indexOf(snapshot);
  let row = 0;
  const sink = { add: (ordinal: number) => (ordinals[row] = ordinal) };
  if (snapshot.personCount > 0) for (; row < rowCount; row++) index.lookup(personToken, row, 1, hits, sink);
  return ordinals;
}

function rowsPart(
  { rowCount, personToken, identifierStart, identifierToken }: PersonRows,
  ordinals: Int32Array,
): EntryPart {
  const words = new Uint32Array((rowCount + identifierStart[rowCount]!) * entryWords);
  let count = 0;
  const push = (tokens: Uint32Array, token: number, person: number): void => {
    const at = count++ * entryWords;
    words[at] = tokens[token * 4]!;
    words[at + 1] = tokens[token * 4 + 1]!;
    words[at + 2] = tokens[token * 4 + 2]!;
    words[at + 3] = person;
  };
  for (let row = 0; row < rowCount; row++) {
    const person = ordinals[row]!;
    if (person < 0) continue;
    push(personToken, row, person);
    for (let i = identifierStart[row]!; i < identifierStart[row + 1]!; i++) push(identifierToken, i, person);
  }
  return { words, count };
}

function ordinalsOf(snapshot: GraphSnapshot, tokens: Uint32Array): number[] {
  const found: number[] = [];
  const count = tokens.length / 4;
  indexOf(snapshot).lookup(tokens, 0, count, new Uint8Array(count), {
    add: (ordinal) => found.push(ordinal),
  });
  return found;
}

type Visit = (w0: number, w1: number, w2: number, person: number) => void;

/** Visits the entries of a run that hold in the snapshot, in order. */
function forEachLive({ base, removed, dead }: GraphSnapshot, run: IndexRun, visit: Visit): void {
  const { directory, records, bits } = run;
  const checks = run === base && removed.entryCount > 0;
  for (let prefix = 0; prefix < 2 ** bits; prefix++) {
    const end = directory[prefix + 1]!;
    for (let i = directory[prefix]!; i < end; i++) {
      const at = i * recordWords;
      const person = records[at + 2]!;
      if (isDead(dead, person)) continue;
      const w0 = wordZero(run, prefix, i);
      const w1 = records[at]!;
      const w2 = records[at + 1]!;
      if (checks && hasEntry(removed, w0, w1, w2, person)) continue;
      visit(w0, w1, w2, person);
    }
  }
}

function livePart(snapshot: GraphSnapshot, run: IndexRun): EntryPart {
  return collect(snapshot, run, () => true);
}

function collect(
  snapshot: GraphSnapshot,
  run: IndexRun,
  keep: (w0: number, w1: number, w2: number, person: number) => boolean,
): EntryPart {
  const words = new Uint32Array(run.entryCount * entryWords);
  let count = 0;
  forEachLive(snapshot, run, (w0, w1, w2, person) => {
    if (!keep(w0, w1, w2, person)) return;
    const at = count++ * entryWords;
    words[at] = w0;
    words[at + 1] = w1;
    words[at + 2] = w2;
    words[at + 3] = person;
  });
  return { words, count };
}
