import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { identifierCodeMax, identifierCodes, identifierTypeOfCode } from '../../base/identifier-types.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import type { GraphIndex } from '../types.ts';
import { applyChanges } from './apply-changes.ts';
import { type GraphChanges, noChanges, noUpserts } from './changes.ts';
import { GraphModel, type ModelChanges } from './graph.model.ts';
import type { LayoutPolicy } from './layout.ts';
import { createGraphLoader } from './load-graph.ts';
import { graphFromShared, graphToShared } from './shared-graph.ts';
import { emptySnapshot, type GraphSnapshot, statsOf } from './snapshot.ts';
import { decodeGraphMeta, encodeGraph, type StoredPiece } from './stored-graph.ts';

/** Small numbers for the standard ones, so that a few entries already make a narrow run. */
const policies: readonly LayoutPolicy[] = [
  { narrowKeyStart: 22, narrowEntryCountMin: 4_000_000 },
  { narrowKeyStart: 4, narrowEntryCountMin: 1 },
  { narrowKeyStart: 7, narrowEntryCountMin: 20 },
];

/** Tokens that share long prefixes and differ at the edges of what a narrow record keeps (68 bits); what it loses is not zero. */
const pool: readonly (readonly [number, number, number, number])[] = [
  0, 1, 0x0fffffff, 0x10000000, 0x80000000, 0xffffffff,
].flatMap((w0) => [0, 1, 0xffffffff].flatMap((w1) => [13, 0xf000000d].map((w2) => [w0, w1, w2, 7] as const)));
const ownIdCount = 12;
/** A token has one type: the cipher's input holds it. The first tokens are users' own ids. */
const codeOf = (index: number): number =>
  index < ownIdCount ? identifierCodes.publisher_first_party : 1 + (index % (identifierCodes.maid - 1));
const tokensOf = (indices: readonly number[]): Uint32Array =>
  Uint32Array.from(indices.flatMap((index) => [...pool[index]!]));

interface Step {
  readonly rows: readonly { readonly person: number; readonly identifiers: readonly number[] }[];
  readonly replace: boolean;
  readonly removePersons: readonly number[];
  readonly removeIdentifiers: readonly number[];
  readonly mergesAlways: boolean;
  readonly move: 'keep' | 'store' | 'share';
}

function stepOf(rowCountMax: number, personCount: number, identifierCount: number): fc.Arbitrary<Step> {
  const person = fc.nat(personCount - 1);
  const identifier = fc.nat(identifierCount - 1);
  const row = fc.record({ person, identifiers: fc.array(identifier, { maxLength: 6 }) });
  return fc.record({
    rows: fc.array(row, { maxLength: rowCountMax }),
    replace: fc.boolean(),
    removePersons: fc.array(person, { maxLength: 2 }),
    removeIdentifiers: fc.array(identifier, { maxLength: 2 }),
    mergesAlways: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    move: fc.constantFrom('keep', 'keep', 'store', 'share'),
  });
}

function changesOf(step: Step): GraphChanges {
  const identifiers = step.rows.flatMap((row) => row.identifiers);
  const identifierStart = new Uint32Array(step.rows.length + 1);
  step.rows.forEach((row, i) => (identifierStart[i + 1] = identifierStart[i]! + row.identifiers.length));
  return {
    upserts: {
      rowCount: step.rows.length,
      personToken: tokensOf(step.rows.map((row) => row.person)),
      identifierStart,
      identifierType: Uint8Array.from(identifiers, codeOf),
      identifierToken: tokensOf(identifiers),
    },
    replace: step.replace,
    removePersons: tokensOf(step.removePersons),
    removeIdentifiers: tokensOf(step.removeIdentifiers),
  };
}

const modelChangesOf = (step: Step): ModelChanges => ({
  rows: step.rows.map((row) => ({ person: `${row.person}`, identifiers: row.identifiers.map(String) })),
  replace: step.replace,
  removePersons: step.removePersons.map(String),
  removeIdentifiers: step.removeIdentifiers.map(String),
});

/** All pairs that an index answers with, for every token of the pool. */
function pairsOf(index: GraphIndex): string[] {
  const tokens = tokensOf([0, ...pool.keys()]);
  const hits = new Uint8Array(pool.length).fill(99);
  const all: number[] = [];
  index.lookup(tokens, 1, pool.length, hits, { add: (ordinal) => all.push(ordinal) });
  const pairs: string[] = [];
  for (const token of pool.keys()) {
    const one = new Uint8Array(1);
    const persons: number[] = [];
    index.lookup(tokens, token + 1, 1, one, { add: (ordinal) => persons.push(ordinal) });
    assert.equal(one[0], hits[token], 'alone and in a batch');
    assert.equal(new Set(persons).size, hits[token], 'each person counts once');
    pairs.push(...persons.map((ordinal) => `${token} ${ordinal}`));
  }
  assert.equal(all.length, pairs.length);
  return pairs.toSorted();
}

