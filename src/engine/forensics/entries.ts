import { assert } from '../../base/assert.ts';
import { recipeCodeMax } from '../../base/recipes.ts';
import { buildRun, entryWords, type EntryPart } from '../identity/build-run.ts';
import { recordWords, wordZero, type IndexRun } from '../identity/run.ts';

/**
 * Entries of a recipe index: what an identifier of a user would have become under a foreign recipe. They have the
 * form of the graph's entries, so that both are sorted and searched by the same code, but live in runs of their own:
 *
 *   word 0, word 1   of the foreign token
 *   word 2           of the foreign token, with the recipe's code in the place of its last four bits
 *   person           the user's ordinal; in a staged import, the row
 *
 * So 92 bits of a token are kept, and a chance hit does not happen.
 */
const codeBits = 4;
const codeMask = 2 ** codeBits - 1;
assert(recipeCodeMax <= codeMask, () => 'a recipe code fits in four bits');

export function wordTwoWith(wordTwo: number, code: number): number {
  return ((wordTwo & ~codeMask) | code) >>> 0;
}

/** Word 2 without what a code would hide. */
export function wordTwoPlain(wordTwo: number): number {
  return (wordTwo & ~codeMask) >>> 0;
}

export function codeIn(wordTwo: number): number {
  return wordTwo & codeMask;
}

/**
 * A sample of all entries: those whose token has zeros in the last `sampleBits` bits of word 1, one in 2^sampleBits.
 * A token of a list falls into the sample by the same rule, so a share is estimated from tokens that are in it alone.
 */
export interface SampledEntries {
  readonly words: Uint32Array;
  readonly count: number;
  readonly sampleBits: number;
}

/** More is never needed: the largest graph fits with fewer. */
export const sampleBitsMax = 16;

export function isSampled(wordOne: number, sampleBits: number): boolean {
  return (wordOne & (2 ** sampleBits - 1)) === 0;
}

/**
 * How many users one token and recipe may name. More teach nothing, and an address that thousands share would make a
 * look-up long. A token whose kept users are all removed is forgotten although others had it.
 */
export const personsPerTokenMax = 4;

/** A sorted sample with its run. */
export interface SampledRun {
  readonly run: IndexRun;
  readonly sampleBits: number;
}

/**
 * Sorts entries into a run of at most `countMax`, doubles once. Where there are more, the sample is thinned to one
 * in two as often as it takes. Costs what `buildRun` costs, twice at most.
 */
export function sampleRun(parts: readonly EntryPart[], sampleBitsMin: number, countMax: number): SampledRun {
  const sorted = buildRun(parts);
  let sampleBits = sampleBitsMin;
  let count = countThinned(sorted, sampleBits);
  while (count > countMax) {
    assert(sampleBits < sampleBitsMax, () => 'a sample that small fits');
    count = countThinned(sorted, ++sampleBits);
  }
  if (count === sorted.entryCount) return { run: sorted, sampleBits };
  const words = new Uint32Array(count * entryWords);
  let at = 0;
  forEachThinned(sorted, sampleBits, (w0, w1, w2, person) => {
    words.set([w0, w1, w2, person], at);
    at += entryWords;
  });
  return { run: buildRun([{ words, count }]), sampleBits };
}

function countThinned(run: IndexRun, sampleBits: number): number {
  let count = 0;
  forEachThinned(run, sampleBits, () => (count += 1));
  return count;
}

/** The entries of a run that are in a sample, without those of too many users for one token. */
function forEachThinned(run: IndexRun, sampleBits: number, visit: EntryVisit): void {
  let last0 = -1;
  let last1 = -1;
  let last2 = -1;
  let shared = 0;
  forEachEntry(run, (w0, w1, w2, person) => {
    if (!isSampled(w1, sampleBits)) return;
    shared = w0 === last0 && w1 === last1 && w2 === last2 ? shared + 1 : 0;
    last0 = w0;
    last1 = w1;
    last2 = w2;
    if (shared < personsPerTokenMax) visit(w0, w1, w2, person);
  });
}

export type EntryVisit = (w0: number, w1: number, w2: number, person: number) => void;

/** Visits the entries of a run in order. */
export function forEachEntry(run: IndexRun, visit: EntryVisit): void {
  const { directory, records, bits } = run;
  for (let prefix = 0; prefix < 2 ** bits; prefix++) {
    const end = directory[prefix + 1]!;
    for (let i = directory[prefix]!; i < end; i++) {
      const at = i * recordWords;
      visit(wordZero(run, prefix, i), records[at]!, records[at + 1]!, records[at + 2]!);
    }
  }
}

/** The entries of a run that a test lets through. */
export function entriesWhere(run: IndexRun, keeps: (person: number) => boolean): EntryPart {
  const words = new Uint32Array(run.entryCount * entryWords);
  let count = 0;
  forEachEntry(run, (w0, w1, w2, person) => {
    if (!keeps(person)) return;
    words.set([w0, w1, w2, person], count * entryWords);
    count += 1;
  });
  return { words, count };
}
