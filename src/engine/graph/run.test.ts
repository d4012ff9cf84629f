import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { createRunBuilder } from './build-run.ts';
import { type LayoutPolicy, layoutFor, directoryBitsFor, standardPolicy, wideLayout } from './layout.ts';
import { copyMarks, createMarks, mark } from './marks.ts';
import { mergeRuns } from './merge-runs.ts';
import { personOf, type Run, runBytes } from './run.ts';
import { indexOfRun } from './snapshot.ts';
import { lookUpRun } from './lookup.ts';

const wide: LayoutPolicy = standardPolicy;
const narrow: LayoutPolicy = { narrowKeyStart: 5, narrowEntryCountMin: 1 };

interface Entry {
  readonly token: readonly [number, number, number, number];
  readonly person: number;
}

const word = fc.oneof(
  fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff),
  fc.integer({ min: 0, max: 0xffffffff }),
);
/** Third words differ only in bits that a narrow record with a key start of 5 keeps. */
const token = fc.tuple(word, word, fc.constantFrom(0, 0xf8000000, 0x08000000), fc.constant(9));
const entries = fc
  .tuple(fc.uniqueArray(token, { minLength: 1, maxLength: 40, selector: String }), fc.nat(2 ** 28 - 1))
  .chain(([tokens, far]) =>
    fc.array(
      fc.record({
        token: fc.constantFrom(...tokens),
        person: fc.oneof(fc.nat(3), fc.constant(far), fc.constant(2 ** 28 - 1)),
      }),
      { maxLength: 200 },
    ),
  );

function build(list: readonly Entry[], policy: LayoutPolicy): Run {
  const builder = createRunBuilder();
  const tokens = Uint32Array.from(list.flatMap((entry) => entry.token));
  const half = Math.floor(list.length / 2);
  for (let i = 0; i < half; i++) builder.add(tokens, i, 3, list[i]!.person);
  builder.addColumns(
    tokens.subarray(half * 4),
    new Uint8Array(list.length - half).fill(4),
    Uint32Array.from(list.slice(half), (entry) => entry.person),
  );
  assert.equal(builder.count, list.length);
  const run = builder.finish(policy);
  assert.equal(builder.count, 0);
  return run;
}

const keyOf = ({ token: t, person }: Entry): string => `${t.join(' ')} ${person}`;

/** Every pair that look-ups of the given tokens find. */
function found(run: Run, list: readonly Entry[], hidden: Parameters<typeof lookUpRun>[1] = null): string[] {
  const distinct = [...new Map(list.map((entry) => [String(entry.token), entry.token])).values()];
  return distinct.flatMap((one) => {
    const hits = new Uint8Array(1);
    const pairs: string[] = [];
    const sink = { add: (person: number) => pairs.push(keyOf({ token: one, person })) };
    lookUpRun(run, hidden, Uint32Array.from(one), 0, 1, hits, sink);
    assert.equal(pairs.length, hits[0]);
    return pairs;
  });
}

const distinctPairs = (list: readonly Entry[]): string[] => [...new Set(list.map(keyOf))].toSorted();

for (const [name, policy] of Object.entries({ wide, narrow })) {
  test(`a ${name} run holds each pair once, whatever the order`, () => {
    fc.assert(
      fc.property(entries, (list) => {
        const run = build(list, policy);
        assert.equal(run.count, distinctPairs(list).length);
        assert.deepEqual(found(run, list).toSorted(), distinctPairs(list));
        assert.equal(
          run.typeCounts.reduce((sum, count) => sum + count, 0),
          run.count,
        );
      }),
      { numRuns: 150 },
    );
  });

  test(`merging ${name} runs gives the visible entries of one and all of the other`, () => {
    fc.assert(
      fc.property(entries, entries, fc.infiniteStream(fc.boolean()), (first, second, coins) => {
        const a = build(first, policy);
        const hidden = createMarks(a.count);
        for (let at = 0; at < a.count; at++) if (coins.next().value) mark(hidden, at);
        const visible = new Set(found(a, first, hidden));
        const rest = second.filter((entry) => !visible.has(keyOf(entry)));
        const merged = mergeRuns(a, hidden, build(rest, wide), policy);
        const expected = [...new Set([...visible, ...rest.map(keyOf)])].toSorted();
        assert.deepEqual(found(merged, [...first, ...rest]).toSorted(), expected);
        assert.equal(merged.count, expected.length);
      }),
      { numRuns: 100 },
    );
  });
}

function randomEntries(count: number): { tokens: Uint32Array; types: Uint8Array; persons: Uint32Array } {
  let state = 88172645;
  const tokens = new Uint32Array(count * 4);
  for (let i = 0; i < tokens.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    tokens[i] = state;
  }
  const persons = Uint32Array.from({ length: count }, (_, i) => i >>> 1);
  return { tokens, types: new Uint8Array(count).fill(1), persons };
}

