import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { longFunctions, runLint } from '../../scripts/tidy/tools.ts';

/** A project of its own, so that nothing planted here can disturb a check of the real tree. */
const folder = mkdtempSync(join(tmpdir(), 'rollcall-canary-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

put(
  'tsconfig.json',
  JSON.stringify({
    compilerOptions: {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      allowImportingTsExtensions: true,
      types: [],
    },
  }),
);
put('package.json', '{ "type": "module" }');

/** What the linter must say about each planted line, when the rest of the file is clean. */
const canaries: readonly [rule: string, text: string][] = [
  ['typescript(no-floating-promises)', `async function f() {}\nf();\nexport {};`],
  [
    'typescript(switch-exhaustiveness-check)',
    `export function f(a: 'x' | 'y') {\n  switch (a) {\n    case 'x':\n      return 1;\n  }\n  return 2;\n}`,
  ],
  ['typescript(no-explicit-any)', `export const a: ${'an'}y = 1;`],
  ['typescript(await-thenable)', `export async function f() {\n  await 1;\n}`],
  ['typescript(only-throw-error)', `export function f() {\n  throw 'x';\n}`],
  ['typescript(no-unsafe-member-access)', `export const a = (JSON.parse('{}')).b === 1;`],
  ['typescript(consistent-type-imports)', `import { A } from './clean.ts';\nexport const a: A = 1;`],
  ['eslint(eqeqeq)', `export const f = (a: number) => a == 1;`],
  ['eslint(no-var)', `export var a = 1;`],
];

test('a clean file passes, so that the canaries below mean something', async () => {
  put('clean.ts', 'export type A = number;\nexport const a: A = 1;\n');
  const { ok, output } = await runLint(folder, ['clean.ts']);
  assert.ok(ok, output);
  assert.match(output, /on 1 file with \d+ rules/);
});

test('every rule that we rely on fires', async () => {
  for (const [index, [, text]] of canaries.entries()) put(`canary-${index}.ts`, `${text}\n`);
  const { ok, output } = await runLint(
    folder,
    canaries.map((_, index) => `canary-${index}.ts`),
  );
  assert.equal(ok, false);
  for (const [index, [rule]] of canaries.entries()) {
    const said = output.split(/\n(?= {2}x )/).filter((part) => part.includes(`canary-${index}.ts`));
    assert.ok(
      said.some((part) => part.includes(rule)),
      `${rule} did not fire:\n${output}`,
    );
  }
});

test('cycles of imports are found', async () => {
  put('one.ts', `import { two } from './two.ts';\nexport const one = (): number => two();\n`);
  put('two.ts', `import { one } from './one.ts';\nexport const two = (): number => one();\n`);
  const { ok, output } = await runLint(folder, ['one.ts', 'two.ts']);
  assert.equal(ok, false);
  assert.match(output, /import\(no-cycle\)/);
});

test('functions are measured', async () => {
  put('long.ts', `export function long(): void {\n${'  void 0;\n'.repeat(10)}}\n`);
  const { fileCount, long } = await longFunctions(['long.ts'], 11, folder);
  assert.equal(fileCount, 1);
  assert.deepEqual(long, [{ path: 'long.ts', name: 'long', lines: 12 }]);
  assert.deepEqual((await longFunctions(['long.ts'], 12, folder)).long, []);
});
