import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = 'docs/reference/requirements.md';

/** The rules that must have a test. A rule is taken off this list only when it is taken out of the product. */
const rules = [
  ...Array.from({ length: 11 }, (_, i) => `4.${i + 1}`),
  ...['counts', 'status', 'inline', 'idempotency', 'context', 'versions'].map((name) => `4 ${name}`),
  ...['graph', 'identifiers', 'matched set', 'at rest'].map((name) => `5 ${name}`),
  'bad input',
  ...[
    'sync',
    'counts',
    'tasks',
    'lists',
    'limits',
    'repeats',
    'refusals',
    'isolation',
    'contract',
    'page',
  ].map((name) => `rest ${name}`),
];

type Files = ReadonlyMap<string, string>;

/** The cells of each row below a heading. */
function rowsBelow(text: string, heading: string): readonly (readonly string[])[] {
  const [, part = ''] = text.split(`\n## ${heading}\n`);
  const lines = part
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) =>
    line
      .slice(1, line.lastIndexOf('|'))
      .split(' | ')
      .map((cell) => cell.trim()),
  );
}

/** Names of tests: the first argument of `test`, `it` and `describe`, as it is written. */
function testNames(source: string): readonly string[] {
  const pattern = /\b(?:test|it|describe)\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gsu;
  return [...source.matchAll(pattern)].map(([, , name]) => name!.replaceAll(/\\(.)/g, '$1'));
}

/** What is wrong between the rules, the page and the tests; one sentence each. */
function findings(known: readonly string[], text: string, files: Files): string[] {
  const found: string[] = [];
  const described = rowsBelow(text, 'Rules').map(([rule]) => rule!);
  const rows = rowsBelow(text, 'Tests').map(([rule, file, name]) => ({
    rule: rule!,
    file: (file ?? '').replaceAll('`', ''),
    name: name ?? '',
  }));
  for (const rule of known) {
    if (!described.includes(rule)) found.push(`The page does not describe rule ${rule}.`);
    if (!rows.some((row) => row.rule === rule)) found.push(`Rule ${rule} has no test.`);
  }
  for (const rule of new Set([...described, ...rows.map((row) => row.rule)])) {
    if (!known.includes(rule)) found.push(`The page names the unknown rule ${rule}.`);
  }
  for (const { file, name } of rows) {
    const names = testNames(files.get(file) ?? '');
    if (!names.some((one) => one.startsWith(name))) found.push(`${file} has no test "${name}".`);
  }
  for (const [file, source] of files) {
    for (const name of testNames(source)) {
      const cited = /^contract ([^:]+): /.exec(name)?.[1];
      if (cited === undefined) continue;
      if (!known.includes(cited)) found.push(`${file} cites the unknown rule ${cited}.`);
      const isListed = rows.some((row) => row.rule === cited && row.file === file && row.name === name);
      if (!isListed) found.push(`The page does not list "${name}".`);
    }
  }
  return found;
}

/** Every test file of the repository but this one, whose examples cite rules that do not exist. */
function testFiles(): Files {
  const files = new Map<string, string>();
  for (const folder of ['test', 'src']) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      const path = `${folder}/${name.replaceAll('\\', '/')}`;
      if (!path.endsWith('.test.ts') || path.endsWith('/requirements.test.ts')) continue;
      files.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
  return files;
}

test('every rule of the contract has a test that cites it, and every citation names a rule', () => {
  const files = testFiles();
  assert.ok(files.size > 20, 'the tests were found');
  const text = readFileSync(join(root, page), 'utf8');
  assert.ok(rowsBelow(text, 'Tests').length > rules.length, 'the page was read');
  assert.deepEqual(findings(rules, text, files), []);
});

test('the check finds what it is for', () => {
  const text = [
    '## Rules',
    '| rule | says |',
    '| --- | --- |',
    '| 4.1 | a |',
    '| 9.9 | b |',
    '## Tests',
    '| rule | file | name |',
    '| --- | --- | --- |',
    '| 4.1 | `a.test.ts` | contract 4.1: it’s kept |',
    '| 4.1 | `a.test.ts` | contract 4.1: gone |',
  ].join('\n');
  const source = "test('contract 4.1: it’s kept', f);\ntest(\n  'contract 7: new', f);";
  assert.deepEqual(findings(['4.1', '4.2'], `\n${text}`, new Map([['a.test.ts', source]])), [
    'The page does not describe rule 4.2.',
    'Rule 4.2 has no test.',
    'The page names the unknown rule 9.9.',
    'a.test.ts has no test "contract 4.1: gone".',
    'a.test.ts cites the unknown rule 7.',
    'The page does not list "contract 7: new".',
  ]);
});
