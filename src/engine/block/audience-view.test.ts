import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import type { MemberBlock } from '../types.ts';
import { createAudienceView } from './audience-view.ts';
import { anyBlock, blockFrom, cut, mergeModel, nameOf, rowText, tokensFor } from './blocks.model.ts';

const runs = process.env.ROLLCALL_LONG === '1' ? 20_000 : 300;
const layers = fc
  .array(fc.tuple(anyBlock(), fc.integer({ min: 1, max: 12 })), { maxLength: 5 })
  .map((given) => given.map(([block, size]) => cut(block, size)));

/** Tokens of the members asked for, ascending. */
function sortedTokens(members: readonly number[]): Uint32Array {
  return blockFrom(members.map((member) => ({ member, identifiers: null }))).memberToken;
}

describe('AudienceView', () => {
  it('finds the newest row of each member, and no removed one', () => {
    fc.assert(
      fc.property(layers, fc.array(fc.nat(60)), (newestFirst, members) => {
        const view = createAudienceView(newestFirst);
        const live = mergeModel(newestFirst, true);
        const tokens = sortedTokens(members);
        const places = view.lookup(tokens, tokens.length / 4);
        for (let i = 0; i < tokens.length / 4; i++) {
          const expected = live.get(nameOf(tokens, i));
          const place = places.piece[i]!;
          const found = place < 0 ? undefined : rowText(view.pieces[place]!, places.row[i]!);
          assert.equal(found, expected);
        }
      }),
      { numRuns: runs },
    );
  });

  it('visits every member once, in the order of tokens', () => {
    fc.assert(
      fc.property(layers, (newestFirst) => {
        const seen: [string, string][] = [];
        createAudienceView(newestFirst).forEachLive((piece, first, end) => {
          for (let row = first; row < end; row++) {
            seen.push([nameOf(piece.memberToken, row), rowText(piece, row)]);
          }
        });
        assert.deepEqual(seen, [...mergeModel(newestFirst, true)]);
      }),
      { numRuns: runs },
    );
  });

  it('finds the live members that hold an identifier', () => {
    const identifiers = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(6)), { maxLength: 5 });
    fc.assert(
      fc.property(layers, identifiers, (newestFirst, wanted) => {
        const tokens = tokensFor(wanted.map(([code, value]) => code * 1000 + value));
        const names = wanted.map((_, i) => nameOf(tokens, i));
        const expected = [...mergeModel(newestFirst, true)]
          .filter(([, text]) => names.some((name) => text.includes(name)))
          .map(([member]) => member);
        const holders = createAudienceView(newestFirst).membersHolding(tokens, wanted.length);
        assert.deepEqual(
          Array.from({ length: holders.length / 4 }, (_, i) => nameOf(holders, i)),
          expected,
        );
      }),
      { numRuns: runs },
    );
  });

  it('finds tokens however they are spread', () => {
    const words = fc.array(fc.tuple(fc.constantFrom(0, 1, 5, 2 ** 31, 2 ** 32 - 1), fc.nat(3), fc.nat(3)), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(words, words, (held, asked) => {
        const blockOf = (list: typeof held): MemberBlock => {
          const distinct = [...new Map(list.map((token) => [token.join(), token])).values()];
          distinct.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
          const memberToken = Uint32Array.from(distinct.flatMap(([a, b, c]) => [a, b, 0, c]));
          return {
            rowCount: distinct.length,
            memberToken,
            tombstone: new Uint8Array(distinct.length),
            identifierStart: Uint32Array.from({ length: distinct.length + 1 }, (_, i) => i),
            identifierType: new Uint8Array(distinct.length).fill(1),
            identifierToken: memberToken,
          };
        };
        const block = blockOf(held);
        const { memberToken: tokens, rowCount } = blockOf(asked);
        const places = createAudienceView([[block]]).lookup(tokens, rowCount);
        const rowOf = new Map(
          Array.from({ length: block.rowCount }, (_, i) => [nameOf(block.memberToken, i), i]),
        );
        for (let i = 0; i < rowCount; i++) {
          const expected = rowOf.get(nameOf(tokens, i));
          assert.equal(places.piece[i]! < 0 ? undefined : places.row[i], expected);
        }
      }),
    );
  });

  it('refuses tokens that do not ascend', () => {
    const view = createAudienceView([]);
    assert.throws(() => view.lookup(tokensFor([1, 1]), 2), /ascend/);
  });
});

describe('look-ups of few and of many', () => {
  it('find the same places as asking for one member at a time, whichever way they go', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 400 }),
        fc.nat(6),
        (stored, asked, step) => {
          const members = Array.from({ length: stored }, (_, i) => i * (step + 1));
          const block = blockFrom(members.map((member) => ({ member, identifiers: [[1, 1]] as const })));
          const view = createAudienceView([[block]]);
          const tokens = sortedTokens(Array.from({ length: asked }, (_, i) => i));
          const together = view.lookup(tokens, asked);
          for (let i = 0; i < asked; i++) {
            const alone = view.lookup(tokens.subarray(i * 4, i * 4 + 4), 1);
            assert.equal(together.piece[i], alone.piece[0]);
            if (alone.piece[0]! >= 0) assert.equal(together.row[i], alone.row[0]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
