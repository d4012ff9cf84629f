import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { identifierCodes } from '../../base/identifier-types.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import { applyChanges } from './apply-changes.ts';
import { createRunBuilder } from './build-run.ts';
import { type GraphChanges, noChanges, noUpserts } from './changes.ts';
import { type LayoutPolicy, standardPolicy } from './layout.ts';
import { createGraphLoader } from './load-graph.ts';
import { createMarks, mark } from './marks.ts';
import { decodePiece } from './piece.ts';
import type { Run } from './run.ts';
import { emptySnapshot, type GraphSnapshot } from './snapshot.ts';
import { decodeGraphMeta, encodeGraph } from './stored-graph.ts';
import { createMarksReader, encodeMarks, readMarks } from './stored-marks.ts';
import { decodeRun, encodeRun } from './stored-run.ts';

const narrow: LayoutPolicy = { narrowKeyStart: 3, narrowEntryCountMin: 1 };

function words(count: number, seed: number): Uint32Array {
  let state = seed;
  return Uint32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  });
}

function smallRun(count: number, policy: LayoutPolicy): Run {
  const builder = createRunBuilder();
  const types = Uint8Array.from({ length: count }, (_, i) => 1 + (i % 12));
  builder.addColumns(
    words(count * 4, 2463534242),
    types,
    Uint32Array.from({ length: count }, (_, i) => i),
  );
  return builder.finish(policy);
}

/** The end of the first place of the directory that holds records. */
const firstPlaceEnd = ({ directory }: Run): number => directory.find((end) => end > 0)!;

function golden(name: string): Uint8Array {
  const text = readFileSync(new URL(`golden/${name}.hex`, import.meta.url), 'utf8');
  return Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
}

for (const [name, policy] of Object.entries({ wide: standardPolicy, narrow })) {
  test(`the stored form of a ${name} run stays what it is`, () => {
    const run = smallRun(20, policy);
    const pieces = [...encodeRun(run, { kind: 'base', id: 2 ** 32 + 7 }, nodePrimitives)];
    assert.equal(pieces.length, 1);
    assert.equal(Buffer.from(pieces[0]!).toString('hex'), Buffer.from(golden(`${name}-run`)).toString('hex'));
    const result = decodeRun([golden(`${name}-run`)], nodePrimitives);
    assert.ok(result.ok);
    assert.deepEqual(result.run.records, run.records);
    assert.deepEqual(result.run.directory, run.directory);
    assert.deepEqual(result.run.typeCounts, run.typeCounts);
  });

  test(`every flipped bit and every missing byte of a stored ${name} run is refused`, () => {
    const bytes = golden(`${name}-run`);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >>> 3]! ^= 1 << (bit & 7);
      assert.equal(decodeRun([damaged], nodePrimitives).ok, false, `bit ${bit}`);
    }
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(decodeRun([bytes.subarray(0, length)], nodePrimitives).ok, false, `length ${length}`);
    }
    assert.equal(decodeRun([Uint8Array.of(...bytes, 0)], nodePrimitives).ok, false);
  });

  test(`a ${name} run in many pieces loads in any order; a missing or doubled piece is refused`, () => {
    const run = smallRun(300, policy);
    const pieces = [...encodeRun(run, { kind: 'delta', id: 1 }, nodePrimitives, 512)];
    assert.ok(pieces.length > 5 && pieces.every(({ length }) => length <= 512));
    const load = (list: readonly Uint8Array[]) => decodeRun(list, nodePrimitives, 512);
    const result = load(pieces.toReversed());
    assert.ok(result.ok);
    assert.deepEqual(result.run.records, run.records);
    assert.equal(load(pieces.slice(1)).ok, false);
    assert.equal(load(pieces.slice(0, -1)).ok, false);
    assert.equal(load([...pieces, pieces[0]!]).ok, false);
    assert.equal(load([]).ok, false);
    const other = [...encodeRun(smallRun(300, policy), { kind: 'delta', id: 2 }, nodePrimitives, 512)];
    assert.equal(load([...pieces.slice(1), other[0]!]).ok, false, 'pieces of two runs do not mix');
  });

  test(`a ${name} run with a good checksum and bad contents is refused`, () => {
    const damage: readonly ((run: Run) => void)[] = [
      (run) => (run.directory[0] = 1),
      (run) => (run.directory[run.directory.length - 1] = run.count + 1),
      (run) => (run.directory[1] = run.count + 1),
      (run) => (run.directory[1] = 0xffffffff),
      (run) => (run.records[run.layout.keyWords] = 0),
      (run) => (run.records[run.layout.keyWords] = 13),
      (run) => run.records.copyWithin(0, run.layout.keyWords + 1, (run.layout.keyWords + 1) * 2),
      (run) => (run.records[0] = 0xffffffff),
      (run) => (run.records[(firstPlaceEnd(run) - 1) * (run.layout.keyWords + 1)] = 0xffffffff),
    ];
    for (const [i, harm] of damage.entries()) {
      const run = smallRun(100, policy);
      harm(run);
      const result = decodeRun(encodeRun(run, { kind: 'base', id: 1 }, nodePrimitives), nodePrimitives);
      assert.deepEqual(result, { ok: false, fault: 'content' }, `damage ${i}`);
    }
  });
}

