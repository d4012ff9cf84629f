import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { planMerge, tierFanOut } from './tiers.ts';

/** Sends batches one after the other, merging as planned; members are all different. */
function simulate(batches: readonly number[]): { blocks: number[]; blockCountMax: number; written: number } {
  let blocks: number[] = [];
  let written = 0;
  let blockCountMax = 0;
  for (const rows of batches) {
    blocks = [rows, ...blocks];
    written += rows;
    for (let plan = planMerge(blocks); plan !== null; plan = planMerge(blocks)) {
      const merged = blocks.slice(plan.from, plan.to).reduce((sum, count) => sum + count, 0);
      blocks.splice(plan.from, plan.to - plan.from, merged);
      written += merged;
    }
    blockCountMax = Math.max(blockCountMax, blocks.length);
  }
  return { blocks, blockCountMax, written };
}

describe('planMerge', () => {
  it('writes each row at most three times on the way to ten million members', () => {
    const { written, blockCountMax } = simulate(new Array<number>(100).fill(100_000));
    assert(written / 10_000_000 <= 3, `${written / 10_000_000} times`);
    assert(blockCountMax <= 15, `${blockCountMax} blocks`);
  });

  it('keeps blocks few and rewriting bounded, whatever the batches', () => {
    const batches = fc.array(fc.oneof(fc.constant(1), fc.nat(50), fc.nat(200_000)), { maxLength: 300 });
    fc.assert(
      fc.property(batches, (given) => {
        const { blocks, blockCountMax } = simulate(given);
        assert.equal(
          blocks.reduce((sum, count) => sum + count, 0),
          given.reduce((sum, count) => sum + count, 0),
        );
        // At most seven blocks of each of the nine tiers below 2^27 rows.
        assert(blockCountMax <= (tierFanOut - 1) * 9);
      }),
    );
  });

  it('merges at least two blocks, and nothing while there are few', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { maxLength: 40 }), (rowCounts) => {
        const plan = planMerge(rowCounts);
        if (plan === null) return;
        assert(plan.from >= 0 && plan.to <= rowCounts.length && plan.to - plan.from >= tierFanOut);
      }),
    );
    assert.equal(planMerge(new Array<number>(tierFanOut - 1).fill(5)), null);
    assert.deepEqual(planMerge(new Array<number>(tierFanOut).fill(5)), { from: 0, to: tierFanOut });
    assert.deepEqual(planMerge([1, 100, ...new Array<number>(7).fill(2), 5_000]), { from: 1, to: 9 });
  });
});
