import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { nodePrimitives } from '../../platform/primitives.ts';
import { createTokeniser } from '../token/tokeniser.ts';
import { anyBlock, textOf } from './blocks.model.ts';
import { blockFault } from './check-block.ts';
import { rotateBlock } from './rotate-block.ts';

describe('rotateBlock', () => {
  const from = createTokeniser(new Uint8Array(32).fill(1), nodePrimitives);
  const to = createTokeniser(new Uint8Array(32).fill(2), nodePrimitives);

  it('gives a well-formed block that leads back', () => {
    fc.assert(
      fc.property(anyBlock(), (block) => {
        const rotated = rotateBlock(from, to, block);
        assert.equal(blockFault(rotated), null);
        const old = textOf([block]);
        for (const member of textOf([rotated]).keys()) assert(!old.has(member));
        assert.deepEqual(textOf([rotateBlock(to, from, rotated)]), old);
      }),
    );
  });
});