test('batches of any size and place answer as one by one, and misses are misses', () => {
  const { tokens, types, persons } = randomEntries(5_000);
  const known = 4_000;
  for (const policy of [wide, narrow]) {
    const builder = createRunBuilder();
    builder.addColumns(tokens.subarray(0, known * 4), types.subarray(0, known), persons.subarray(0, known));
    const index = indexOfRun(builder.finish(policy), 1, known);
    for (const [offset, count] of [
      [0, 5_000],
      [3_990, 20],
      [17, 64],
      [17, 65],
      [4_999, 1],
      [5_000, 0],
    ] as const) {
      const hits = new Uint8Array(count).fill(7);
      const answers: number[] = [];
      index.lookup(tokens, offset, count, hits, { add: (person) => answers.push(person) });
      const expected = Array.from({ length: count }, (_, i) => (offset + i < known ? 1 : 0));
      assert.deepEqual([...hits], expected);
      assert.deepEqual(
        answers,
        expected.flatMap((hit, i) => (hit === 1 ? [(offset + i) >>> 1] : [])),
      );
    }
  }
});

test('an identifier of very many users: sorting, merging and looking up stay quick, hits stop at 255', () => {
  const crowd = 300_000;
  const tokens = new Uint32Array((crowd + 1) * 4).fill(0xabcdef01);
  tokens[crowd * 4 + 2] = 1;
  const persons = Uint32Array.from({ length: crowd + 1 }, (_, i) => crowd - i);
  const types = new Uint8Array(crowd + 1).fill(1);
  for (const policy of [wide, narrow]) {
    const builder = createRunBuilder();
    builder.addColumns(tokens, types, persons);
    builder.addColumns(tokens, types, persons);
    const run = builder.finish(policy);
    assert.equal(run.count, crowd + 1);
    assert.equal(run.buffer.byteLength, runBytes(run), 'pairs given twice take no memory');
    const hits = new Uint8Array(20_000);
    const queries = new Uint32Array(hits.length * 4).fill(0xabcdef01);
    let told = 0;
    lookUpRun(run, null, queries, 0, hits.length, hits, { add: () => (told += 1) });
    assert.equal(told, crowd, 'each person once, however many members ask');
    assert.deepEqual(new Set(hits), new Set([255]));
    const hidden = copyMarks(null, run.count);
    for (let at = 0; at < run.count; at++) if (personOf(run, at) > 3) mark(hidden, at);
    const few: number[] = [];
    const one = new Uint8Array(1);
    lookUpRun(run, hidden, queries, 0, 1, one, { add: (person) => few.push(person) });
    assert.deepEqual([one[0], few], [3, [1, 2, 3]]);
  }
});

test('a run of 20 million takes at most 13 bytes an entry and compares 86 bits', () => {
  for (const count of [20_000_000, 100_000_000, 17_000_000, 33_600_000]) {
    const layout = layoutFor(count, standardPolicy);
    const directoryBits = directoryBitsFor(count, layout);
    assert.ok(runBytes({ layout, directoryBits, count }) / count <= 13.05, `${count}`);
    assert.equal(layout.keyStart + layout.keyWords * 32, 86);
    assert.ok(count / 2 ** directoryBits <= 8);
  }
  assert.equal(wideLayout.keyStart + wideLayout.keyWords * 32, 96);
  assert.equal(layoutFor(100, standardPolicy), wideLayout);
});

test('the standard narrow form, small: first and last places, neighbours that differ in one bit', () => {
  const policy: LayoutPolicy = { ...standardPolicy, narrowEntryCountMin: 1 };
  const base = [0, 0xffffffff].flatMap((w0) => [0, 0xffffffff].map((w1) => [w0, w1, 0, 5] as const));
  const flipped = base.flatMap(([w0, w1, w2, w3]) =>
    Array.from({ length: 86 }, (_, bit) => {
      const t: [number, number, number, number] = [w0, w1, w2, w3];
      t[bit >>> 5] = (t[bit >>> 5]! ^ (1 << (31 - (bit & 31)))) >>> 0;
      return t;
    }),
  );
  const list = [...base, ...flipped].map((one, i) => ({ token: one, person: i }));
  const held = list.filter((_, i) => i % 2 === 0);
  const expected = new Set(held.map(({ token: t }) => String(t)));
  const run = build(held, policy);
  for (const { token: t } of list) {
    const hits = new Uint8Array(1);
    lookUpRun(run, null, Uint32Array.from(t), 0, 1, hits, undefined);
    assert.equal(hits[0]! > 0, expected.has(String(t)));
  }
});

test('a narrow run takes tokens that are equal in the bits it keeps for one', () => {
  const list = [0, 1, 2].map((low) => ({ token: [5, 6, low, 9] as const, person: 4 }));
  assert.equal(build(list, wide).count, 3);
  assert.equal(build(list, narrow).count, 1);
});
