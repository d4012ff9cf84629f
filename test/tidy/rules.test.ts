import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { bans, checkBans } from '../../scripts/tidy/banned.ts';
import { checkLayers, isTest, layerOf, layers } from '../../scripts/tidy/layers.ts';
import { checkReach } from '../../scripts/tidy/reach.ts';
import { checkFileLines, checkFunctionLines } from '../../scripts/tidy/size.ts';
import { readSources, readTexts } from '../../scripts/tidy/tree.ts';

/** What a rule says about one planted file. */
const layerFindings = (path: string, text: string, more: Record<string, string> = {}) =>
  checkLayers(new Map(Object.entries({ [path]: text, ...more }))).findings.map(({ say }) => say);
const banFindings = (path: string, text: string) =>
  checkBans(new Map([[path, text]])).findings.map(({ say }) => say);

test('layers: an import upwards is found, one downwards is not', () => {
  const up = layerFindings('src/engine/x.ts', `import { a } from '../service/a.ts';`);
  assert.deepEqual(up, ['engine may not import service (../service/a.ts)']);
  assert.deepEqual(layerFindings('src/service/x.ts', `import { a } from '../engine/a.ts';`), []);
  assert.equal(layerFindings('src/protocol/mcp/x.ts', `import '../rest/a.ts';`).length, 1);
  assert.deepEqual(layerFindings('src/protocol/mcp/x.ts', `import '../adcp/a.ts';`), []);
  assert.equal(layerFindings('src/store/x.ts', `const a = () => import('../server/a.ts');`).length, 1);
  assert.equal(layerFindings('src/store/x.ts', `new URL('../server/a.ts', import.meta.url)`).length, 1);
});

test('layers: built-in modules only where they belong', () => {
  assert.equal(layerFindings('src/engine/x.ts', `import { a } from 'node:fs';`).length, 1);
  assert.equal(layerFindings('src/base/x.ts', `import { a } from 'node:crypto';`).length, 1);
  assert.equal(layerFindings('src/server/x.ts', `import { a } from 'node:sqlite';`).length, 1);
  assert.deepEqual(layerFindings('src/store/x.ts', `import { a } from 'node:sqlite';`), []);
  assert.deepEqual(layerFindings('src/engine/x.test.ts', `import { a } from 'node:test';`), []);
});

test('layers: a folder outside the design, an import out of src, and test code in the product', () => {
  assert.deepEqual(layerFindings('src/utils/x.ts', ''), ['lies in no layer']);
  assert.deepEqual(layerFindings('src/x.ts', ''), ['lies in no layer']);
  assert.equal(layerFindings('src/engine/x.ts', `import '../../bench/a.ts';`).length, 1);
  assert.equal(layerFindings('src/engine/x.ts', `import './y.model.ts';`).length, 1);
  assert.deepEqual(layerFindings('src/engine/x.test.ts', `import './y.model.ts';`), []);
  assert.equal(isTest('src/engine/model.ts'), true);
  assert.equal(isTest('src/engine/modelling.ts'), false);
  assert.equal(layerOf('src/protocol/adcp/x.ts'), 'protocol/adcp');
});

test('layers: the table has no cycle, and every layer that exists is in it', () => {
  for (const [layer, below] of Object.entries(layers)) {
    for (const other of below) assert.ok(!layers[other]?.includes(layer), `${layer} and ${other}`);
  }
});

test('layers: ARCHITECTURE.md names every layer', () => {
  const text = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');
  for (const layer of Object.keys(layers)) assert.ok(text.includes(`\`${layer}\``), layer);
});

