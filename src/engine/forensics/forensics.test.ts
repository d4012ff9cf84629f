import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { nodePrimitives } from '../../platform/primitives.ts';
import { applyChanges } from '../identity/apply-changes.ts';
import { emptySnapshot, indexOf, type GraphSnapshot } from '../identity/snapshot.ts';
import { createRecipeCollector } from './collect-recipes.ts';
import { forEachEntry, isSampled, personsPerTokenMax } from './entries.ts';
import { graphChangesOf, stagedOf, tokenFor, tokensFor } from './forensics-support.ts';
import { RecipeModel, type ModelChange } from './forensics.model.ts';
import { applyRecipes, emptyRecipeIndex, findRecipes, type RecipeIndex } from './recipe-index.ts';
import { decodeRecipes, encodeRecipeHeader } from './stored-recipes.ts';

const personNames = ['p0', 'p1', 'p2', 'p3'];
const identifierNames = ['e0', 'e1', 'e2', 'e3'];
const foreignNames = Array.from({ length: 12 }, (_, i) => `f${i}`);

const upsert = fc.record({
  person: fc.constantFrom(...personNames),
  identifiers: fc.uniqueArray(fc.constantFrom(...identifierNames), { maxLength: 2 }),
  foreign: fc.array(
    fc.record({ token: fc.constantFrom(...foreignNames), code: fc.integer({ min: 1, max: 10 }) }),
    { maxLength: 6 },
  ),
});
const change: fc.Arbitrary<ModelChange> = fc.record({
  upserts: fc.uniqueArray(upsert, { maxLength: 4, selector: ({ person }) => person }),
  replaces: fc.boolean(),
  removedPersons: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    fc.uniqueArray(fc.constantFrom(...personNames), { maxLength: 2 }),
  ),
  removedIdentifiers: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.uniqueArray(fc.constantFrom(...identifierNames), { maxLength: 1 }),
  ),
});

interface Both {
  readonly graph: GraphSnapshot;
  readonly index: RecipeIndex;
}

function applied({ graph, index }: Both, step: ModelChange, entryCountMax?: number): Both {
  const changes = graphChangesOf(step);
  const after = applyChanges(graph, changes).snapshot;
  const staged = stagedOf(step, entryCountMax);
  const next = applyRecipes({
    before: index,
    changes,
    staged,
    graphBefore: graph,
    graphAfter: after,
    ...(entryCountMax === undefined ? {} : { entryCountMax }),
  });
  return { graph: after, index: next };
}

/** "code person" of what an index says of a token. */
function found({ graph, index }: Both, name: string): string[] {
  const lines: string[] = [];
  findRecipes(index, tokenFor(name), 0, 1, (i, code, person) => {
    assert.equal(i, 0);
    const owner = personNames.find((candidate) => ordinalsOf(graph, candidate).includes(person));
    lines.push(`${code} ${owner ?? 'somebody who is gone'}`);
  });
  return lines;
}

function ordinalsOf(graph: GraphSnapshot, person: string): number[] {
  const ordinals: number[] = [];
  indexOf(graph).lookup(tokenFor(person), 0, 1, new Uint8Array(1), { add: (o) => ordinals.push(o) });
  return ordinals;
}

test('the index says what a map says, through imports, replacements and removals', () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (steps) => {
      const model = new RecipeModel();
      let both: Both = { graph: emptySnapshot, index: emptyRecipeIndex };
      for (const step of steps) {
        model.apply(step);
        both = applied(both, step);
        for (const name of foreignNames) {
          assert.deepEqual(found(both, name).toSorted(), model.find(name).toSorted(), name);
        }
      }
      assert.equal(both.index.sampleBits, 0);
    }),
    { numRuns: process.env['ROLLCALL_LONG'] === '1' ? 10_000 : 60 },
  );
});