function stored(pieces: Map<string, StoredPiece>, snapshot: GraphSnapshot, since: number): GraphSnapshot {
  const keyOf = (p: StoredPiece): string => `${p.kind} ${p.id} ${p.index} ${p.pieceNo}`;
  const options = { since, pieceBytesMax: 256 };
  for (const piece of encodeGraph(snapshot, nodePrimitives, options)) {
    const before = pieces.get(keyOf(piece));
    if (before !== undefined) assert.deepEqual(piece.bytes, before.bytes, 'a stored piece never changes');
    pieces.set(keyOf(piece), piece);
  }
  const meta = decodeGraphMeta(pieces.get(`meta ${snapshot.version} 0 0`)!.bytes, nodePrimitives, 256);
  assert.ok(meta.ok);
  const { baseId, deltaId, hiddenId, deadId, chunkIds } = meta.meta;
  const wanted = (p: StoredPiece): boolean =>
    (p.kind === 'base' && p.id === baseId) ||
    (p.kind === 'delta' && p.id === deltaId) ||
    (p.kind === 'hidden' && p.id === hiddenId) ||
    (p.kind === 'dead' && p.id === deadId) ||
    (p.kind === 'persons' && p.id === chunkIds[p.index]);
  const loader = createGraphLoader(meta.meta, nodePrimitives, { pieceBytesMax: 256 });
  const chosen = [...pieces.values()].filter(wanted).toReversed();
  for (const { bytes } of chosen) assert.equal(loader.accept(bytes), null);
  const result = loader.finish();
  assert.ok(result.ok, 'a stored graph loads');
  assert.deepEqual(statsOf({ ...result.snapshot, memoryBytes: 0 }), statsOf({ ...snapshot, memoryBytes: 0 }));
  return result.snapshot;
}

function runSteps(steps: readonly Step[], policy: LayoutPolicy): void {
  const model = new GraphModel();
  const pieces = new Map<string, StoredPiece>();
  let storedVersion = -1;
  let snapshot = emptySnapshot();
  for (const step of steps) {
    const pairsBefore = model.pairs();
    model.apply(modelChangesOf(step));
    const pairs = model.pairs();
    const before = snapshot;
    const result = applyChanges(before, changesOf(step), { policy, mergesAlways: step.mergesAlways });
    snapshot = result.snapshot;
    assert.deepEqual(pairsOf(snapshot), pairs);
    assert.deepEqual(pairsOf(before), pairsBefore, 'readers of the old snapshot see the old graph');
    checkResult(result, before, pairsBefore, pairs);
    checkStats(snapshot, model);
    const again = applyChanges(snapshot, changesOf(step), { policy });
    assert.equal(again.snapshot, snapshot, 'the same change again changes nothing');
    assert.equal(again.kind, 'unchanged');
    if (step.move === 'store') {
      snapshot = stored(pieces, snapshot, storedVersion);
      storedVersion = snapshot.version;
    }
    if (step.move === 'share') snapshot = graphFromShared(structuredClone(graphToShared(snapshot)));
  }
}

function checkResult(
  result: ReturnType<typeof applyChanges>,
  before: GraphSnapshot,
  pairsBefore: readonly string[],
  pairs: readonly string[],
): void {
  const added = pairs.filter((pair) => !pairsBefore.includes(pair));
  const removed = pairsBefore.filter((pair) => !pairs.includes(pair));
  assert.deepEqual(pairsOf(result.added), added);
  assert.equal(result.addedEntryCount, added.length);
  assert.equal(result.removedEntryCount, removed.length);
  assert.equal(result.kind, removed.length > 0 ? 'removed' : added.length > 0 ? 'added' : 'unchanged');
  const isSame = result.kind === 'unchanged' && !result.isMerged;
  assert.equal(result.snapshot.version, before.version + (isSame ? 0 : 1));
  assert.equal(result.snapshot === before, isSame);
  if (result.isMerged) assert.equal(result.snapshot.delta.count, 0);
  const { delta, base, hidden } = result.snapshot;
  assert.ok(delta.count * 8 <= base.count, 'the delta stays small');
  if (hidden !== null) assert.equal(hidden.length, base.count);
}

