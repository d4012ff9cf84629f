import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settings } from '../server/options.ts';
import { UsageFault } from '../server/options-table.ts';
import { takeSecretFiles } from './secret-files.ts';

const files: Readonly<Record<string, string>> = { '/run/secret': 'ab12\n', '/run/empty': ' \n' };
const readText = (path: string): string => {
  const text = files[path];
  if (text === undefined) throw new Error('ENOENT');
  return text;
};

test('a secret is taken from the file that the environment names, without its line end', () => {
  const environment = { ROLLCALL_SECRET_FILE: '/run/secret', ROLLCALL_PORT: '1', HOME: '/' };
  takeSecretFiles(environment, settings, readText);
  assert.deepEqual(environment, { ROLLCALL_SECRET: 'ab12', ROLLCALL_PORT: '1', HOME: '/' });
});

test('what is no secret has no file, and stays to be refused by its name', () => {
  const environment = { ROLLCALL_PORT_FILE: '/run/secret' };
  takeSecretFiles(environment, settings, readText);
  assert.deepEqual(environment, { ROLLCALL_PORT_FILE: '/run/secret' });
});

for (const [environment, says] of [
  [{ ROLLCALL_SECRET: 'x', ROLLCALL_SECRET_FILE: '/run/secret' }, /both set/],
  [{ ROLLCALL_DATABASE_URL_FILE: '/run/none' }, /ROLLCALL_DATABASE_URL_FILE names cannot be read/],
  [{ ROLLCALL_SECRET_FILE: '/run/empty' }, /is empty/],
] as const) {
  test(`refused: ${says.source}`, () => {
    assert.throws(
      () => takeSecretFiles({ ...environment }, settings, readText),
      (error) => error instanceof UsageFault && says.test(error.message) && !error.message.includes('ab12'),
    );
  });
}
