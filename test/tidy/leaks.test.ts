import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { findLeaks } from '../../scripts/tidy/leaks.ts';

const hash = 'ab'.repeat(32);
const key = `rk_${'a'.repeat(12)}_${'b'.repeat(49)}`;
const credential = 'a secret with spaces: 0123456789';

function leaksOf(outputs: Readonly<Record<string, string>>, talk = ''): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-leaks-'));
  try {
    const canaries = [
      `hash ${hash}`,
      `key ${key}`,
      `credential ${credential}`,
      'external_id customer-0123456789',
    ];
    writeFileSync(join(folder, 'canaries-1'), `${canaries.join('\n')}\n`);
    for (const [name, text] of Object.entries(outputs)) writeFileSync(join(folder, `${name}-1`), text);
    const { canaryCount, found } = findLeaks(folder, talk);
    assert.equal(canaryCount, 4);
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a planted secret is found wherever it was written, and told by its kind alone', () => {
  assert.deepEqual(leaksOf({ log: 'all is well', answer: '{"status":"completed"}' }), []);
  assert.deepEqual(leaksOf({ log: `{"reason":"${hash}"}` }), ['hash in log']);
  assert.deepEqual(leaksOf({ answer: `Bearer ${key}` }), ['key in answer']);
  assert.deepEqual(leaksOf({ log: `x${credential}x` }), ['credential in log']);
  assert.deepEqual(leaksOf({}, `failed for customer-0123456789`), ['external_id in talk']);
  assert.deepEqual(
    leaksOf({ answer: '"external_id":"customer-0123456789"' }),
    [],
    'its own caller may be told',
  );
});