function checkStats(snapshot: GraphSnapshot, model: GraphModel): void {
  const stats = statsOf(snapshot);
  const pairs = model.pairs();
  assert.equal(snapshot.entryCount, pairs.length);
  assert.equal(stats.entryCount, pairs.length);
  assert.equal(stats.personCount, model.persons.size);
  assert.equal(snapshot.personCount, model.ordinalCount);
  for (let code = 1; code <= identifierCodeMax; code++) {
    const expected = pairs.filter((pair) => codeOf(Number(pair.split(' ')[0])) === code).length;
    assert.equal(stats.entryCountByType[identifierTypeOfCode(code)], expected, `type ${code}`);
  }
}

const runCount = process.env['ROLLCALL_LONG'] === '1' ? 5_000 : 60;

for (const [number, policy] of policies.entries()) {
  test(`random changes, merges, reloads and look-ups agree with maps (layout ${number})`, () => {
    const steps = fc.array(stepOf(12, ownIdCount, pool.length), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(steps, (list) => runSteps(list, policy)),
      { numRuns: runCount },
    );
  });
}

test('small changes stay in the delta and hide records of the base', () => {
  const everything: Step = {
    rows: Array.from({ length: ownIdCount }, (_, i) => ({ person: i, identifiers: [...pool.keys()] })),
    replace: false,
    removePersons: [],
    removeIdentifiers: [],
    mergesAlways: false,
    move: 'store',
  };
  const small = fc.array(fc.oneof(stepOf(1, 2, 5), stepOf(1, ownIdCount, pool.length)), {
    minLength: 1,
    maxLength: 10,
  });
  let looseCount = 0;
  fc.assert(
    fc.property(small, (list) => {
      for (const policy of policies) runSteps([everything, ...list], policy);
      const first = applyChanges(emptySnapshot(), changesOf(everything)).snapshot;
      const last = list.reduce((state, step) => applyChanges(state, changesOf(step)).snapshot, first);
      if (last.hidden !== null || last.delta.count > 0) looseCount += 1;
    }),
    { numRuns: Math.ceil(runCount / 2) },
  );
  assert.ok(looseCount > 0, 'some runs ended with a delta or hidden records');
});

test('a removed user leaves nothing: not the own id, not an ordinal to be had again', () => {
  const rows = (persons: readonly number[]): GraphChanges =>
    changesOf({
      rows: persons.map((p) => ({ person: p, identifiers: [20, 21] })),
      replace: false,
      removePersons: [],
      removeIdentifiers: [],
      mergesAlways: false,
      move: 'keep',
    });
  const two = applyChanges(emptySnapshot(), rows([1, 2])).snapshot;
  const gone = applyChanges(two, { ...noChanges, removePersons: tokensOf([1]) }, { mergesAlways: true });
  assert.equal(gone.removedPersonCount, 1);
  assert.deepEqual([...gone.snapshot.persons!.chunks[0]!.words.subarray(0, 4)], [0, 0, 0, 0]);
  assert.deepEqual(two.persons!.chunks[0]!.words.subarray(0, 4), tokensOf([1]), 'the old state keeps it');
  assert.equal(gone.snapshot.base.count, 3);
  const back = applyChanges(gone.snapshot, rows([1])).snapshot;
  assert.deepEqual(pairsOf(back), ['1 2', '2 1', '20 1', '20 2', '21 1', '21 2']);
});

test('removing a user whose own id another user lists as an identifier removes only that user', () => {
  const upserts = {
    ...noUpserts,
    rowCount: 2,
    personToken: tokensOf([1, 2]),
    identifierStart: Uint32Array.of(0, 1, 2),
    identifierType: Uint8Array.of(codeOf(2), codeOf(30)),
    identifierToken: tokensOf([2, 30]),
  };
  const both = applyChanges(emptySnapshot(), { ...noChanges, upserts }).snapshot;
  assert.deepEqual(pairsOf(both), ['1 0', '2 0', '2 1', '30 1']);
  const after = applyChanges(both, { ...noChanges, removePersons: tokensOf([2]) }).snapshot;
  assert.deepEqual(pairsOf(after), ['1 0', '2 0']);
});

test('taking an identifier away leaves a user its own id and says so', () => {
  const upserts = {
    ...noUpserts,
    rowCount: 1,
    personToken: tokensOf([1]),
    identifierStart: Uint32Array.of(0, 1),
    identifierType: Uint8Array.of(codeOf(30)),
    identifierToken: tokensOf([30]),
  };
  const one = applyChanges(emptySnapshot(), { ...noChanges, upserts }).snapshot;
  const result = applyChanges(one, { ...noChanges, removeIdentifiers: tokensOf([1, 30, 35]) });
  assert.deepEqual(pairsOf(result.snapshot), ['1 0']);
  assert.equal(result.keptOwnIdCount, 1);
});
