import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';
import roaring from 'roaring-wasm';

import { nodePrimitives } from '../../platform/primitives.ts';
import { BitSet, difference, union } from './bit-set.ts';
import { createOrdinalList } from './ordinal-list.ts';
import { decodeOrdinalSet, encodeOrdinalSet } from './stored-set.ts';

const bound = 300_000;
const portableFrom = 16;

/** Sparse ordinals and dense runs, so that both kinds of container and both sides of 4,096 occur. */
const ordinals = fc
  .tuple(
    fc.array(fc.nat(bound - 1), { maxLength: 200 }),
    fc.array(fc.tuple(fc.nat(bound - 9_000), fc.constantFrom(10, 4_095, 4_096, 4_097, 8_900)), {
      maxLength: 2,
    }),
  )
  .map(([singles, runs]) => {
    const all = new Set(singles);
    for (const [first, length] of runs) for (let i = 0; i < length; i++) all.add(first + i);
    return [...all].sort((a, b) => a - b);
  });
const setOf = (list: Iterable<number>, ordinalCount = bound): BitSet => {
  const set = new BitSet(ordinalCount);
  for (const ordinal of list) set.add(ordinal);
  return set;
};

describe('stored ordinal sets', () => {
  it('come back as they were, and any roaring library reads them', async () => {
    await roaring.roaringLibraryInitialize();
    fc.assert(
      fc.property(ordinals, fc.boolean(), (list, shared) => {
        const bytes = encodeOrdinalSet(setOf(list), nodePrimitives, { shared });
        assert.equal(bytes.buffer instanceof SharedArrayBuffer, shared);
        const decoded = decodeOrdinalSet(bytes, nodePrimitives, bound);
        assert(decoded.ok);
        assert.deepEqual([...decoded.set.toArray()], list);
        assert.equal(decoded.set.size, list.length);
        const portable = Uint8Array.from(bytes.subarray(portableFrom));
        const theirs = roaring.RoaringBitmap32.deserialize('portable', portable);
        assert.deepEqual(theirs.toArray(), list);
        assert.deepEqual([...theirs.serialize('portable')], [...portable]);
        theirs.dispose();
      }),
      { numRuns: 60 },
    );
  });

  it('are the same bytes for the same ordinals, whatever the bound, and fit only a large enough one', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(200_000), { minLength: 1, maxLength: 50 }), (list) => {
        const last = Math.max(...list);
        const bytes = encodeOrdinalSet(setOf(list), nodePrimitives);
        assert.deepEqual(encodeOrdinalSet(setOf(list, last + 1), nodePrimitives), bytes);
        assert(decodeOrdinalSet(bytes, nodePrimitives, last + 1).ok);
        assert.deepEqual(decodeOrdinalSet(bytes, nodePrimitives, last), { ok: false, fault: 'bound' });
      }),
    );
  });
});

describe('BitSet', () => {
  it('is a set of numbers', () => {
    const small = fc.array(fc.nat(99), { maxLength: 60 });
    const other = fc.array(fc.nat(149), { maxLength: 60 });
    fc.assert(
      fc.property(small, other, (a, b) => {
        const [setA, setB] = [new Set(a), new Set(b)];
        const [bitsA, bitsB] = [setOf(a, 100), setOf(b, 150)];
        const sorted = (list: Iterable<number>): number[] => [...list].sort((x, y) => x - y);
        assert.equal(bitsA.size, setA.size);
        assert.deepEqual([...bitsA.toArray()], sorted(setA));
        for (let i = 0; i < 200; i++) assert.equal(bitsA.has(i), setA.has(i));
        assert.deepEqual([...union(bitsA, bitsB).toArray()], sorted(new Set([...a, ...b])));
        assert.deepEqual(
          [...difference(bitsA, bitsB).toArray()],
          sorted([...setA].filter((x) => !setB.has(x))),
        );
        assert.deepEqual(
          [...difference(bitsB, bitsA).toArray()],
          sorted([...setB].filter((x) => !setA.has(x))),
        );
        assert.equal(difference(bitsB, bitsA).size, [...setB].filter((x) => !setA.has(x)).length);
      }),
    );
  });

  it('refuses an ordinal beyond its bound', () => {
    assert.throws(() => setOf([100], 100), /out of bounds/);
    assert.throws(() => setOf([-1], 100), /out of bounds/);
    assert.throws(() => new BitSet(3, Uint32Array.of(8)), /behind the bound/);
  });
});

describe('createOrdinalList', () => {
  it('keeps what it was given, in order', () => {
    const list = createOrdinalList();
    const given = Array.from({ length: 1_000 }, (_, i) => (i * 7) % 300);
    for (const ordinal of given) list.add(ordinal);
    assert.deepEqual([...list.values()], given);
    assert.equal(list.length, 1_000);
  });
});
