import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { BitSet } from '../bitmap/bit-set.ts';
import { decide, reachOf, type Verdict } from './decide.ts';
import { packUserSet, type UserSet } from './user-set.ts';

const ordinalCount = 300;
const members = fc.option(fc.uniqueArray(fc.nat({ max: ordinalCount - 1 }), { maxLength: 60 }), { freq: 5 });
const lists = fc.record({
  include: fc.array(members, { maxLength: 4 }),
  exclude: fc.array(members, { maxLength: 3 }),
});
const persons = fc.uniqueArray(fc.nat({ max: ordinalCount - 1 }), { maxLength: 3 });

function setOf(list: readonly number[] | null): UserSet | null {
  if (list === null) return null;
  const set = new BitSet(ordinalCount);
  for (const ordinal of list) set.add(ordinal);
  return packUserSet(set);
}

/** In the words of the contract. */
function model(
  {
    include,
    exclude,
  }: { include: readonly (readonly number[] | null)[]; exclude: readonly (readonly number[] | null)[] },
  asked: readonly number[],
): Verdict {
  const isIn = (lists: readonly (readonly number[] | null)[]): boolean =>
    lists.some((list) => list !== null && asked.some((one) => list.includes(one)));
  if (include.length > 0 && !isIn(include)) return 'not_included';
  if (exclude.includes(null)) return 'exclusion_unknown';
  return isIn(exclude) ? 'excluded' : 'eligible';
}

test('a decision is that of the contract: in an included audience, and in no excluded one', () => {
  fc.assert(
    fc.property(lists, persons, (overlay, asked) => {
      const sets = { include: overlay.include.map(setOf), exclude: overlay.exclude.map(setOf) };
      assert.equal(decide(sets, asked), model(overlay, asked));
    }),
    { numRuns: 500 },
  );
});

test('reach is the number of users, each alone, who would be eligible', () => {
  fc.assert(
    fc.property(lists, (overlay) => {
      const sets = { include: overlay.include.map(setOf), exclude: overlay.exclude.map(setOf) };
      const reach = reachOf(sets, ordinalCount);
      if (overlay.include.length === 0 || overlay.exclude.includes(null)) return assert.equal(reach, null);
      const everybody = Array.from({ length: ordinalCount }, (_, i) => i);
      assert.deepEqual(
        [...(reach?.toArray() ?? [])],
        everybody.filter((one) => decide(sets, [one]) === 'eligible'),
      );
    }),
    { numRuns: 200 },
  );
});
