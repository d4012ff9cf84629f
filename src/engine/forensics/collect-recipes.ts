import { assert } from '../../base/assert.ts';
import { limits } from '../../base/limits.ts';
import { tokenWords } from '../types.ts';
import { entryWords } from '../identity/build-run.ts';
import {
  entriesWhere,
  isSampled,
  sampleBitsMax,
  sampleRun,
  wordTwoWith,
  type SampledEntries,
} from './entries.ts';

/** Gathers the entries of an import in bounded memory, however large it is. */
export interface RecipeCollector {
  /** Foreign tokens of the row with this number, 4 words each, from token `offset` on, with the code of each. */
  add(row: number, tokens: Uint32Array, codes: Uint8Array, offset: number, count: number): void;
  finish(): SampledEntries;
}

const firstRoom = 65_536;
/** A thinning that leaves more than this of the room has met a token that very many users share. */
const leftPartMax = 0.75;

/** Holds as many entries as an index may have, 16 bytes each, and thins them to half whenever that is not enough. */
export function createRecipeCollector(roomMax: number = limits.recipeEntryCountMax): RecipeCollector {
  let words = new Uint32Array(Math.min(firstRoom, roomMax) * entryWords);
  let count = 0;
  let sampleBits = 0;

  const makeRoom = (): void => {
    const room = words.length / entryWords;
    if (room < roomMax) {
      const larger = new Uint32Array(Math.min(room * 2, roomMax) * entryWords);
      larger.set(words);
      words = larger;
      return;
    }
    if (countSampled(words, count, sampleBits + 1) <= roomMax * leftPartMax) {
      sampleBits += 1;
      assert(sampleBits <= sampleBitsMax, () => 'a sample that small fits');
      count = keepSampled(words, count, sampleBits);
      return;
    }
    const thinned = sampleRun([{ words, count }], sampleBits, roomMax * leftPartMax);
    const kept = entriesWhere(thinned.run, () => true);
    sampleBits = thinned.sampleBits;
    words.set(kept.words);
    count = kept.count;
  };

  return {
    add(row, tokens, codes, offset, addedCount) {
      for (let i = offset; i < offset + addedCount; i++) {
        const at = i * tokenWords;
        if (count * entryWords === words.length) makeRoom();
        if (!isSampled(tokens[at + 1]!, sampleBits)) continue;
        const to = count++ * entryWords;
        words[to] = tokens[at]!;
        words[to + 1] = tokens[at + 1]!;
        words[to + 2] = wordTwoWith(tokens[at + 2]!, codes[i]!);
        words[to + 3] = row;
      }
    },
    finish: () => ({ words: words.subarray(0, count * entryWords), count, sampleBits }),
  };
}

function countSampled(words: Uint32Array, count: number, sampleBits: number): number {
  let sampled = 0;
  for (let entry = 0; entry < count; entry++) {
    if (isSampled(words[entry * entryWords + 1]!, sampleBits)) sampled += 1;
  }
  return sampled;
}

/** Moves the entries of the sample to the front; gives their number. */
function keepSampled(words: Uint32Array, count: number, sampleBits: number): number {
  let kept = 0;
  for (let entry = 0; entry < count; entry++) {
    const at = entry * entryWords;
    if (isSampled(words[at + 1]!, sampleBits)) words.copyWithin(kept++ * entryWords, at, at + entryWords);
  }
  return kept;
}
