import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../../scripts/tidy/tree.ts';

import { brokenShown, type Proof } from './proof.ts';
import { proofs } from './proofs.ts';
import { entryOf, pageOf, readEntries, withTable } from './report.ts';

const example: Proof = {
  name: 'example',
  promise: 'Nothing happens.',
  unit: 'tries',
  shortCount: 1,
  longCount: 2,
  run: async ({ count }) => ({ tried: count, figures: { acknowledged: 1_234 }, broken: [] }),
  planted: [],
};

test('proofs have names of their own, longer long runs, and faults to find', () => {
  assert.equal(new Set(proofs.map(({ name }) => name)).size, proofs.length);
  for (const { name, shortCount, longCount, planted } of proofs) {
    assert.match(name, /^[a-z-]+$/);
    assert.ok(shortCount > 0 && shortCount < longCount, name);
    assert.ok(planted.length > 0, name);
  }
});

test('the page says what broke, what was blind, and how to see it again', async () => {
  const result = await example.run({ count: 2_000, seed: 7, say: () => {} });
  const planted = [
    { name: 'a blind eye', tried: 3, found: 0 },
    { name: 'a loud one', tried: 3, found: 2 },
  ];
  const broken = Array.from({ length: brokenShown }, (_, at) => `way ${at}`);
  const page = pageOf([
    entryOf(example, { seed: 7, seconds: 61.4, result: { ...result, broken }, planted }),
    { ...entryOf(example, { seed: 7, seconds: 1, result, planted: [] }), name: 'another' },
  ]);
  assert.ok(page.indexOf('## another') < page.indexOf('## example'), 'in the order of names');
  assert.match(page, /- tries: 2,000\n- broken: 20\n- acknowledged: 1,234/);
  assert.match(page, /planted fault: a blind eye: \*\*not found\*\*/);
  assert.match(page, /planted fault: a loud one: found \(2 times in 3\)/);
  assert.match(page, /- broken: way 19/);
  assert.match(page, /npm run prove -- --only example --count 2000 --seed 7/);
});

test('the pages say what the kept long runs saw, and that nothing broke', () => {
  const entries = readEntries(join(root, 'docs', 'internals', 'proof'));
  const read = (...path: readonly string[]): string => readFileSync(join(root, 'docs', ...path), 'utf8');
  assert.ok(entries.length >= 4, 'long runs are kept');
  assert.equal(read('internals', 'proof.md'), pageOf(entries));
  assert.equal(read('reliability.md'), withTable(read('reliability.md'), entries));
  const known = new Map(proofs.map((proof) => [proof.name, proof]));
  for (const { name, promise, broken, planted } of entries) {
    const proof = known.get(name) ?? assert.fail(`there is no suite ${name} any more`);
    assert.deepEqual([promise, broken], [proof.promise, []], name);
    assert.ok(planted.length === proof.planted.length && planted.every(({ found }) => found > 0), name);
  }
});
