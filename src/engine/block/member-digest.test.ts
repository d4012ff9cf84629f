import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { MemberBlock } from '../types.ts';
import { createAudienceView } from './audience-view.ts';
import { anyBlock, blockFrom, cut, mergeModel } from './blocks.model.ts';
import { decodeDigest, digestOf, digestRows, emptyDigest, encodeDigest } from './member-digest.ts';
import { digestModel } from './member-digest.model.ts';
import { mergePieces } from './merge.ts';

const runs = process.env['ROLLCALL_LONG'] === '1' ? 20_000 : 300;
const ofBlocks = (blocks: readonly (readonly MemberBlock[])[]): Uint32Array =>
  digestOf(createAudienceView(blocks));

/** Pinned: what is stored today is compared by every later release. */
test('the digest of known rows is what it was', () => {
  const block = blockFrom([
    { member: 1, identifiers: [[1, 1]] },
    {
      member: 2,
      identifiers: [
        [2, 2],
        [12, 3],
      ],
    },
  ]);
  assert.equal(
    Buffer.from(encodeDigest(ofBlocks([[block]]))).toString('hex'),
    'f10d86264eebf03c6dd7bd1425ae47a8',
  );
  assert.deepEqual(encodeDigest(ofBlocks([])), new Uint8Array(16));
});

test('equal members have an equal digest, however their blocks are cut and merged', () => {
  const cases = fc.record({
    blocks: fc.array(anyBlock(), { minLength: 1, maxLength: 5 }),
    from: fc.nat(4),
    count: fc.integer({ min: 1, max: 5 }),
    rows: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(cases, ({ blocks, from, count, rows }) => {
      const whole = blocks.map((block) => [block]);
      const digest = ofBlocks(whole);
      assert.deepEqual(digest, digestModel(createAudienceView(whole)));
      const chosen = whole.slice(from, from + count);
      const dropTombstones = from + count >= whole.length;
      const merged = whole.toSpliced(from, count, [...mergePieces(chosen, { dropTombstones }, rows)]);
      assert.deepEqual(ofBlocks(merged), digest);
      assert.deepEqual(ofBlocks(blocks.map((block) => cut(block, rows))), digest);
    }),
    { numRuns: runs },
  );
});

test('other members have another digest', () => {
  const two = fc.tuple(fc.array(anyBlock(), { maxLength: 3 }), fc.array(anyBlock(), { maxLength: 3 }));
  const textOf = (blocks: readonly MemberBlock[]): string =>
    JSON.stringify([
      ...mergeModel(
        blocks.map((block) => [block]),
        true,
      ),
    ]);
  let differed = 0;
  fc.assert(
    fc.property(two, ([one, other]) => {
      const isSame = textOf(one) === textOf(other);
      differed += isSame ? 0 : 1;
      const digests = [one, other].map((blocks) => ofBlocks(blocks.map((block) => [block])).join());
      assert.equal(digests[0] === digests[1], isSame);
    }),
    { numRuns: runs },
  );
  assert.ok(differed > runs / 2, 'different members were compared');
});

test('a member that leaves is taken away as it came, and a flipped bit anywhere in a row is seen', () => {
  const block = blockFrom([
    {
      member: 7,
      identifiers: [
        [1, 1],
        [4, 2],
      ],
    },
  ]);
  const before = ofBlocks([[block]]);
  const back = before.slice();
  digestRows(back, block, 0, 1, -1);
  assert.deepEqual(back, emptyDigest());
  for (const column of ['memberToken', 'identifierToken'] as const) {
    for (let bit = 0; bit < block[column].length * 32; bit++) {
      const changed = block[column].slice();
      changed[bit >>> 5]! ^= 1 << (bit & 31);
      assert.notDeepEqual(ofBlocks([[{ ...block, [column]: changed }]]), before);
    }
  }
  const types = { ...block, identifierType: Uint8Array.of(1, 5) };
  assert.notDeepEqual(ofBlocks([[types]]), before);
  assert.deepEqual(decodeDigest(encodeDigest(before)), before);
  assert.equal(decodeDigest(null), null);
});
