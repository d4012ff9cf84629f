/** The arithmetic of docs/scale.md: `npm run reference` writes it, cli.test.ts compares; here it is done once more by hand. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { scaleText, short, type ScaleFigures } from '../../scripts/tidy/scale-plan.ts';

const root = new URL('../../', import.meta.url);
const textAt = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const figures = JSON.parse(textAt('docs/internals/scale-figures.json')) as ScaleFigures;

/** `a × b = c`, as it stands in a line: numbers with their units. */
function factorsOf(line: string): readonly [number, number, number] | null {
  const found = /([\d,.]+)(?:\/s)? × ([\d,.]+) (?:B|ns) = \**([\d,.]+) (\w+)/.exec(line);
  if (found === null) return null;
  const [, a = '', b = '', c = '', unit = ''] = found;
  const number = (text: string): number => Number(text.replaceAll(',', ''));
  const sizes: Readonly<Record<string, number>> = {
    ...{ B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 },
    ...{ s: 1e9, min: 60e9, h: 3_600e9, days: 86_400e9 },
  };
  return [number(a), number(b), number(c) * (sizes[unit] ?? Number.NaN)];
}

/** Three digits are shown of each factor. */
const isProduct = ([a, b, c]: readonly [number, number, number]): boolean => Math.abs(a * b - c) <= 0.02 * c;

test('every product on the page is one', () => {
  const products = textAt('docs/scale.md')
    .split('\n')
    .map(factorsOf)
    .filter((one) => one !== null);
  assert.ok(products.length >= 20, `${products.length} products`);
  assert.deepEqual(
    products.filter((one) => !isProduct(one)),
    [],
  );
  assert.ok(!isProduct([1e9, 75, 7.51e12]), 'a slip of a hundred is found');
});

test('a line moves with the figure that it is made of', () => {
  const twice = { ...figures.postgresBytesPerMember, value: figures.postgresBytesPerMember.value * 2 };
  const changed = scaleText({ ...figures, postgresBytesPerMember: twice });
  assert.match(changed, new RegExp(`1,000,000,000 × ${short(twice.value)} B`));
  assert.notEqual(changed, scaleText(figures));
});

test('every figure says where it was seen, in a file that is there', () => {
  for (const { seen, value } of Object.values(
    figures as unknown as Record<string, { seen: string; value: number }>,
  )) {
    assert.ok(textAt(seen.split(',', 1)[0]!).length > 0);
    assert.ok(value > 0);
  }
});
