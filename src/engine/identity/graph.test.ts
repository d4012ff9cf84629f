import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import fc from 'fast-check';

import { nodePrimitives } from '../../platform/primitives.ts';
import { applyChanges, type GraphChanges, type PersonRows } from './apply-changes.ts';
import { buildRun } from './build-run.ts';
import { GraphModel, type ModelChange } from './graph.model.ts';
import { hasEntry, wordZero } from './run.ts';
import { emptySnapshot, indexOf, type GraphSnapshot } from './snapshot.ts';
import { decodeRun, encodeRun } from './stored-run.ts';

const long = process.env['ROLLCALL_LONG'] === '1';

function token(name: string): Uint32Array {
  return new Uint32Array(createHash('sha256').update(name).digest().buffer.slice(0, 16));
}

function tokensOf(names: readonly string[]): Uint32Array {
  const words = new Uint32Array(names.length * 4);
  names.forEach((name, i) => words.set(token(name), i * 4));
  return words;
}

function rowsOf(upserts: ModelChange['upserts']): PersonRows {
  const identifierStart = new Uint32Array(upserts.length + 1);
  upserts.forEach(
    ({ identifiers }, i) => (identifierStart[i + 1] = identifierStart[i]! + identifiers.length),
  );
  return {
    rowCount: upserts.length,
    personToken: tokensOf(upserts.map(({ person }) => person)),
    identifierStart,
    identifierToken: tokensOf(upserts.flatMap(({ identifiers }) => identifiers)),
  };
}

function changesOf(change: ModelChange): GraphChanges {
  return {
    upserts: change.upserts.length === 0 ? [] : [rowsOf(change.upserts)],
    replaces: change.replaces,
    removedPersons: tokensOf(change.removedPersons),
    removedIdentifiers: tokensOf(change.removedIdentifiers),
  };
}

const personNames = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'];
const identifierNames = ['e0', 'e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7'];
const allNames = [...personNames, ...identifierNames];

const upsert = fc.record({
  person: fc.constantFrom(...personNames),
  identifiers: fc.uniqueArray(fc.constantFrom(...identifierNames), { maxLength: 3 }),
});
const change: fc.Arbitrary<ModelChange> = fc.record({
  upserts: fc.array(upsert, { maxLength: 4 }),
  replaces: fc.boolean(),
  removedPersons: fc.oneof(
    fc.constant([]),
    fc.uniqueArray(fc.constantFrom(...personNames), { maxLength: 2 }),
  ),
  removedIdentifiers: fc.oneof(
    fc.constant([]),
    fc.uniqueArray(fc.constantFrom(...identifierNames), { maxLength: 2 }),
  ),
});

/** A base large enough that small changes stay beside it; its tokens are nobody's in the model. */
function largeBase(): GraphSnapshot {
  const count = 70_000;
  const words = new Uint32Array(count * 4);
  const bytes = new Uint8Array(words.buffer);
  for (let i = 0; i < count; i += 2) bytes.set(createHash('sha256').update(`filler${i}`).digest(), i * 16);
  for (let i = 0; i < count; i++) words[i * 4 + 3] = i;
  const base = buildRun([{ words, count }]);
  return { ...emptySnapshot, base, personCount: count, livePersonCount: count, entryCount: base.entryCount };
}

function checkAgainst(snapshot: GraphSnapshot, model: GraphModel, from: number): void {
  const index = indexOf(snapshot);
  const tokens = tokensOf(allNames);
  const hits = new Uint8Array(allNames.length);
  index.lookup(tokens, 0, allNames.length, hits);
  const ordinals = new Map<string, number>();
  allNames.forEach((name, i) => {
    assert.equal(hits[i], model.named(name).length, `persons named by ${name}`);
    if (!model.persons.has(name)) return;
    const own: number[] = [];
    index.lookup(tokens, i, 1, new Uint8Array(1), { add: (ordinal) => own.push(ordinal) });
    ordinals.set(name, own[0]!);
  });
  allNames.forEach((name, i) => {
    const found: number[] = [];
    index.lookup(tokens, i, 1, new Uint8Array(1), { add: (ordinal) => found.push(ordinal) });
    const wanted = model.named(name).map((person) => ordinals.get(person)!);
    assert.deepEqual(
      found.toSorted((a, b) => a - b),
      wanted.toSorted((a, b) => a - b),
      `ordinals of ${name}`,
    );
  });
  const entries = [...model.persons.values()].reduce((sum, held) => sum + held.size, 0);
  assert.equal(snapshot.entryCount, entries + from, 'entries that hold');
}

