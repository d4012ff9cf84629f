import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { root } from '../../scripts/tidy/tree.ts';

/** A clone in small: the launcher, a lock file, what npm records of an installation, and a script to run. */
const folder = mkdtempSync(join(tmpdir(), 'rollcall-launch-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const launcher = join(folder, 'scripts', 'with-node.mjs');
mkdirSync(join(folder, 'scripts'));
mkdirSync(join(folder, 'node_modules'));
copyFileSync(join(root, 'scripts', 'with-node.mjs'), launcher);
writeFileSync(
  join(folder, 'scripts', 'probe.mjs'),
  `process.on('SIGTERM', () => process.exit(7));
   if (process.argv[2] === 'wait') { setInterval(() => {}, 1000); console.log('waiting'); }
   else { console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 3; }`,
);

const lock = (version: string) => ({
  packages: {
    '': {},
    'node_modules/a': { version, integrity: 'x' },
    'node_modules/b': { version: '1.0.0', integrity: 'y', optional: true },
  },
});
const put = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));

/** An npm that says what it was asked for and installs nothing. */
const npm = join(folder, 'npm-cli.js');
writeFileSync(npm, `console.error('npm ' + process.argv.slice(2).join(' ')); process.exit(1);`);

function launch(...args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const env = { ...process.env, npm_execpath: npm };
  return new Promise((done) => {
    execFile(process.execPath, [launcher, ...args], { env }, (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test('with what the lock file names installed, the script runs: arguments in, exit code out', async () => {
  put('package-lock.json', lock('1.0.0'));
  put('node_modules/.package-lock.json', lock('1.0.0'));
  const { code, stdout, stderr } = await launch('scripts/probe.mjs', 'a', '--b');
  assert.deepEqual([code, stdout, stderr], [3, '["a","--b"]\n', '']);
});

test('a package for another system may be missing', async () => {
  const present = lock('1.0.0');
  put('node_modules/.package-lock.json', {
    packages: { 'node_modules/a': present.packages['node_modules/a'] },
  });
  assert.equal((await launch('scripts/probe.mjs')).code, 3);
});

test('another version, or no installation at all, is installed first; a failure is said and ends it', async () => {
  for (const present of [lock('0.9.0'), {}]) {
    put('node_modules/.package-lock.json', 'packages' in present ? present : { packages: {} });
    const { code, stdout, stderr } = await launch('scripts/probe.mjs');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^Installing packages/);
    assert.match(stderr, /npm install --no-save --ignore-scripts --no-audit --no-fund/);
    assert.match(stderr, /Installing failed/);
  }
});

test('a signal reaches the script, and its exit code comes back', async () => {
  put('node_modules/.package-lock.json', lock('1.0.0'));
  const child = spawn(process.execPath, [launcher, 'scripts/probe.mjs', 'wait'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [7, null]);
});
