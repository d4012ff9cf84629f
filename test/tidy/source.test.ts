import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { blank, referencesOf, resolveReference } from '../../scripts/tidy/source.ts';
import { readSources } from '../../scripts/tidy/tree.ts';

const without = (text: string) => blank(text, { strings: true });

test('comments and strings are blanked, code stays in its place', () => {
  const cases: [string, string][] = [
    ['a // b', 'a     '],
    ['a /* b\nc */ d', 'a     \n     d'],
    [`x = 'a // b';`, `x = '      ';`],
    [`x = "it's"; y`, `x = "    "; y`],
    [`x = 'don\\'t'; y`, `x = '      '; y`],
    ['x = `a ${b + `c ${d} e`} f`; g', 'x = `  ${b + `  ${d}  `}  `; g'],
    ['x = `a ${ { k: 1 }.k } b`; c', 'x = `  ${ { k: 1 }.k }  `; c'],
    ['x = a / b / c;', 'x = a / b / c;'],
    [`x = /['"/]/.test(y); z`, 'x = /     /.test(y); z'],
    ["return /[/]'/; a", 'return /    /; a'],
  ];
  for (const [text, expected] of cases) assert.equal(without(text), expected, text);
});

test('length and lines never change', () => {
  const piece = fc.constantFrom(
    "'",
    '"',
    '`',
    '${',
    '}',
    '{',
    '/',
    '//',
    '/*',
    '*/',
    '\\',
    '\n',
    'a',
    ' ',
    '=',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      const out = without(text);
      assert.equal(out.length, text.length);
      assert.equal(out.split('\n').length, text.split('\n').length);
    }),
  );
});

test('every kind of import is found, with its line; quoted and commented ones are not', () => {
  const text = [
    `import a from './a.ts';`,
    `import type { B } from '../b.ts';`,
    `import {\n  c,\n  d,\n} from './c.ts';`,
    `export { e } from './e.ts';`,
    `export * from './f.ts';`,
    `import './g.ts';`,
    `const h = () => import('./h.ts');`,
    `new Worker(new URL('./i.ts', import.meta.url));`,
    `workerUrl('j', import.meta.url); new URL('k.ts', import.meta.url);`,
    `// import './no.ts';`,
    `const k = "import './no.ts';";`,
    'const l = `import("./no.ts")`;',
    `export const m = './no.ts';`,
  ].join('\n');
  assert.deepEqual(
    referencesOf(text)
      .map(({ to, line }) => `${line} ${to}`)
      .sort((a, b) => Number.parseInt(a) - Number.parseInt(b)),
    [
      '1 ./a.ts',
      '2 ../b.ts',
      '3 ./c.ts',
      '7 ./e.ts',
      '8 ./f.ts',
      '9 ./g.ts',
      '10 ./h.ts',
      '11 ./i.ts',
      '12 ./k.ts',
      '12 ./j.ts',
    ],
  );
});

test('relative references become paths from the root', () => {
  assert.equal(resolveReference('src/a/b.ts', './c.ts'), 'src/a/c.ts');
  assert.equal(resolveReference('src/a/b.ts', '../../package.json'), 'package.json');
  assert.equal(resolveReference('src/a/b.ts', 'node:fs'), null);
});

test('the finder sees at least as many imports in the real tree as lines that begin with import', () => {
  let lines = 0;
  let found = 0;
  for (const text of readSources().values()) {
    lines += [...text.matchAll(/^import .* from '/gm)].length;
    found += referencesOf(text).length;
  }
  assert.ok(lines > 100, `only ${lines} import lines seen`);
  assert.ok(found >= lines, `${found} found, ${lines} written`);
});
