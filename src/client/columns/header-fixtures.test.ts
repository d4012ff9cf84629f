import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ColumnKind } from './kinds.ts';
import { headerFixtures } from './testing/header-fixtures.ts';
import type { HeaderFixture } from './testing/header-fixtures.ts';
import { understandColumns } from './understand-columns.ts';

const precisionMin = 0.98;
const recallMin = 0.95;

interface Judged {
  readonly where: string;
  readonly expected: ColumnKind;
  readonly found: ColumnKind;
}

const judge = (fixture: HeaderFixture): Judged[] =>
  understandColumns(fixture.header, fixture.rows, new Map()).columns.map((column, index) => ({
    where: `${fixture.name}: ${column.name}`,
    expected: fixture.expected[index]!,
    found: column.kind,
  }));

test('columns of 200 files are taken for what they are', (context) => {
  const judged = headerFixtures.flatMap(judge);
  const wanted = judged.filter(({ expected }) => expected !== 'ignore');
  const taken = judged.filter(({ found }) => found !== 'ignore');
  const hits = wanted.filter(({ expected, found }) => found === expected);
  const misses = judged.filter(({ expected, found }) => found !== expected);
  const precision = hits.length / taken.length;
  const recall = hits.length / wanted.length;
  const figures = `precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}`;
  const size = `${headerFixtures.length} files, ${wanted.length} columns to take, ${judged.length - wanted.length} to leave`;
  context.diagnostic(`${figures}; ${size}`);
  const list = misses.map(({ where, expected, found }) => `  ${where}: ${found}, not ${expected}`).join('\n');
  assert.ok(precision >= precisionMin && recall >= recallMin, `${figures}\n${list}`);
});

test('the fixtures are as many and as nasty as they claim', () => {
  assert.ok(headerFixtures.length >= 200, `${headerFixtures.length} files`);
  assert.equal(new Set(headerFixtures.map(({ name }) => name)).size, headerFixtures.length);
  for (const { name, header, rows, expected } of headerFixtures) {
    assert.equal(header.length, expected.length, name);
    assert.ok(rows.length >= 3 && rows.length <= 5, name);
  }
});