test('marks are stored as a list or as bits, whichever is shorter, and damage is refused', () => {
  for (const [length, step] of [
    [1_000, 1],
    [1_000, 7],
    [1_000, 100],
    [999, 998],
    [64, 1],
  ] as const) {
    const marks = createMarks(length);
    for (let at = 0; at < length; at += step) mark(marks, at);
    const pieces = [...encodeMarks(marks, { kind: 'hidden', id: 3 }, nodePrimitives, 128)];
    assert.ok(pieces.reduce((sum, piece) => sum + piece.length - 64, 0) <= Math.ceil(length / 32) * 4);
    const reader = createMarksReader();
    for (const bytes of pieces) {
      const piece = decodePiece(bytes, nodePrimitives, 128);
      assert.ok(typeof piece !== 'string');
      assert.equal(reader.accept(piece), null);
    }
    const result = readMarks(reader);
    assert.ok(result.ok);
    assert.deepEqual(result.marks.words, marks.words);
    const damaged = pieces[0]!.slice();
    damaged[70]! ^= 4;
    assert.equal(decodePiece(damaged, nodePrimitives, 128), 'checksum');
  }
});

/** A graph with every part: base, hidden records, delta, dead persons, own ids. */
function fullGraph(): GraphSnapshot {
  const personCount = 100;
  const upserts = {
    ...noUpserts,
    rowCount: personCount,
    personToken: words(personCount * 4, 77),
    identifierStart: Uint32Array.from({ length: personCount + 1 }, (_, i) => i),
    identifierType: new Uint8Array(personCount).fill(identifierCodes.hashed_email),
    identifierToken: words(personCount * 4, 1234),
  };
  const changes: readonly GraphChanges[] = [
    { ...noChanges, upserts },
    { ...noChanges, removePersons: upserts.personToken.slice(0, 8) },
    {
      ...noChanges,
      upserts: { ...noUpserts, rowCount: 3, personToken: words(12, 99), identifierStart: new Uint32Array(4) },
      removeIdentifiers: upserts.identifierToken.slice(40, 44),
    },
  ];
  const snapshot = changes.reduce((state, change) => applyChanges(state, change).snapshot, emptySnapshot());
  assert.ok(snapshot.hidden !== null && snapshot.dead !== null && snapshot.delta.count === 3);
  return snapshot;
}

test('a whole graph is stored and loaded; a graph without its person column answers look-ups', () => {
  const snapshot = fullGraph();
  const pieces = [...encodeGraph(snapshot, nodePrimitives)];
  assert.deepEqual(
    pieces.map(({ kind }) => kind),
    ['base', 'delta', 'hidden', 'dead', 'persons', 'meta'],
  );
  assert.deepEqual(
    [...encodeGraph(snapshot, nodePrimitives, { since: snapshot.version })].map(({ kind }) => kind),
    ['meta'],
    'what is stored is not written again',
  );
  const meta = decodeGraphMeta(pieces.at(-1)!.bytes, nodePrimitives);
  assert.ok(meta.ok);
  const light = createGraphLoader(meta.meta, nodePrimitives, { wantsPersons: false });
  for (const { kind, bytes } of pieces) {
    if (kind !== 'meta') assert.equal(light.accept(bytes), kind === 'persons' ? 'pieces' : null);
  }
  const result = light.finish();
  assert.ok(result.ok);
  assert.equal(result.snapshot.persons, null);
  assert.equal(result.snapshot.entryCount, snapshot.entryCount);
});

test('every flipped bit of the meta piece, and parts of another state, are refused', () => {
  const snapshot = fullGraph();
  const pieces = [...encodeGraph(snapshot, nodePrimitives)];
  const bytes = pieces.at(-1)!.bytes;
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = bytes.slice();
    damaged[bit >>> 3]! ^= 1 << (bit & 7);
    assert.equal(decodeGraphMeta(damaged, nodePrimitives).ok, false, `bit ${bit}`);
  }
  const meta = decodeGraphMeta(bytes, nodePrimitives);
  assert.ok(meta.ok);
  for (const left of ['base', 'delta', 'hidden', 'dead', 'persons']) {
    const loader = createGraphLoader(meta.meta, nodePrimitives);
    for (const { kind, bytes: piece } of pieces) {
      if (kind !== left && kind !== 'meta') assert.equal(loader.accept(piece), null);
    }
    assert.deepEqual(loader.finish(), { ok: false, fault: 'pieces' }, left);
  }
  const strict = createGraphLoader({ ...meta.meta, personCount: 50 }, nodePrimitives);
  const faults = pieces.filter(({ kind }) => kind !== 'meta').map((piece) => strict.accept(piece.bytes));
  assert.ok(faults.includes('layout'), 'a column of another length');
  const stranger = createGraphLoader({ ...meta.meta, baseId: 99 }, nodePrimitives);
  assert.equal(stranger.accept(pieces[0]!.bytes), 'pieces');
});

test('a run that names a person beyond the bound is refused', () => {
  const upserts = {
    ...noUpserts,
    rowCount: 9,
    personToken: words(36, 5),
    identifierStart: new Uint32Array(10),
  };
  const first = applyChanges(emptySnapshot(), { ...noChanges, upserts }).snapshot;
  const more = { ...upserts, rowCount: 1, personToken: words(4, 6), identifierStart: new Uint32Array(2) };
  const { snapshot } = applyChanges(first, { ...noChanges, upserts: more });
  assert.deepEqual([snapshot.base.count, snapshot.delta.count], [9, 1]);
  for (const [personCount, ok] of [
    [10, true],
    [9, false],
    [8, false],
  ] as const) {
    const pieces = [...encodeGraph(snapshot, nodePrimitives)];
    const meta = decodeGraphMeta(pieces.at(-1)!.bytes, nodePrimitives);
    assert.ok(meta.ok);
    const bounded = { ...meta.meta, personCount };
    const loader = createGraphLoader(bounded, nodePrimitives, { wantsPersons: false });
    for (const { kind, bytes } of pieces) if (kind === 'base' || kind === 'delta') loader.accept(bytes);
    assert.equal(loader.finish().ok, ok, `${personCount} persons`);
  }
});
