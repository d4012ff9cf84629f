import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { identifierCodes } from '../../base/identifier-types.ts';
import { recipeCodes, recipes, wordsForNothing, type Recipe } from '../../base/recipes.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import { applyChanges } from '../identity/apply-changes.ts';
import { emptySnapshot, indexOf } from '../identity/snapshot.ts';
import { createTokeniser } from '../token/tokeniser.ts';
import type { GraphIndex, MemberBlock } from '../types.ts';
import { createRecipeTally, diagnose, type RecipeCounts, type RecipeFinding } from './diagnose.ts';
import { isSampled } from './entries.ts';
import { graphChangesOf, stagedOf, tokenFor, tokensFor } from './forensics-support.ts';
import type { ModelChange } from './forensics.model.ts';
import { isNothingAmong, tokensOfNothing } from './nothing-tokens.ts';
import { applyRecipes, emptyRecipeIndex, type RecipeIndex } from './recipe-index.ts';

const floor = 1_000;
const tokeniser = createTokeniser(new Uint8Array(32).fill(7), nodePrimitives);
const isNothing = isNothingAmong(tokensOfNothing(tokeniser, nodePrimitives));

interface World {
  readonly graph: GraphIndex;
  readonly index: RecipeIndex;
}

/** Users u0, u1, … whose e-mail is the token `right uN`, and `double_hash uN` and so on by each recipe. */
function worldOf(userCount: number, entryCountMax = 1_000_000): World {
  const upserts = Array.from({ length: userCount }, (_, i) => ({
    person: `u${i}`,
    identifiers: [`right u${i}`],
    foreign: recipes.map((recipe) => ({ token: `${recipe} u${i}`, code: recipeCodes[recipe] })),
  }));
  const step: ModelChange = { upserts, replaces: false, removedPersons: [], removedIdentifiers: [] };
  const changes = graphChangesOf(step);
  const graphAfter = applyChanges(emptySnapshot, changes).snapshot;
  const index = applyRecipes({
    before: emptyRecipeIndex,
    changes,
    staged: stagedOf(step, entryCountMax),
    graphBefore: emptySnapshot,
    graphAfter,
    entryCountMax,
  });
  return { graph: indexOf(graphAfter), index };
}

/** A list of members with one identifier each. */
function listOf(tokens: Uint32Array, type: 'hashed_email' | 'hashed_phone' = 'hashed_email'): MemberBlock {
  const rowCount = tokens.length / 4;
  return {
    rowCount,
    memberToken: new Uint32Array(rowCount * 4),
    tombstone: new Uint8Array(rowCount),
    identifierStart: Uint32Array.from({ length: rowCount + 1 }, (_, i) => i),
    identifierType: new Uint8Array(rowCount).fill(identifierCodes[type]),
    identifierToken: tokens,
  };
}

function names(count: number, name: (i: number) => string): string[] {
  return Array.from({ length: count }, (_, i) => name(i));
}

function findingsOf(world: World, list: MemberBlock, minimum = floor): readonly RecipeFinding[] {
  const tally = createRecipeTally(world.index, world.graph, isNothing);
  tally.push(list, 0, list.rowCount >>> 1);
  tally.push(list, list.rowCount >>> 1, list.rowCount);
  return tally.findings(minimum);
}

const small = worldOf(6_000);
/** One entry in 64 is kept. */
const sampled = worldOf(6_000, 1_400);

test('a list of 5,000 that was hashed twice is named, from all entries and from a sample', () => {
  assert.equal(small.index.sampleBits, 0);
  assert.equal(sampled.index.sampleBits, 6);
  const list = listOf(tokensFor(names(5_000, (i) => `double_hash u${i}`)));
  const expected = [{ type: 'hashed_email', recipe: 'double_hash', band: '90-100 %' }];
  assert.deepEqual(findingsOf(small, list), expected);
  assert.deepEqual(findingsOf(sampled, list), expected);
});

test('strangers, and a list that is right, are given no diagnosis', () => {
  const strangers = listOf(tokensFor(names(5_000, (i) => `stranger ${i}`)));
  const right = listOf(tokensFor(names(5_000, (i) => `right u${i}`)));
  for (const world of [small, sampled]) {
    assert.deepEqual(findingsOf(world, strangers), []);
    assert.deepEqual(findingsOf(world, right), []);
  }
});

test('a list that matches well is told of a recipe from a tenth on', () => {
  const mixed = (wrong: number): MemberBlock =>
    listOf(tokensFor(names(5_000, (i) => (i < wrong ? `gmail_folded u${i}` : `right u${i}`))));
  assert.deepEqual(findingsOf(small, mixed(390), 100), []);
  assert.deepEqual(findingsOf(small, mixed(900), 100), [
    { type: 'hashed_email', recipe: 'gmail_folded', band: '10-25 %' },
  ]);
});

test('folding at every host takes the folded Gmail addresses to itself', () => {
  const list = (all: number): MemberBlock =>
    listOf(tokensFor(names(5_000, (i) => (i < all ? `all_folded u${i}` : `gmail_folded u${i}`))));
  assert.deepEqual(findingsOf(small, list(2_000)), [
    { type: 'hashed_email', recipe: 'all_folded', band: '90-100 %' },
  ]);
  assert.deepEqual(findingsOf(small, list(20)), [
    { type: 'hashed_email', recipe: 'gmail_folded', band: '90-100 %' },
  ]);
});

