import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BitSet } from '../../engine/bitmap/bit-set.ts';
import { commonMark, createUserMarks } from '../../engine/decision/user-marks.ts';
import { packUserSet, type UserSet } from '../../engine/decision/user-set.ts';
import { createUserMarker } from './user-marker.ts';

function setOf(...ordinals: readonly number[]): UserSet {
  const set = new BitSet(100);
  for (const ordinal of ordinals) set.add(ordinal);
  return packUserSet(set);
}

function createWorld(spentMin = 10) {
  const told = new Map<number, UserSet>();
  const world = { personCount: 100, marks: createUserMarks(0) };
  const marker = createUserMarker({
    personCount: () => world.personCount,
    toldOf: (no) => told.get(no) ?? null,
    tell: (told) => (world.marks = told),
    spentMin,
  });
  const put = (no: number, ...ordinals: readonly number[]): void => {
    const set = setOf(...ordinals);
    marker.put(no, set);
    told.set(no, set);
  };
  const renew = (): number => {
    let steps = 0;
    while (marker.renewOne()) steps++;
    return steps;
  };
  const isMarked = (no: number, ordinal: number): boolean =>
    (world.marks.of([ordinal]) & marker.markOf(no)) !== 0;
  return { world, marker, put, renew, isMarked };
}

test('audiences have bits of their own until there are more than bits, and then share them evenly', () => {
  const { marker } = createWorld();
  for (let no = 0; no < 31; no++) marker.admit(no);
  assert.equal(new Set(Array.from({ length: 31 }, (_, no) => marker.markOf(no))).size, 31);
  marker.leave(7);
  marker.admit(50);
  marker.admit(51);
  assert.equal(marker.markOf(50), 1 << 7, 'the bit that is free again');
  assert.equal(marker.markOf(51), 1 << 0);
  for (let no = 100; no < 2_000; no++) marker.admit(no);
  assert.equal(marker.markOf(1_999), commonMark, 'a bit that everybody has would tell nothing');
});

test('users beyond the marks are looked up, and the marks grow with the graph', () => {
  const { world, marker, put, renew, isMarked } = createWorld();
  marker.admit(1);
  put(1, 5);
  assert.ok(isMarked(1, 6), 'nothing is certain before the marks are made');
  assert.equal(renew(), 3);
  assert.deepEqual([isMarked(1, 5), isMarked(1, 6), isMarked(1, 124)], [true, false, false]);
  assert.ok(isMarked(1, 125), 'beyond');
  world.personCount = 126;
  renew();
  assert.deepEqual([isMarked(1, 5), isMarked(1, 125)], [true, false]);
});

test('bits of users who left go when enough of them have gathered, and none of a user who is in goes meanwhile', () => {
  const { marker, put, renew, isMarked } = createWorld();
  marker.admit(1);
  marker.admit(2);
  renew();
  put(1, 1, 2, 3);
  put(2, 50);
  put(1, 3, 4);
  assert.equal(renew(), 0, 'not yet worn');
  assert.ok(isMarked(1, 1), 'left, and not forgotten yet');
  for (let i = 0; i < 6; i++) put(1, 3, 4);
  assert.ok(marker.renewOne());
  put(1, 3, 4, 9);
  put(2, 51);
  while (marker.renewOne());
  assert.deepEqual(
    [1, 2, 3, 4, 9].map((ordinal) => isMarked(1, ordinal)),
    [false, false, true, true, true],
  );
  assert.deepEqual([isMarked(2, 51), isMarked(2, 52)], [true, false]);
});
