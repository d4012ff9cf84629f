import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { compareTokens } from '../token/compare.ts';
import type { MemberBlock } from '../types.ts';
import { emptyBlock } from './builder.ts';
import { densityOf, guessGroup, guessRows, seekRow } from './seek.ts';

/** Tokens of which only the first words count, ascending; a spread of 1 is uniform, others are skewed. */
function tokensOf(count: number, spread: number): Uint32Array {
  const tokens = new Uint32Array(count * 4);
  for (let i = 0; i < count; i++) {
    tokens[i * 4] = Math.floor(((i + 0.5) / count) ** spread * (2 ** 32 - 1));
    tokens[i * 4 + 1] = i;
  }
  return tokens;
}

describe('seekRow', () => {
  const spread = fc.constantFrom(1, 1, 4, 0.2);
  const size = fc.integer({ min: 1, max: 3_000 });

  it('finds the first row that is not before a token, from any row and any guess', () => {
    fc.assert(
      fc.property(
        size,
        spread,
        size,
        spread,
        fc.nat(2_999),
        fc.nat(2_999),
        (rows, a, asked, b, from, guess) => {
          const block: MemberBlock = { ...emptyBlock, rowCount: rows, memberToken: tokensOf(rows, a) };
          const tokens = tokensOf(asked, b);
          const index = guess % asked;
          const isReached = (row: number): boolean =>
            compareTokens(block.memberToken, row, tokens, index) >= 0;
          let expected = Math.min(from, rows);
          while (expected < rows && !isReached(expected)) expected += 1;
          assert.equal(seekRow(block, Math.min(from, rows), guess % rows, tokens, index), expected);
        },
      ),
    );
  });

  it('is given good guesses for uniform tokens', () => {
    const block: MemberBlock = { ...emptyBlock, rowCount: 60_000, memberToken: tokensOf(60_000, 1) };
    const tokens = tokensOf(1_000, 1);
    const guesses = new Int32Array(guessGroup);
    guessRows(block, densityOf(block), 0, tokens, 500, 500 + guessGroup, guesses);
    guesses.forEach((guess, i) => assert(Math.abs(guess - (500 + i) * 60) < 100, `row ${guess}`));
  });
});
