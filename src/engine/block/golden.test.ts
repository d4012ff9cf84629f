import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';

import { nodePrimitives } from '../../platform/primitives.ts';
import { BitSet } from '../bitmap/bit-set.ts';
import { decodeOrdinalSet, encodeOrdinalSet } from '../bitmap/stored-set.ts';
import { blockFrom, type ModelRow, tokensFor, wordsFor } from './blocks.model.ts';
import { decodeBlock, decodeOperation } from './decode.ts';
import { encodeBlock, encodeOperation } from './encode.ts';

// Stored bytes outlive releases: these files are never written again. A new format version gets new
// files beside them, and the old ones must stay readable.
const rows: readonly ModelRow[] = [
  { member: 1, identifiers: [[1, 1]] },
  { member: 2, identifiers: [[1, 2], [2, 2]] }, // prettier-ignore
  { member: 3, identifiers: null },
  { member: 4, identifiers: [[9, 1], [9, 2], [12, 3]] }, // prettier-ignore
  { member: 5, identifiers: [[1, 5]] },
];
/** No two rows have the same types, so that a table of shapes has no room for them. */
const spelledOut: readonly ModelRow[] = Array.from({ length: 260 }, (_, member) => ({
  member,
  identifiers: Array.from({ length: 9 }, (_, i) => [i + 1, i] as const)
    .filter(([code]) => code === 9 || ((member >>> (code - 1)) & 1) === 1 || member >= 256)
    .concat(Array.from({ length: Math.max(0, member - 255) }, (_, i) => [10, i] as const)),
}));
const ordinals = new BitSet(200_000);
for (let ordinal = 0; ordinal < 66_000; ordinal += 3) ordinals.add(ordinal);
ordinals.add(199_999);

const fallback = {
  entryCount: 2,
  memberToken: Uint32Array.of(...wordsFor(3), 0, 0, 0, 0),
  hasMember: Uint8Array.of(1, 0),
  identifierStart: Uint32Array.of(0, 1, 3),
  identifierType: Uint8Array.of(1, 2, 3),
  identifierToken: tokensFor([7, 8, 9]),
};

interface Golden {
  readonly name: string;
  readonly encoded: Uint8Array;
  readonly accepts: (bytes: Uint8Array) => boolean;
  /** Tries each n-th bit only: a large file has too many for every run. */
  readonly bitStep: number;
}
const block = (bytes: Uint8Array): boolean => decodeBlock(bytes, nodePrimitives).ok;
const goldens: readonly Golden[] = [
  {
    name: 'member-block-v1.bin',
    encoded: encodeBlock(blockFrom(rows), nodePrimitives),
    accepts: block,
    bitStep: 1,
  },
  {
    name: 'member-block-spelled-out-v1.bin',
    encoded: encodeBlock(blockFrom(spelledOut), nodePrimitives),
    accepts: block,
    bitStep: 7,
  },
  {
    name: 'audience-operation-v1.bin',
    encoded: encodeOperation({ block: blockFrom(rows), fallback }, nodePrimitives),
    accepts: (bytes) => decodeOperation(bytes, nodePrimitives).ok || block(bytes),
    bitStep: 1,
  },
  {
    name: 'ordinal-set-v1.bin',
    encoded: encodeOrdinalSet(ordinals, nodePrimitives),
    accepts: (bytes) => decodeOrdinalSet(bytes, nodePrimitives, 200_000).ok,
    bitStep: 29,
  },
];

for (const { name, encoded, accepts, bitStep } of goldens) {
  const path = fileURLToPath(new URL(`../../../test/golden/${name}`, import.meta.url));
  describe(name, () => {
    if (process.env.ROLLCALL_WRITE_GOLDEN === '1' && !existsSync(path)) writeFileSync(path, encoded);

    it('holds the bytes that we write, and they are read', () => {
      const golden = new Uint8Array(readFileSync(path));
      assert(golden.length > 64);
      assert.deepEqual(encoded, golden);
      assert(accepts(golden));
    });

    it('is refused with any bit flipped', () => {
      const golden = new Uint8Array(readFileSync(path));
      for (let bit = 0; bit < golden.length * 8; bit += bitStep) {
        golden[bit >>> 3]! ^= 1 << (bit & 7);
        assert.equal(accepts(golden), false, `bit ${bit}`);
        golden[bit >>> 3]! ^= 1 << (bit & 7);
      }
    });

    it('is refused when cut short or followed by anything', () => {
      const golden = new Uint8Array(readFileSync(path));
      for (let length = 0; length < golden.length; length += bitStep) {
        assert.equal(accepts(golden.slice(0, length)), false, `${length} bytes`);
      }
      for (const more of [1, 4, 16]) {
        const longer = new Uint8Array(golden.length + more);
        longer.set(golden);
        assert.equal(accepts(longer), false, `${more} bytes more`);
      }
    });
  });
}
