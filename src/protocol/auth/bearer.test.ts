import assert from 'node:assert/strict';
import { it } from 'node:test';

import { AppError } from '../../base/faults.ts';
import { bearerOf } from './bearer.ts';

function read(header: string | undefined): string {
  try {
    return bearerOf(header);
  } catch (error) {
    assert.ok(error instanceof AppError && !error.message.includes('k3y'));
    return error.code;
  }
}

it('takes the credential of a Bearer header and nothing else', () => {
  assert.equal(read('Bearer k3y-._~+/=='), 'k3y-._~+/==');
  assert.equal(read('bearer  k3y '), 'k3y');
  assert.equal(read(undefined), 'AUTH_MISSING');
  for (const bad of [
    '',
    'Bearer',
    'Bearer ',
    'k3y',
    'Basic k3y',
    'Bearer k3y k3y',
    'Bearer k3y\u00e9',
    'Bearer =',
  ])
    assert.equal(read(bad), 'AUTH_INVALID', bad);
  assert.equal(read(`Bearer ${'k'.repeat(9_000)}`), 'AUTH_INVALID');
});
