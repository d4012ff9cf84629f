import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { limits } from '../base/limits.ts';
import { countAudience, deleteAudienceRow, insertAudience } from '../store/audience-rows.ts';
import { insertAccount } from '../store/account-rows.ts';
import { blockPieces, insertBlockPiece } from '../store/block-rows.ts';
import { all, type Script } from '../store/script.ts';
import type { Store } from '../store/store.ts';
import { openMemoryStore } from '../store/testing/memory-store.ts';
import { createBlockScripts, eraseMembers, type MergedPiece, type StoredBlock } from './block-scripts.ts';
import { createSweeper, replaceBlocks, type MergedBlock } from './replace-blocks.ts';

const accountNo = 1;
const audienceNo = 1;
const own = { accountNo, audienceNo };

const scripts = {
  ...createBlockScripts(),
  /** An audience of blocks 1 to `blockCount`, all counted, a piece each. */
  *setUp({ blockCount, bytes }: { blockCount: number; bytes: number }): Script<void> {
    const account = { accountId: 'acct_a', brandDomain: 'a.example', brandId: '', operator: 'a.example' };
    yield* insertAccount({
      ...{ ...account, sandbox: true, name: 'A', status: 'active', billing: 'operator' },
      ...{ createdAt: 1, declaredBy: null },
    });
    const words = { name: null, description: null, audienceType: null, tags: null, consentBasis: null };
    yield* insertAudience(accountNo, 'a', words, 1);
    for (let blockNo = 1; blockNo <= blockCount; blockNo++) {
      const place = { ...own, blockNo, pieceNo: 0, level: 0, seqLow: blockNo, seqHigh: blockNo };
      yield* insertBlockPiece({ ...place, rowCount: blockNo, bytes: new Uint8Array(bytes) });
    }
    yield* all('UPDATE audience SET accepted_seq = ?', blockCount);
    yield* countAudience(accountNo, audienceNo, {
      ...{ countedSeq: blockCount, graphVersion: 0, memberCount: 0, matchedCount: 0, breakdown: '{}' },
      memberDigest: new Uint8Array(16),
    } as never);
  },
  /** Row counts of the pieces that the audience consists of, and how many pieces there are in all. */
  *look(_: null): Script<{ seen: readonly number[]; stored: number; hidden: number }> {
    const seen = (yield* blockPieces(accountNo, audienceNo)).map(({ rowCount }) => rowCount);
    const count = function* (table: string): Script<number> {
      return (yield* all<{ n: number }>(`SELECT count(*) AS n FROM ${table}`))[0]?.n ?? -1;
    };
    return { seen, stored: yield* count('member_block'), hidden: yield* count('hidden_piece') };
  },
  *deleteAll(_: null): Script<void> {
    yield* deleteAudienceRow(accountNo, audienceNo, 2);
    yield* eraseMembers(accountNo, audienceNo);
  },
};
type TestStore = Store<typeof scripts>;

const largeBytes = limits.blockBytesPerWriteMax / 2 + 1;
const pieces = (count: number, bytes: number): readonly MergedPiece[] =>
  Array.from({ length: count }, (_, i) => ({ rowCount: 100 + i, bytes: new Uint8Array(bytes) }));

const stored = (no: number): StoredBlock => ({ blockNo: no, seqLow: no, seqHigh: no });

/** Blocks `low` to `high` become one of these pieces. */
const merged = (low: number, high: number, count: number, bytes = largeBytes): MergedBlock => ({
  ...own,
  blocks: Array.from({ length: high - low + 1 }, (_, at) => stored(high - at)),
  pieces: pieces(count, bytes),
});

/** Whether a write of this number fails, before or after it took effect, as a process may end. */
function failing(store: TestStore, at: number, isLate: boolean): TestStore {
  let writes = 0;
  return {
    ...store,
    write: async (name, input) => {
      const isOver = writes++ === at;
      if (isOver && !isLate) throw new Error('the process ended');
      const output = await store.write(name, input);
      if (isOver) throw new Error('the process ended');
      return output;
    },
  };
}

async function opened(blockCount: number, bytes = 10): Promise<TestStore> {
  const store = openMemoryStore(scripts);
  await store.write('setUp', { blockCount, bytes });
  return store;
}

async function swept(store: TestStore): Promise<void> {
  const sweeper = createSweeper(store, (cause) => assert.fail(String(cause)));
  sweeper.wake();
  // Sweeping ends by itself; closing would cut it short.
  while ((await store.read('look', null)).hidden > 0) await new Promise((resolve) => setImmediate(resolve));
  await sweeper.close();
}

