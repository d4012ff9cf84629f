import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { BitSet } from '../bitmap/bit-set.ts';
import { decide, reachOf, type MarkedOverlay, type Overlay, type Verdict } from './decide.ts';
import { allMarks, commonMark, createUserMarks } from './user-marks.ts';
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

/** Marks for fewer users than there are, each audience with one of three bits, one of which is everybody's. */
function markAll(overlay: Overlay) {
  const marks = createUserMarks(ordinalCount - 50);
  let at = 0;
  const sideMarks = (side: Overlay['include']): number =>
    side.reduce((together, set) => {
      const mark = [1, 2, commonMark][at++ % 3]!;
      if (set !== null && mark !== commonMark) marks.set(set, mark);
      return set === null ? together : together | mark;
    }, 0);
  return { marks, includeMarks: sideMarks(overlay.include), excludeMarks: sideMarks(overlay.exclude) };
}

test('a decision is that of the contract: in an included audience, and in no excluded one', () => {
  fc.assert(
    fc.property(lists, persons, (overlay, asked) => {
      const sets = { include: overlay.include.map(setOf), exclude: overlay.exclude.map(setOf) };
      const { marks, ...sides } = markAll(sets);
      assert.equal(decide({ ...sets, ...sides }, asked, marks.of(asked)), model(overlay, asked));
    }),
    { numRuns: 500 },
  );
});

const unmarked = { includeMarks: allMarks, excludeMarks: allMarks };

test('a mark that a user lacks settles it without a look at an audience', () => {
  const unread = { has: () => assert.fail('looked at') } as unknown as UserSet;
  const overlay: MarkedOverlay = { include: [unread], exclude: [], includeMarks: 4, excludeMarks: 0 };
  assert.equal(decide(overlay, [7], createUserMarks(100).of([7])), 'not_included');
  const spared: MarkedOverlay = { include: [], exclude: [unread], includeMarks: 0, excludeMarks: 4 };
  assert.equal(decide(spared, [7], createUserMarks(100).of([7])), 'eligible');
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
        everybody.filter((one) => decide({ ...sets, ...unmarked }, [one], allMarks) === 'eligible'),
      );
    }),
    { numRuns: 200 },
  );
});