for (const [name, start] of [
  ['an empty graph', emptySnapshot],
  ['a large base', largeBase()],
] as const) {
  test(`any sequence of changes to ${name} gives the graph of the model`, () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
        const model = new GraphModel();
        let snapshot: GraphSnapshot = start;
        for (const step of changes) {
          model.apply(step);
          const applied = applyChanges(snapshot, changesOf(step));
          assert.ok(applied.snapshot.version >= snapshot.version);
          snapshot = applied.snapshot;
          checkAgainst(snapshot, model, start.entryCount);
        }
      }),
      { numRuns: long ? 20_000 : start === emptySnapshot ? 60 : 25 },
    );
  });
}

test('the same upsert again changes nothing, not even the version', () => {
  const step: ModelChange = {
    upserts: [{ person: 'p0', identifiers: ['e0', 'e1'] }],
    replaces: false,
    removedPersons: [],
    removedIdentifiers: [],
  };
  const once = applyChanges(emptySnapshot, changesOf(step));
  const twice = applyChanges(once.snapshot, changesOf(step));
  assert.equal(once.newPersonCount, 1);
  assert.equal(once.addedEntryCount, 3);
  assert.equal(twice.snapshot, once.snapshot);
});

test('entries are found under shared prefixes, however many', () => {
  const count = 3000;
  const words = new Uint32Array(count * 4);
  for (let i = 0; i < count; i++) words.set([0xabcd1234, 7, count - i, i % 5], i * 4);
  const run = buildRun([
    { words, count },
    { words: words.slice(0, 40), count: 10 },
  ]);
  assert.equal(run.entryCount, count, 'doubles are dropped');
  for (let i = 0; i < count; i++) assert.ok(hasEntry(run, 0xabcd1234, 7, count - i, i % 5));
  assert.ok(!hasEntry(run, 0xabcd1234, 7, count + 1, 0));
  assert.equal(wordZero(run, 0xabcd1234 >>> (32 - run.bits), 0), 0xabcd1234);
});

test('an address that a great many users share is found for all of them, and importing it again is cheap', () => {
  const personCount = 20_000;
  const upserts = Array.from({ length: personCount }, (_, i) => ({
    person: `crowd${i}`,
    identifiers: ['shared'],
  }));
  const change = { upserts, replaces: false, removedPersons: [], removedIdentifiers: [] };
  const once = applyChanges(emptySnapshot, changesOf(change));
  const hits = new Uint8Array(2);
  const named = new Set<number>();
  const tokens = tokensOf(['shared', 'nobody']);
  indexOf(once.snapshot).lookup(tokens, 0, 2, hits, { add: (ordinal) => named.add(ordinal) });
  assert.deepEqual([...hits], [255, 0]);
  assert.equal(named.size, personCount);
  assert.equal(applyChanges(once.snapshot, changesOf(change)).snapshot, once.snapshot);
});

function sampleRun(): ReturnType<typeof buildRun> {
  const words = new Uint32Array(400 * 4);
  for (let i = 0; i < 400; i++) words.set([...token(`n${i}`).subarray(0, 3), i % 90], i * 4);
  return buildRun([{ words, count: 400 }]);
}

test('a run comes back from its pieces as it was, whatever their size', () => {
  const run = sampleRun();
  for (const pieceBytes of [4096, 100_000, 8 * 1024 * 1024]) {
    const result = decodeRun([...encodeRun(run, nodePrimitives, pieceBytes)], 90, nodePrimitives);
    assert.ok(result.ok);
    assert.deepEqual(new Uint8Array(result.run.memory), new Uint8Array(run.memory));
  }
});

test('damaged, missing and swapped pieces are refused', () => {
  const pieces = [...encodeRun(sampleRun(), nodePrimitives, 64 * 1024)];
  assert.ok(pieces.length > 3);
  assert.ok(!decodeRun(pieces.slice(1), 90, nodePrimitives).ok);
  assert.ok(!decodeRun(pieces.slice(0, -1), 90, nodePrimitives).ok);
  assert.ok(!decodeRun([], 90, nodePrimitives).ok);
  assert.ok(!decodeRun([pieces[1]!, pieces[0]!, ...pieces.slice(2)], 90, nodePrimitives).ok);
  assert.ok(!decodeRun(pieces, 89, nodePrimitives).ok, 'an ordinal beyond the persons');
  fc.assert(
    fc.property(fc.nat(pieces.length - 1), fc.nat(), fc.nat(7), (which, at, bit) => {
      const damaged = pieces.map((piece) => piece.slice());
      const piece = damaged[which]!;
      piece[at % piece.length]! ^= 1 << bit;
      assert.ok(!decodeRun(damaged, 90, nodePrimitives).ok);
    }),
    { numRuns: long ? 5000 : 300 },
  );
});