describe('a merged block', () => {
  test('takes the place of its blocks, small ones at once and large ones piece by piece', async () => {
    for (const bytes of [10, largeBytes]) {
      const store = await opened(5);
      assert.equal(await replaceBlocks(store, merged(2, 4, 3, bytes)), 'replaced');
      assert.deepEqual((await store.read('look', null)).seen, [5, 100, 101, 102, 1]);
      assert.equal((await store.read('look', null)).hidden, bytes === 10 ? 0 : 3);
      await swept(store);
      assert.deepEqual(await store.read('look', null), { seen: [5, 100, 101, 102, 1], stored: 5, hidden: 0 });
      await store.close();
    }
  });

  test('is seen whole or not at all, wherever the process ends, and nothing is left lying', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(8),
        fc.boolean(),
        fc.integer({ min: 2, max: 4 }),
        async (failAt, isLate, count) => {
          const store = await opened(5);
          const before = [5, 4, 3, 2, 1];
          const after = [5, ...pieces(count, 0).map(({ rowCount }) => rowCount), 1];
          const done = await replaceBlocks(failing(store, failAt, isLate), merged(2, 4, count)).catch(
            () => null,
          );
          const { seen } = await store.read('look', null);
          const isNew = seen.includes(100);
          assert.deepEqual(seen, isNew ? after : before);
          assert.ok(isNew || done !== 'replaced');
          await swept(store);
          assert.deepEqual(await store.read('look', null), { seen, stored: seen.length, hidden: 0 });
          // A second attempt finds no trace of the first.
          if (!isNew) assert.equal(await replaceBlocks(store, merged(2, 4, count)), 'replaced');
          assert.deepEqual((await store.read('look', null)).seen, after);
          await store.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  test('of an audience that was deleted meanwhile stays away', async () => {
    const store = await opened(5);
    const steps: TestStore = {
      ...store,
      write: async (name, input) => {
        const output = await store.write(name, input);
        if (name === 'stagePiece') await store.write('deleteAll', null);
        return output;
      },
    };
    assert.equal(await replaceBlocks(steps, merged(1, 5, 2)), 'moved');
    await swept(store);
    assert.deepEqual(await store.read('look', null), { seen: [], stored: 0, hidden: 0 });
    await store.close();
  });

  test('waits for counts that include its blocks', async () => {
    const store = await opened(5);
    for (const bytes of [10, largeBytes]) {
      assert.equal(
        await replaceBlocks(store, {
          ...merged(4, 5, 2, bytes),
          blocks: [{ ...stored(5), seqHigh: 6 }, stored(4)],
        }),
        'early',
      );
      assert.deepEqual(await store.read('look', null), { seen: [5, 4, 3, 2, 1], stored: 5, hidden: 0 });
    }
    await store.close();
  });
});

test('members of a deleted audience are out of reach at once and erased soon', async () => {
  for (const bytes of [10, largeBytes]) {
    const store = await opened(5, bytes);
    await store.write('deleteAll', null);
    const isSmall = bytes === 10;
    assert.deepEqual(await store.read('look', null), {
      seen: [],
      stored: isSmall ? 0 : 5,
      hidden: isSmall ? 0 : 5,
    });
    await swept(store);
    assert.deepEqual(await store.read('look', null), { seen: [], stored: 0, hidden: 0 });
    await store.close();
  }
});

test('sweeping waits for a merge that is staging its pieces, and ends when it is told to', async () => {
  const store = await opened(5);
  let staged = 0;
  const slow: TestStore = {
    ...store,
    write: async (name, input) => {
      if (name === 'stagePiece') staged += 1;
      if (name === 'eraseHidden') assert.equal(staged, 3, 'all pieces are staged before anything is erased');
      await new Promise((resolve) => setTimeout(resolve, 2));
      return store.write(name, input);
    },
  };
  const sweeper = createSweeper(slow, (cause) => assert.fail(String(cause)));
  const replacing = sweeper.replace(merged(1, 5, 3));
  sweeper.wake();
  assert.equal(await replacing, 'replaced');
  await sweeper.close();
  const { seen, hidden } = await store.read('look', null);
  assert.deepEqual(seen, [100, 101, 102]);
  assert.ok(hidden >= 0 && hidden <= 5);
  await store.close();
});