test('a full index keeps the same sample whichever way it was filled', () => {
  const lines = Array.from({ length: 600 }, (_, i) => ({ token: `t${i}`, code: 1 + (i % 10) }));
  const steps = personNames.map((person, p): ModelChange => ({
    upserts: [{ person, identifiers: [], foreign: lines.filter((_, i) => i % 4 === p) }],
    replaces: false,
    removedPersons: [],
    removedIdentifiers: [],
  }));
  const all: ModelChange = { ...steps[0]!, upserts: steps.flatMap(({ upserts }) => upserts) };
  const start: Both = { graph: emptySnapshot, index: emptyRecipeIndex };
  const ways = [applied(start, all, 100), steps.reduce((both, step) => applied(both, step, 100), start)];
  for (const both of ways) {
    const { run, sampleBits } = both.index;
    assert.ok(run.entryCount <= 100 && sampleBits >= 3, `${run.entryCount} entries`);
    for (const { token, code } of lines) {
      const isIn = isSampled(tokenFor(token)[1]!, sampleBits);
      assert.deepEqual(
        found(both, token).map((line) => line.split(' ')[0]),
        isIn ? [String(code)] : [],
      );
    }
  }
});

test('a token of thousands of users takes the room of a few', () => {
  const collector = createRecipeCollector(1_000);
  for (let row = 0; row < 5_000; row++) collector.add(row, tokenFor('everybody'), Uint8Array.of(3), 0, 1);
  for (let row = 0; row < 400; row++) collector.add(row, tokenFor(`own ${row}`), Uint8Array.of(1), 0, 1);
  const staged = collector.finish();
  assert.ok(staged.count <= 1_000);
  const step = { replaces: false, removedPersons: [], removedIdentifiers: [] };
  const upserts = Array.from({ length: 5_000 }, (_, i) => ({
    person: `p${i}`,
    identifiers: [],
    foreign: [],
  }));
  const changes = graphChangesOf({ ...step, upserts });
  const graphAfter = applyChanges(emptySnapshot, changes).snapshot;
  const index = applyRecipes({
    before: emptyRecipeIndex,
    changes,
    staged,
    graphBefore: emptySnapshot,
    graphAfter,
  });
  let shared = 0;
  forEachEntry(index.run, (w0) => (shared += w0 === tokenFor('everybody')[0] ? 1 : 0));
  assert.ok(shared <= personsPerTokenMax, `${shared} entries for one token`);
  assert.ok(index.run.entryCount > 100, 'the sample of the others survives');
});

const stamp = { version: 7, personCount: 4, updatedAtMs: 1_767_225_600_123 };

function storedBytes(): Buffer {
  const step: ModelChange = {
    upserts: personNames.map((person, p) => ({
      person,
      identifiers: [],
      foreign: [
        { token: `f${p}`, code: 1 + p },
        { token: 'f9', code: 10 },
      ],
    })),
    replaces: false,
    removedPersons: [],
    removedIdentifiers: [],
  };
  const { index } = applied({ graph: emptySnapshot, index: emptyRecipeIndex }, step);
  return Buffer.concat([encodeRecipeHeader(index, stamp, nodePrimitives), new Uint8Array(index.run.memory)]);
}

test('golden bytes of the file', () => {
  const bytes = storedBytes();
  assert.equal(
    bytes.subarray(0, 64).toString('hex'),
    '52434346010000000800000010000000000000007400040007000000040000007ba8da769b010000aa5b57e10000000000000000000000000000000000000000',
  );
  const read = decodeRecipes(bytes, nodePrimitives);
  assert.ok(read.ok);
  assert.deepEqual(read.stamp, stamp);
  const codes: number[] = [];
  findRecipes(read.index, tokensFor(['f0', 'f3', 'f9', 'f8']), 0, 4, (i, code) => codes.push(i * 100 + code));
  assert.deepEqual(codes, [1, 104, 210, 210, 210, 210]);
});

test('no flipped bit, missing byte or added byte of the file is taken', () => {
  const bytes = storedBytes();
  const rejects = (damaged: Uint8Array): void => assert.ok(!decodeRecipes(damaged, nodePrimitives).ok);
  fc.assert(
    fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
      const damaged = Uint8Array.from(bytes);
      damaged[bit >>> 3]! ^= 1 << (bit & 7);
      rejects(damaged);
    }),
    { numRuns: 200 },
  );
  for (let bit = 0; bit < 64 * 8; bit++) {
    const damaged = Uint8Array.from(bytes);
    damaged[bit >>> 3]! ^= 1 << (bit & 7);
    rejects(damaged);
  }
  rejects(bytes.subarray(0, bytes.length - 1));
  rejects(Buffer.concat([bytes, Buffer.alloc(1)]));
  rejects(bytes.subarray(0, 40));
});
