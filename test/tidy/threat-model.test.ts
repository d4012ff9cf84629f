import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../../scripts/tidy/tree.ts';

const text = readFileSync(join(root, 'docs/threat-model.md'), 'utf8');
const [, section = ''] = /\n## Threats\n([\s\S]*?)\n## /.exec(text) ?? [];
const rows = section
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => line.split('|').slice(1, -1));

test('every threat of the threat model names a test that exists and tests something', () => {
  assert.ok(rows.length >= 20, `${rows.length} rows were found`);
  for (const [threat = '', defence = '', named = ''] of rows) {
    assert.ok(threat.trim() !== '' && defence.trim() !== '', `a row lacks a threat or a defence: ${threat}`);
    const [, path] = /^`([^`]+\.test\.ts)`$/.exec(named.trim()) ?? [];
    assert.ok(path !== undefined, `no test is named for: ${threat}`);
    assert.ok(existsSync(join(root, path)), `${path} does not exist, for: ${threat}`);
    assert.match(
      readFileSync(join(root, path), 'utf8'),
      /^\s*(?:void )?(?:test|it|checkProof)\(/m,
      `${path} has no test`,
    );
  }
});
