import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';
import { parse } from 'yaml';

import type { Json } from '../../engine/types.ts';
import { toYaml } from './yaml.ts';

test('YAML reads back as what was written', () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(json, (value) => {
      // JSON has no -0 of its own.
      const plain = JSON.parse(JSON.stringify(value)) as Json;
      assert.deepEqual(parse(toYaml(plain)), plain);
    }),
    { numRuns: 500 },
  );
});

test('YAML keeps words that look like something else', () => {
  const words = [
    'no',
    'Yes',
    'null',
    '~',
    '1e3',
    '2026-01-01',
    '0x1f',
    '.5',
    '{a}',
    '[a]',
    'a: b',
    'a #b',
    ' a',
    'a ',
    '',
  ];
  const texts = [
    'a\nb',
    'a\n\n  b\nc',
    'a\n',
    '\na',
    ' a\nb',
    'a\r\nb',
    'a\n\tb',
    '- a\nb',
    'a\u0085\nb',
    'a\n b ',
    '#\n#',
  ];
  for (const text of [...words, ...texts]) {
    assert.deepEqual(parse(toYaml({ [text]: text, list: [text] })), { [text]: text, list: [text] });
  }
});

test('YAML shows several lines as they are', () => {
  assert.equal(
    toYaml({ a: 'one\n\ntwo', b: [{ c: [], d: {} }] }),
    'a: |-\n  one\n\n  two\nb:\n  - c: []\n    d: {}\n',
  );
});
