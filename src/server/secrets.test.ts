import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { systemRandom } from '../platform/clock.ts';
import { loadSecrets, secretFileName } from './secrets.ts';

test('the directory is made where the secret comes from, and nothing is written into it that came from elsewhere', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'rollcall-secrets-'));
  try {
    const [given, made] = [join(scratch, 'given'), join(scratch, 'made')];
    const first = loadSecrets(given, 'ab'.repeat(32), systemRandom);
    assert.deepEqual([existsSync(given), existsSync(join(given, secretFileName))], [true, false]);
    assert.deepEqual(loadSecrets(given, 'ab'.repeat(32), systemRandom), first);
    const second = loadSecrets(made, undefined, systemRandom);
    assert.deepEqual(loadSecrets(made, undefined, systemRandom), second);
    assert.notDeepEqual(second.tokenKey, first.tokenKey);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
