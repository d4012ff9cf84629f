import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { nodePrimitives } from '../../platform/primitives.ts';
import type { MemberBlock } from '../types.ts';
import { anyBlock, anyOperation, blockFrom, type ModelRow, wordsFor } from './blocks.model.ts';
import { emptyBlock } from './builder.ts';
import { decodeBlock, decodeOperation } from './decode.ts';
import { encodeBlock, encodeOperation } from './encode.ts';

/** Columns as plain arrays: how they lie in memory does not count. */
const plain = (block: MemberBlock): Record<string, number | number[]> =>
  Object.fromEntries(
    Object.entries(block).map(([name, column]: [string, number | Uint8Array | Uint32Array]) => [
      name,
      typeof column === 'number' ? column : [...column],
    ]),
  );

function roundTrip(block: MemberBlock, options?: { shared: boolean }): Uint8Array {
  const bytes = encodeBlock(block, nodePrimitives, options);
  const decoded = decodeBlock(bytes, nodePrimitives);
  assert(decoded.ok);
  assert.deepEqual(plain(decoded.block), plain(block));
  return bytes;
}

describe('stored blocks', () => {
  it('come back as they were, in shared memory too, and equal blocks are equal bytes', () => {
    fc.assert(
      fc.property(anyBlock(), fc.boolean(), (block, shared) => {
        const bytes = roundTrip(block, { shared });
        assert.equal(bytes.buffer instanceof SharedArrayBuffer, shared);
        assert.deepEqual([...bytes], [...encodeBlock(block, nodePrimitives)]);
      }),
    );
  });

  it('come back from bytes that do not start on a word', () => {
    const block = blockFrom([{ member: 1, identifiers: [[1, 2]] }]);
    const bytes = encodeBlock(block, nodePrimitives);
    const moved = new Uint8Array(bytes.length + 1);
    moved.set(bytes, 1);
    const decoded = decodeBlock(moved.subarray(1), nodePrimitives);
    assert(decoded.ok);
    assert.deepEqual(plain(decoded.block), plain(block));
  });

  it('hold operations, whose block can be read alone; a block is no operation', () => {
    fc.assert(
      fc.property(anyOperation, (operation) => {
        const bytes = encodeOperation(operation, nodePrimitives);
        const decoded = decodeOperation(bytes, nodePrimitives);
        assert(decoded.ok);
        assert.deepEqual(plain(decoded.operation.block), plain(operation.block));
        const fallback = { ...decoded.operation.fallback } as unknown as MemberBlock;
        assert.deepEqual(plain(fallback), plain({ ...operation.fallback } as unknown as MemberBlock));
        const alone = decodeBlock(bytes, nodePrimitives);
        assert(alone.ok);
        assert.deepEqual(plain(alone.block), plain(operation.block));
      }),
    );
    const bytes = encodeBlock(emptyBlock, nodePrimitives);
    assert.deepEqual(decodeOperation(bytes, nodePrimitives), { ok: false, fault: 'layout' });
  });

  it('spell rows out when a table of shapes would be too large', () => {
    const rows = Array.from({ length: 400 }, (_, member): ModelRow => {
      const identifiers = Array.from({ length: 9 }, (_, i) => [((member >>> i) & 1) + 1, i] as const);
      return { member, identifiers: member % 50 === 0 ? null : identifiers };
    });
    // Shapes differ in how many identifiers of each type there are and in how many there are in all.
    const shapes = rows.map((row, i): ModelRow => ({
      member: row.member,
      identifiers: row.identifiers && [
        ...row.identifiers,
        ...Array.from({ length: i % 61 }, (_, k) => [3 + (i % 9), k] as const),
      ],
    }));
    const bytes = roundTrip(blockFrom(shapes));
    assert.equal(new DataView(bytes.buffer).getUint32(28, true), 255);
  });

  it('take every width of shapes', () => {
    const widths = [1, 2, 3, 4, 5, 16, 17, 256].map((shapeCount) => {
      const rows = Array.from({ length: 700 }, (_, member): ModelRow => {
        const shape = member % shapeCount;
        const count = 1 + Math.floor(shape / 12);
        return { member, identifiers: Array.from({ length: count }, (_, i) => [(shape % 12) + 1, i]) };
      });
      return new DataView(roundTrip(blockFrom(rows)).buffer).getUint32(28, true);
    });
    assert.deepEqual(widths, [0, 1, 2, 2, 4, 4, 8, 8]);
  });

  it('take at most 41 bytes for a member with an e-mail and every second phone', () => {
    const rows = Array.from({ length: 10_000 }, (_, member): ModelRow => {
      const email = [1, member] as const;
      return { member, identifiers: member % 2 === 0 ? [email] : [email, [2, member]] };
    });
    const size = encodeBlock(blockFrom(rows), nodePrimitives).length / rows.length;
    assert(size <= 40.25, `${size} bytes a member`);
  });

  it('are not made of a malformed block', () => {
    const good = blockFrom([
      { member: 1, identifiers: [[1, 2]] },
      { member: 2, identifiers: null },
    ]);
    const bad: Partial<Record<keyof MemberBlock, unknown>>[] = [
      { rowCount: 1 },
      { memberToken: Uint32Array.of(...wordsFor(1), ...wordsFor(1)) },
      { tombstone: Uint8Array.of(1, 1) },
      { tombstone: Uint8Array.of(0, 0) },
      { tombstone: Uint8Array.of(2, 1) },
      { identifierStart: Uint32Array.of(0, 1) },
      { identifierStart: Uint32Array.of(0, 2, 1) },
      { identifierStart: Uint32Array.of(1, 1, 1) },
      { identifierType: Uint8Array.of(0) },
      { identifierType: Uint8Array.of(13) },
      { identifierType: Uint8Array.of(1, 1) },
      { identifierToken: new Uint32Array(3) },
    ];
    encodeBlock(good, nodePrimitives);
    for (const change of bad) {
      assert.throws(
        () => encodeBlock({ ...good, ...change } as MemberBlock, nodePrimitives),
        /block to encode/,
      );
    }
  });
});
