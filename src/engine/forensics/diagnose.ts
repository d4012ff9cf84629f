import { identifierCodes } from '../../base/identifier-types.ts';
import { limits } from '../../base/limits.ts';
import { recipeCodeMax, recipeCodes, recipeOfCode, type Recipe } from '../../base/recipes.ts';
import { BitSet } from '../bitmap/bit-set.ts';
import type { GraphIndex, MemberBlock } from '../types.ts';
import { copyToken } from '../token/compare.ts';
import { isSampled } from './entries.ts';
import { diagnosedTypes, type DiagnosedType, type IsNothing } from './nothing-tokens.ts';
import { findRecipes, type RecipeIndex } from './recipe-index.ts';

export const shareBands = ['10-25 %', '25-50 %', '50-75 %', '75-90 %', '90-100 %'] as const;
export type ShareBand = (typeof shareBands)[number];
const bandStarts = [0.1, 0.25, 0.5, 0.75, 0.9] as const;

/** What the hashes of a list look like. */
export interface RecipeFinding {
  readonly type: DiagnosedType;
  readonly recipe: Recipe | 'hash_of_nothing';
  /** Share of the list's identifiers of this type. */
  readonly band: ShareBand;
}

/** What a list's identifiers of one type came to. */
export interface RecipeCounts {
  /** Identifiers of the list, and those of them that the sample knows of. */
  readonly identifierCount: number;
  readonly sampledCount: number;
  readonly nothingCount: number;
  /**
   * By code: sampled identifiers that fit and that the graph does not know, each of another user. So neither one user in
   * many members nor many spellings of one user make a number larger.
   */
  readonly fits: readonly number[];
  /** A sum over all identifiers of the list, fitting or not, that nobody without the token key can foresee. */
  readonly draw: number;
}

/** What a share is blurred by, either way; and by how much more than the floor may be asked. */
export const shareBlur = 0.02;
const floorBlur = 0.1;

/**
 * Says which recipes explain a tenth or more of the list's identifiers of a type, the largest share first. Nothing is
 * said where the fitting users may be fewer than `floor`, the audience's minimum size.
 *
 * Edges of bands and the floor move a little, by a draw that is the same for the same list and another one for any other
 * list. It must not follow from what fits: then an answer that stays when a stranger is exchanged for somebody else, and
 * moves for a user, would tell the user.
 */
export function diagnose(
  type: DiagnosedType,
  counts: RecipeCounts,
  sampleBits: number,
  floor: number,
): readonly RecipeFinding[] {
  const found: { readonly finding: RecipeFinding; readonly share: number }[] = [];
  const add = (recipe: RecipeFinding['recipe'], share: number): void => {
    const band = bandOf(share);
    if (band !== null) found.push({ finding: { type, recipe, band }, share });
  };
  if (counts.nothingCount >= Math.max(1, floor)) {
    add('hash_of_nothing', counts.nothingCount / counts.identifierCount);
  }
  if (sampleBits === 0 || counts.sampledCount >= limits.sampledIdentifierCountMin) {
    const fits = withFoldsJoined(counts.fits);
    for (let code = 1; code <= recipeCodeMax; code++) {
      const count = fits[code]!;
      const unit = unitOf(counts.draw, code);
      if (count === 0 || count * 2 ** sampleBits < Math.floor(floor * (1 + floorBlur * unit))) continue;
      add(recipeOfCode(code), count / counts.sampledCount + blurOf(counts.draw, code));
    }
  }
  return found.sort((a, b) => b.share - a.share).map(({ finding }) => finding);
}

function bandOf(share: number): ShareBand | null {
  const at = bandStarts.findLastIndex((start) => share >= start);
  return at < 0 ? null : shareBands[at]!;
}

/**
 * Who folds at every host folds at Gmail's too, where the two recipes are one and the index says `gmail_folded`. So hits
 * at other hosts take those at Gmail's to themselves, unless they are so few that they are other people.
 */
