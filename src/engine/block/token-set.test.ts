import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { nameOf, tokensFor } from './blocks.model.ts';
import { sortRowsByToken } from './sort-tokens.ts';
import { createTokenSet } from './token-set.ts';

const tokens = fc.oneof(
  fc.array(fc.nat(300), { maxLength: 400 }).map(tokensFor),
  fc
    .array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(1), fc.nat(1)), { maxLength: 60 })
    .map((list) => Uint32Array.from(list.flat())),
);
const namesOf = (list: Uint32Array): string[] =>
  Array.from({ length: list.length / 4 }, (_, i) => nameOf(list, i));

describe('createTokenSet', () => {
  it('has what was put in and nothing else', () => {
    fc.assert(
      fc.property(tokens, tokens, (held, asked) => {
        const names = new Set(namesOf(held));
        const set = createTokenSet(held, held.length / 4);
        assert.equal(set.size, names.size);
        namesOf(asked).forEach((name, i) => assert.equal(set.has(asked, i), names.has(name)));
        namesOf(held).forEach((_, i) => assert(set.has(held, i)));
      }),
    );
  });
});

describe('sortRowsByToken', () => {
  it('sorts as the comparison says and keeps the order of equals', () => {
    fc.assert(
      fc.property(tokens, fc.infiniteStream(fc.boolean()), (list, chosen) => {
        const names = namesOf(list);
        const rows = [...names.keys()].filter(() => chosen.next().value);
        const expected = rows.toSorted((a, b) =>
          names[a]! < names[b]! ? -1 : names[a]! > names[b]! ? 1 : 0,
        );
        assert.deepEqual([...sortRowsByToken(list, Uint32Array.from(rows))], expected);
      }),
    );
  });
});