test('nothing is said below the floor, and one user in many members is one user', () => {
  const wrong = (count: number): string[] => names(count, (i) => `untrimmed u${i}`);
  assert.deepEqual(findingsOf(small, listOf(tokensFor(wrong(999)))), []);
  assert.equal(findingsOf(small, listOf(tokensFor(wrong(1_200)))).length, 1);
  const victim = names(5_000, () => 'double_hash u0');
  assert.deepEqual(findingsOf(small, listOf(tokensFor(victim))), []);
  // Known users up to the floor, and one stranger or one user in all the other members: the same answer.
  const padded = (last: string): MemberBlock =>
    listOf(tokensFor([...names(1_200, (i) => `double_hash u${i}`), ...names(3_000, () => last)]));
  assert.deepEqual(
    findingsOf(small, padded('double_hash u5999')).map(({ band }) => band),
    findingsOf(small, padded('double_hash nobody')).map(({ band }) => band),
  );
});

test('an identifier that the graph knows is no wrong one', () => {
  const wrongAndRight = { ...small, graph: alsoKnowing(small.graph) };
  const list = listOf(tokensFor(names(5_000, (i) => `double_hash u${i}`)));
  assert.deepEqual(findingsOf(wrongAndRight, list), []);
});

function alsoKnowing(graph: GraphIndex): GraphIndex {
  return { ...graph, lookup: (_tokens, _offset, count, hits) => void hits.fill(1, 0, count) };
}

test('hashes of nothing are named without a graph', () => {
  const nobody: World = { index: emptyRecipeIndex, graph: indexOf(emptySnapshot) };
  for (const type of ['hashed_email', 'hashed_phone'] as const) {
    const tokens = tokensFor(names(3_000, (i) => `stranger ${i}`));
    for (let i = 0; i < 1_500; i++) {
      const word = wordsForNothing[i % wordsForNothing.length]!;
      tokens.set(tokeniser.tokenOf(type, nodePrimitives.sha256(Buffer.from(word))), i * 4);
    }
    assert.deepEqual(findingsOf(nobody, listOf(tokens, type)), [
      { type, recipe: 'hash_of_nothing', band: '50-75 %' },
    ]);
  }
});

test('a sample that is too small says nothing', () => {
  const counts: RecipeCounts = {
    identifierCount: 3_000,
    sampledCount: 49,
    nothingCount: 0,
    fits: [0, 49, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    draw: 0,
  };
  assert.deepEqual(diagnose('hashed_email', counts, 6, floor), []);
  assert.equal(diagnose('hashed_email', { ...counts, sampledCount: 50 }, 6, floor).length, 1);
});

test('somebody who is exchanged for somebody else at an edge is not told by the answer', () => {
  const trialCount = 120;
  // 25 % of 1,200, and the floor: users of the attacker's own up to the edge, then one person.
  const attacks = [
    { known: 299, strangers: 900, minimum: 100, copies: 1 },
    { known: 299, strangers: 900, minimum: 100, copies: 2 },
    { known: 314, strangers: 900, minimum: 300, copies: 1 },
  ];
  for (const { known, strangers, minimum, copies } of attacks) {
    let right = 0;
    for (let trial = 0; trial < trialCount; trial++) {
      const ask = (person: string): string =>
        JSON.stringify(
          findingsOf(
            small,
            listOf(
              tokensFor([
                ...names(known, (i) => `double_hash u${i}`),
                ...names(strangers, (i) => `stranger ${trial} ${i}`),
                ...names(copies, () => person),
              ]),
            ),
            minimum,
          ),
        );
      const isUser = trial % 2 === 0;
      const guess =
        ask(`nobody ${trial}`) !== ask(isUser ? `double_hash u${1_000 + trial}` : `somebody ${trial}`);
      if (guess === isUser) right++;
    }
    assert.ok(right < trialCount * 0.62, `right in ${right} of ${trialCount}`);
  }
});

/** Shares as a person would count them, in the sample that the index has. */
function slowShare(world: World, list: readonly string[], recipe: Recipe): number {
  const inSample = list.filter((name) => isSampled(tokenFor(name)[1]!, world.index.sampleBits));
  const fitting = new Set(inSample.filter((name) => name.startsWith(`${recipe} u`)));
  return fitting.size / Math.max(1, inSample.length);
}

test('bands hold the share that a slow count finds, give or take the blur', () => {
  const starts: Readonly<Record<string, readonly [number, number]>> = {
    '10-25 %': [0.1, 0.25],
    '25-50 %': [0.25, 0.5],
    '50-75 %': [0.5, 0.75],
    '75-90 %': [0.75, 0.9],
    '90-100 %': [0.9, 1.01],
  };
  let spoken = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(small, sampled),
      fc.constantFrom<Recipe>('double_hash', 'upper_case', 'phone_national', 'amazon_filtered'),
      fc.integer({ min: 1_200, max: 4_000 }),
      fc.nat(6_000),
      fc.nat(1_000),
      (world, recipe, wrong, strangers, right) => {
        const list = [
          ...names(wrong, (i) => `${recipe} u${i}`),
          ...names(strangers, (i) => `stranger ${i}`),
          ...names(right, (i) => `right u${i + 4_500}`),
        ];
        const share = slowShare(world, list, recipe);
        const found = findingsOf(world, listOf(tokensFor(list)));
        if (found.length === 0) {
          // A sample may have fewer than its part of the floor.
          assert.ok(share < 0.12 || world === sampled, `share ${share} is not told`);
          return;
        }
        spoken++;
        assert.equal(found.length, 1);
        assert.equal(found[0]!.recipe, recipe);
        const [low, high] = starts[found[0]!.band]!;
        assert.ok(share >= low - 0.021 && share < high + 0.021, `${share} is not ${found[0]!.band}`);
      },
    ),
    { numRuns: process.env['ROLLCALL_LONG'] === '1' ? 1_000 : 30 },
  );
  assert.ok(spoken > 10, `only ${spoken} findings`);
});
