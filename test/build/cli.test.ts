import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { references } from '../../scripts/tidy/reference.ts';
import { root } from '../../scripts/tidy/tree.ts';
import { commandEntries } from '../../src/cli/commands/index.ts';
import { commandHelp, exampleOf } from '../../src/cli/help.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function rollcall(...args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [join(root, 'src/cli/main.ts'), ...args],
      { cwd: folder },
      (error, stdout, stderr) => done({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test('help is there at once, and loads no command', async () => {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    const { code, stdout } = await rollcall('--help');
    best = Math.min(best, performance.now() - start);
    assert.equal(code, 0);
    assert.match(stdout, /account create/);
  }
  // 150 ms on a quiet machine; tests share theirs.
  assert.ok(best < 400, `${Math.round(best)} ms`);
});

test('every entry loads a command of its own name that has an example and whole sentences', async () => {
  for (const entry of commandEntries) {
    const { command } = await entry.load();
    assert.equal(command.name, entry.name);
    assert.match(exampleOf(command), new RegExp(`^rollcall ${entry.name}`));
    assert.match(commandHelp(command), /^example: /m);
    for (const option of Object.values(command.options)) assert.match(option.help, /[.]$/, option.name);
    for (const operand of command.operands ?? []) assert.match(operand.help, /[.]$/, operand.name);
  }
});

test('the references are as generated', async () => {
  assert.equal(references.length, 3);
  for (const { path, text } of references) {
    assert.equal(readFileSync(join(root, path), 'utf8'), await text(), `${path}: run npm run reference`);
  }
});

test('nothing coloured or moving off a terminal', async () => {
  const { code, stderr } = await rollcall('account', 'list', '--data', join(folder, 'data'));
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /\u001b/);
});

test('a broken configuration file is named and not quoted', async () => {
  writeFileSync(join(folder, 'broken.json'), '{ "secret": abc ');
  const { code, stderr } = await rollcall('serve', '--config', 'broken.json');
  assert.equal(code, 2);
  assert.match(stderr, /broken\.json is not valid JSON/);
  assert.doesNotMatch(stderr, /abc/);
});
