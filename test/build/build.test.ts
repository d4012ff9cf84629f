import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { root } from '../../scripts/tidy/tree.ts';

const run = promisify(execFile);

/** A package as it would lie on a user's disk; not dist/, which may be in use. */
const folder = mkdtempSync(join(tmpdir(), 'rollcall-build-'));
const main = join(folder, 'dist', 'cli', 'main.js');

before(async () => {
  await run(process.execPath, [join(root, 'scripts', 'build.ts'), '--out', join(folder, 'dist')]);
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('the build holds JavaScript and no tests', () => {
  const files = readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' });
  assert.ok(files.filter((file) => file.endsWith('.js')).length > 50);
  assert.deepEqual(
    files.filter((file) => /\.ts$|\.test\.|\.model\./.test(file)),
    [],
  );
  assert.ok(existsSync(main));
});

test('the built program shows its help and its version', async () => {
  const help = await run(process.execPath, [main, '--help']);
  assert.match(help.stdout, /usage: rollcall COMMAND/);
  const version = await run(process.execPath, [main, '--version']);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
});

test('the built server starts, with its threads, and stops', { timeout: 60_000 }, async () => {
  const args = [main, 'serve', '--port', '0', '--data', join(folder, 'data')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const exit = once(child, 'exit');
  const [first] = (await Promise.race([once(child.stdout, 'data'), exit])) as [Buffer | number | null];
  const line = String(first);
  const url = /^Rollcall is ready on (http:\/\/\S+)\n$/.exec(line)?.[1];
  assert.ok(url !== undefined, `${line} ${said}`);
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  child.kill('SIGTERM');
  assert.deepEqual(await exit, [0, null]);
});
