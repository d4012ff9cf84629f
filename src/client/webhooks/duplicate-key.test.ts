import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { hasDuplicateKey } from './duplicate-key.ts';

/** A JSON value whose objects are lists of pairs, so that a key can stand there twice. */
type Tree =
  | { readonly pairs: readonly (readonly [string, Tree])[] }
  | { readonly items: readonly Tree[] }
  | string
  | number
  | null;

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.string({ unit: fc.constantFrom('a', '"', '\\', '{', '}', '[', ',', ':', 'é', '\n') }),
      fc.integer(),
      fc.constant(null),
    ),
    fc.record({ items: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({
      pairs: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'é', '"', '\\', '{"a":'), tie('tree')), {
        maxLength: 3,
      }),
    }),
  ),
}));

/** Some keys are written with escapes: they are the same keys. */
const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll('é', '\\u00e9').replaceAll('b', '\\u0062');

function write(value: Tree, space: string): string {
  if (value === null || typeof value === 'number') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if ('items' in value) return `[${value.items.map((one) => write(one, space)).join(`${space},${space}`)}]`;
  const key = (name: string, at: number): string => (at % 2 === 0 ? JSON.stringify(name) : quoted(name));
  return `{${space}${value.pairs.map(([name, one], at) => `${key(name, at)}${space}:${space}${write(one, space)}`).join(',')}}`;
}

function repeats(value: Tree): boolean {
  if (value === null || typeof value !== 'object') return false;
  if ('items' in value) return value.items.some(repeats);
  const names = value.pairs.map(([name]) => name);
  return new Set(names).size < names.length || value.pairs.some(([, one]) => repeats(one));
}

test('finds a key that is there twice, however it is written, and no other', () => {
  let found = 0;
  fc.assert(
    fc.property(tree, fc.constantFrom('', ' ', '\n\t'), (value, space) => {
      const text = write(value, space);
      JSON.parse(text);
      const expected = repeats(value);
      if (expected) found += 1;
      assert.equal(hasDuplicateKey(text), expected, text);
    }),
    { numRuns: 2_000 },
  );
  assert.ok(found > 20, `${found} with a key twice`);
});

test('what is nested too deeply is not trusted', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  assert.deepEqual([hasDuplicateKey(nested(64)), hasDuplicateKey(nested(65))], [false, true]);
});