function withFoldsJoined(fits: readonly number[]): readonly number[] {
  const { all_folded: all, gmail_folded: gmail } = recipeCodes;
  if (fits[all]! * foldedPartMin < fits[gmail]! || fits[all] === 0) return fits;
  const joined = [...fits];
  joined[all]! += fits[gmail]!;
  joined[gmail] = 0;
  return joined;
}

/** One in so many. */
const foldedPartMin = 10;

/** A number from 0 up to 1 for each draw and recipe, even over draws (the finaliser of MurmurHash3). */
function unitOf(draw: number, code: number): number {
  let mixed = draw + Math.imul(code, 0x9e3779b9);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** How far the edges of a list move for a recipe, either way; code 0 is for whoever asks whether a list matches well. */
export function blurOf(draw: number, code: number): number {
  return (2 * unitOf(draw, code) - 1) * shareBlur;
}

/** Looks at a list's members one after the other. */
export interface RecipeTally {
  /** Rows `first … end - 1` of a block; each is a member. */
  push(block: MemberBlock, first: number, end: number): void;
  findings(floor: number): readonly RecipeFinding[];
  counts(type: DiagnosedType): RecipeCounts;
}

const batchTokens = 4_096;

/** Costs about 0.2 µs an identifier in the sample and little for the others; memory is a bit per user and recipe. */
export function createRecipeTally(index: RecipeIndex, graph: GraphIndex, isNothing: IsNothing): RecipeTally {
  const batches = diagnosedTypes.map((type) => ({ type, batch: createBatch(index, graph, isNothing) }));
  const batchOfCode = new Map(batches.map(({ type, batch }) => [identifierCodes[type] as number, batch]));
  const countsOf = (type: DiagnosedType): RecipeCounts => batchOfCode.get(identifierCodes[type])!.counts();
  return {
    push({ identifierStart, identifierType, identifierToken }, first, end) {
      for (let entry = identifierStart[first]!; entry < identifierStart[end]!; entry++) {
        batchOfCode.get(identifierType[entry]!)?.push(identifierToken, entry);
      }
    },
    findings: (floor) =>
      diagnosedTypes.flatMap((type) => diagnose(type, countsOf(type), index.sampleBits, floor)),
    counts: countsOf,
  };
}

interface Batch {
  push(tokens: Uint32Array, entry: number): void;
  counts(): RecipeCounts;
}

function createBatch(index: RecipeIndex, graph: GraphIndex, isNothing: IsNothing): Batch {
  const waiting = new Uint32Array(batchTokens * 4);
  const hits = new Uint8Array(batchTokens);
  const fits = new Array<number>(recipeCodeMax + 1).fill(0);
  const seen = new Map<number, BitSet>();
  const total = { identifierCount: 0, sampledCount: 0, nothingCount: 0, draw: 0 };
  let waitingCount = 0;
  /** The identifier that a recipe's newest fit was counted for: several users of it are one fit. */
  const countedFor = new Int32Array(recipeCodeMax + 1);

  const flush = (): void => {
    // An identifier that is right is no wrong one, even if it is what another user's would become.
    graph.lookup(waiting, 0, waitingCount, hits);
    countedFor.fill(-1);
    findRecipes(index, waiting, 0, waitingCount, (i, code, person) => {
      if (hits[i]! > 0) return;
      let users = seen.get(code);
      if (users === undefined) seen.set(code, (users = new BitSet(graph.personCount)));
      if (users.has(person)) return;
      users.add(person);
      if (countedFor[code] === i) return;
      countedFor[code] = i;
      fits[code]! += 1;
    });
    waitingCount = 0;
  };

  return {
    push(tokens, entry) {
      total.identifierCount += 1;
      // A sum, so that somebody who is there twice does not cancel out.
      total.draw = (total.draw + tokens[entry * 4]!) | 0;
      if (isNothing(tokens, entry)) total.nothingCount += 1;
      if (!isSampled(tokens[entry * 4 + 1]!, index.sampleBits)) return;
      total.sampledCount += 1;
      copyToken(tokens, entry, waiting, waitingCount++);
      if (waitingCount === batchTokens) flush();
    },
    counts() {
      flush();
      return { ...total, fits: [...fits] };
    },
  };
}