/** Built from pieces, so that this file does not break the rules that it plants violations of. */
const planted: readonly [path: string, text: string, allowed: boolean][] = [
  ['src/service/x.ts', 'const a = Date.now();', false],
  ['src/service/x.ts', 'const a = Math.random();', false],
  ['src/service/x.ts', 'const a = performance.now();', false],
  ['src/service/x.ts', 'const a = new Date();', false],
  ['src/service/x.ts', 'const a = new Date(1);', true],
  ['src/platform/x.ts', 'const a = Date.now();', true],
  ['src/service/x.test.ts', 'const a = Date.now();', true],
  ['src/service/x.ts', '// Date.now() would be wrong here', true],
  ['src/engine/x.ts', 'export async function a() {}', false],
  ['src/engine/x.ts', 'const a: Promise<void> = b;', false],
  ['src/base/x.ts', `const a: ${'an'}y = 1;`, false],
  ['src/base/x.ts', `const a = b as ${'an'}y;`, false],
  ['src/base/x.ts', `const a: Array<${'an'}y> = [];`, false],
  ['src/base/x.ts', 'const any = 1;', true],
  ['src/base/x.ts', `// ${'TO'}${'DO'} later`, false],
  ['docs/x.md', `${'FIX'}${'ME'}`, false],
  ['src/base/x.ts', `// ${'@ts-'}ignore`, false],
  ['docs/x.md', `see ${'/wo'}rk/main`, false],
  ['src/base/x.ts', `// ${'iss'}ue 12 asked for it`, false],
  ['src/base/x.ts', 'enum A { B }', false],
  ['src/server/x.ts', `new Worker(new URL('./y.ts', import.meta.url))`, false],
  ['test/x.test.ts', `test.${'skip'}('x', () => {});`, false],
];

test('bans: every planted violation is found, and nothing else', () => {
  for (const [path, text, allowed] of planted) {
    assert.equal(banFindings(path, text).length, allowed ? 0 : 1, `${path}: ${text}`);
  }
});

test('bans: each has a planted violation', () => {
  const found = planted.flatMap(([path, text]) => banFindings(path, text));
  for (const ban of bans)
    assert.ok(
      found.some((say) => say.endsWith(ban.say)),
      ban.say,
    );
});

test('reach: a file that nobody imports is found; workers and lazy imports count as reached', () => {
  const tree = new Map([
    ['src/cli/main.ts', `import './a.ts'; const b = () => import('./b.ts'); workerUrl('c', import.meta.url)`],
    ['src/cli/a.ts', ''],
    ['src/cli/b.ts', `import './missing.ts'`],
    ['src/cli/c.ts', ''],
    ['src/cli/dead.ts', `import './a.ts'`],
  ]);
  const { findings, looked } = checkReach(tree, () => false);
  assert.deepEqual(findings.map(({ path }) => path).sort(), ['src/cli/b.ts', 'src/cli/dead.ts']);
  assert.equal(looked, 4);
});

test('size: over the limit is found, an exception allows it up to its number, and a needless one is found', () => {
  const tree = new Map([['src/a.ts', 'x\n'.repeat(401)]]);
  const exception = { rule: 'file-lines', path: 'src/a.ts', lines: 401, reason: 'a test' } as const;
  assert.equal(checkFileLines(tree, []).length, 1);
  assert.equal(checkFileLines(tree, [exception]).length, 0);
  assert.equal(checkFileLines(tree, [{ ...exception, lines: 400 }]).length, 1);
  assert.equal(checkFileLines(new Map([['src/a.ts', 'x\n'.repeat(400)]]), [exception]).length, 1);
  const long = [{ path: 'src/a.ts', name: 'f', lines: 61 }];
  assert.equal(checkFunctionLines(long, []).length, 1);
  assert.equal(
    checkFunctionLines(long, [{ ...exception, rule: 'function-lines', name: 'f', lines: 61 }]).length,
    0,
  );
});

test('the readers see the real tree', () => {
  const sources = readSources();
  assert.ok(sources.has('src/base/assert.ts') && sources.has('test/tidy/rules.test.ts'));
  assert.ok(![...sources.keys()].some((path) => path.includes('node_modules')));
  assert.ok(readTexts().has('README.md'));
});
