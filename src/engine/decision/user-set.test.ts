import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { BitSet } from '../bitmap/bit-set.ts';
import { packUserSet, smallestForm, UserSet, userSetBytes } from './user-set.ts';

const forms = ['list', 'buckets', 'bits'] as const;

function setOf(ordinalCount: number, ordinals: Iterable<number>): BitSet {
  const set = new BitSet(ordinalCount);
  for (const ordinal of ordinals) set.add(ordinal);
  return set;
}

/** Bounds at which buckets, groups and words begin and end, and any others. */
const bound = fc.oneof(
  fc.constantFrom(0, 1, 31, 32, 33, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 131_072),
  fc.nat({ max: 200_000 }),
);
const world = bound.chain((ordinalCount) =>
  fc.record({
    ordinalCount: fc.constant(ordinalCount),
    ordinals:
      ordinalCount === 0
        ? fc.constant(new Set<number>())
        : fc.array(fc.nat({ max: ordinalCount - 1 }), { maxLength: 400 }).map((list) => new Set(list)),
    isFull: fc.boolean(),
  }),
);

test('every form holds what a plain set holds, and nothing else', () => {
  fc.assert(
    fc.property(world, ({ ordinalCount, ordinals, isFull }) => {
      // The other extreme: everybody but those.
      const all = isFull
        ? new Set(
            Array.from({ length: Math.min(ordinalCount, 3_000) }, (_, i) => i).filter(
              (i) => !ordinals.has(i),
            ),
          )
        : ordinals;
      const sorted = [...all].sort((a, b) => a - b);
      for (const form of forms) {
        const set = packUserSet(setOf(ordinalCount, all), form);
        assert.deepEqual([set.form, set.size, set.ordinalCount], [form, all.size, ordinalCount]);
        const seen: number[] = [];
        set.forEach((ordinal) => seen.push(ordinal));
        assert.deepEqual(seen, sorted);
        for (const ordinal of sorted) {
          for (const asked of [ordinal - 1, ordinal, ordinal + 1])
            assert.equal(set.has(asked), all.has(asked));
        }
        for (const asked of [0, ordinalCount - 1, ordinalCount, ordinalCount + 1, 2 ** 32 - 1]) {
          assert.equal(set.has(asked), all.has(asked), `${form} ${asked}`);
        }
      }
    }),
    { numRuns: 120 },
  );
});

test('another thread’s memory is the same set', () => {
  for (const form of forms) {
    const set = packUserSet(setOf(70_000, [0, 255, 256, 65_535, 65_536, 69_999]), form);
    const other = new UserSet(structuredClone(set.memory));
    assert.deepEqual([other.form, other.size, other.has(65_536), other.has(65_537)], [form, 6, true, false]);
  }
});

test('the smallest form is taken: a list of few, buckets of some, bits of many', () => {
  const people = 10_000_000;
  assert.deepEqual(
    [100, 20_000, 30_000, 100_000, 1_000_000, 2_000_000].map((size) => smallestForm(size, people)),
    ['list', 'list', 'buckets', 'buckets', 'buckets', 'bits'],
  );
  assert.equal(userSetBytes('buckets', 100_000, people), 178_756);
});

test('members can be put into a set of another bound', () => {
  const target = new BitSet(300);
  packUserSet(setOf(70_000, [1, 299, 300, 65_536])).addTo(target);
  assert.deepEqual([...target.toArray()], [1, 299]);
});
