import { limits } from '../../base/limits.ts';
import { emptyRun, longBucketEntries, lowerBound, recordWords } from '../identity/run.ts';
import type { GraphChanges, PersonRows } from '../identity/apply-changes.ts';
import { indexOf, type GraphSnapshot } from '../identity/snapshot.ts';
import { BitSet } from '../bitmap/bit-set.ts';
import {
  codeIn,
  entriesWhere,
  isSampled,
  sampleRun,
  wordTwoPlain,
  type SampledEntries,
  type SampledRun,
} from './entries.ts';

/**
 * From foreign tokens to recipes and users: a bounded sample beside the identity graph, which does not know of it.
 * Immutable, in shared memory, 14.5 bytes an entry. Persons are ordinals of the graph.
 */
export type RecipeIndex = SampledRun;

export const emptyRecipeIndex: RecipeIndex = { run: emptyRun, sampleBits: 0 };

/** Hears of one recipe that explains token `i`, for one user. */
export type RecipeSink = (i: number, code: number, person: number) => void;

/**
 * Looks `count` tokens up, 4 words each from token `offset` on. Those outside the sample are passed over. About
 * 0.1 µs a token.
 */
export function findRecipes(
  { run, sampleBits }: RecipeIndex,
  tokens: Uint32Array,
  offset: number,
  count: number,
  sink: RecipeSink,
): void {
  const { directory, records, lowBits, bits } = run;
  for (let i = offset; i < offset + count; i++) {
    const at = i * 4;
    const w1 = tokens[at + 1]!;
    if (!isSampled(w1, sampleBits)) continue;
    const w0 = tokens[at]!;
    const w2 = wordTwoPlain(tokens[at + 2]!);
    const prefix = w0 >>> (32 - bits);
    const end = directory[prefix + 1]!;
    let entry = directory[prefix]!;
    if (end - entry > longBucketEntries) entry = lowerBound(records, { start: entry, end }, w1, w2, 0);
    for (; entry < end; entry++) {
      const record = entry * recordWords;
      if (records[record]! > w1) break;
      if (records[record] !== w1 || wordTwoPlain(records[record + 1]!) !== w2) continue;
      if (lowBits[entry] === (w0 & 0xffff)) sink(i, codeIn(records[record + 1]!), records[record + 2]!);
    }
  }
}

export interface RecipeChange {
  readonly before: RecipeIndex;
  readonly changes: GraphChanges;
  /** What the import brought, by row of its upserts; null when it looked for no recipes. */
  readonly staged: SampledEntries | null;
  /** The graph before and after the same changes. */
  readonly graphBefore: GraphSnapshot;
  readonly graphAfter: GraphSnapshot;
  readonly entryCountMax?: number;
}

/**
 * The index after a change of the graph. Entries go with their user, and with everything that may have lost the user an
 * identifier: a replacing import and the removal of an identifier take all of the user's entries, of which only the
 * import brings new ones. So an entry never outlives what it was made of.
 */
export function applyRecipes(change: RecipeChange): RecipeIndex {
  const { before, changes, staged, graphAfter } = change;
  const gone = losers(change);
  const kept = entriesWhere(before.run, (person) => !gone.has(person));
  const added = staged === null ? noEntries : entriesOfPersons(staged, changes.upserts, graphAfter);
  if (kept.count === before.run.entryCount && added.count === 0) return before;
  const sampleBits = Math.max(before.sampleBits, added.sampleBits);
  return sampleRun([kept, added], sampleBits, change.entryCountMax ?? limits.recipeEntryCountMax);
}

const noEntries: SampledEntries = { words: new Uint32Array(0), count: 0, sampleBits: 0 };

/** Persons that lose their entries. */
function losers({ changes, graphBefore }: RecipeChange): BitSet {
  const gone = new BitSet(graphBefore.personCount);
  const index = indexOf(graphBefore);
  const add = (tokens: Uint32Array): void => {
    const count = tokens.length / 4;
    index.lookup(tokens, 0, count, new Uint8Array(count), gone);
  };
  if (graphBefore.personCount === 0) return gone;
  add(changes.removedPersons);
  add(changes.removedIdentifiers);
  if (changes.replaces)
    for (const { personToken, rowCount } of changes.upserts) add(personToken.subarray(0, rowCount * 4));
  return gone;
}

/** Staged entries with the ordinals of their users in the place of rows. */
function entriesOfPersons(
  staged: SampledEntries,
  upserts: readonly PersonRows[],
  graph: GraphSnapshot,
): SampledEntries {
  const rowCount = upserts.reduce((sum, rows) => sum + rows.rowCount, 0);
  const ordinals = new Int32Array(rowCount).fill(-1);
  const index = indexOf(graph);
  const hits = new Uint8Array(1);
  let at = 0;
  const sink = { add: (ordinal: number) => (ordinals[at] = ordinal) };
  for (const { personToken, rowCount: rows } of upserts) {
    for (let row = 0; row < rows; row++, at++) index.lookup(personToken, row, 1, hits, sink);
  }
  const words = new Uint32Array(staged.count * 4);
  let count = 0;
  for (let entry = 0; entry < staged.count; entry++) {
    const ordinal = ordinals[staged.words[entry * 4 + 3]!] ?? -1;
    if (ordinal < 0) continue;
    words.set(staged.words.subarray(entry * 4, entry * 4 + 3), count * 4);
    words[count * 4 + 3] = ordinal;
    count += 1;
  }
  return { words, count, sampleBits: staged.sampleBits };
}
