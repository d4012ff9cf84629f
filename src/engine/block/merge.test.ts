import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { anyBlock, blockFrom, cut, mergeModel, textOf } from './blocks.model.ts';
import { blockFault } from './check-block.ts';
import { mergeBlocks, mergePieces } from './merge.ts';

const runs = process.env.ROLLCALL_LONG === '1' ? 20_000 : 300;

describe('mergePieces', () => {
  it('keeps the newest row of each member, in pieces of the size asked for', () => {
    const blocks = fc.array(fc.tuple(anyBlock(), fc.integer({ min: 1, max: 12 })), { maxLength: 6 });
    const rowCountMax = fc.integer({ min: 1, max: 25 });
    fc.assert(
      fc.property(blocks, fc.boolean(), rowCountMax, (given, dropTombstones, rows) => {
        const newestFirst = given.map(([block, size]) => cut(block, size));
        const pieces = [...mergePieces(newestFirst, { dropTombstones }, rows)];
        const expected = mergeModel(newestFirst, dropTombstones);
        assert.deepEqual([...textOf(pieces)], [...expected]);
        for (const piece of pieces) assert.equal(blockFault(piece), null);
        assert.deepEqual(
          pieces.map(({ rowCount }) => rowCount),
          pieces.map((_, i) => Math.min(rows, expected.size - i * rows)),
        );
      }),
      { numRuns: runs },
    );
  });

  it('follows long runs of one block as well as short ones', () => {
    const even = Array.from({ length: 5_000 }, (_, i) => ({ member: i, identifiers: [[1, i % 7] as const] }));
    const few = [17, 3_000, 4_999, 6_000].map((member) => ({ member, identifiers: [[2, 1] as const] }));
    const newestFirst = [[blockFrom(few)], cut(blockFrom(even), 999), [blockFrom(even.slice(0, 2_500))]];
    assert.deepEqual(
      [...textOf(mergePieces(newestFirst, { dropTombstones: true }, 1_024))],
      [...mergeModel(newestFirst, true)],
    );
  });

  it('reads a source piece by piece, only as far as it must', () => {
    const block = blockFrom(Array.from({ length: 100 }, (_, member) => ({ member, identifiers: [[1, 1]] })));
    let read = 0;
    function* source(): Generator<ReturnType<typeof blockFrom>> {
      for (const piece of cut(block, 10)) {
        read += 1;
        yield piece;
      }
    }
    const merged = mergePieces([source()], { dropTombstones: false }, 10);
    merged.next();
    assert(read <= 2);
  });

  it('refuses pieces that are out of order', () => {
    const pieces = cut(blockFrom([1, 2, 3, 4].map((member) => ({ member, identifiers: [[1, 1]] }))), 2);
    assert.throws(() => [...mergePieces([pieces.toReversed()], { dropTombstones: false })], /ascending/);
  });
});

describe('mergeBlocks', () => {
  it('gives one block, whatever the sizes', () => {
    fc.assert(
      fc.property(fc.array(anyBlock(), { maxLength: 4 }), fc.boolean(), (blocks, dropTombstones) => {
        const merged = mergeBlocks(blocks, { dropTombstones });
        assert.equal(blockFault(merged), null);
        const newestFirst = blocks.map((block) => [block]);
        assert.deepEqual([...textOf([merged])], [...mergeModel(newestFirst, dropTombstones)]);
      }),
    );
  });
});
