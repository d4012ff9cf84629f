import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AppError } from '../base/faults.ts';
import { settings } from '../server/options.ts';
import { boolean, integer, text } from '../server/options-table.ts';
import { defineCommand } from './command.ts';
import { commandEntries } from './commands/index.ts';
import { CommandFault, exitCodes } from './exit-codes.ts';
import { runProgram } from './program.ts';
import type { ProgramHost } from './program.ts';

const greet = defineCommand({
  name: 'greet person',
  summary: 'Greet one person',
  operands: [
    { name: 'NAME', help: 'Who.', example: 'Ada' },
    { name: 'TITLE', help: 'How.', example: 'Countess', optional: true },
  ],
  options: {
    times: integer({
      name: 'times',
      fallback: 1,
      min: 1,
      max: 9,
      setting: false,
      example: '2',
      help: 'How often.',
    }),
    loud: boolean({ name: 'loud', fallback: false, setting: false, example: '', help: 'Shout.' }),
    kind: boolean({ name: 'kind', fallback: true, setting: false, help: 'Smile.' }),
    fail: text({ name: 'fail', fallback: '', setting: false, help: 'Fail that way.' }),
  },
  async run({ values, operands, terminal, json }) {
    if (values.fail === 'app')
      throw new AppError('ACCOUNT_NOT_FOUND', undefined, { suggestion: 'Look again.' });
    if (values.fail === 'busy') throw new AppError('SERVICE_UNAVAILABLE');
    if (values.fail === 'command') throw new CommandFault('badInput', 'The file is torn.');
    if (values.fail === 'bug') throw new TypeError('not a function');
    terminal.say('talking');
    if (json) terminal.json({ operands, ...values });
    else terminal.print(`${'hi '.repeat(values.times)}${operands.join(' ')}${values.loud ? '!' : ''}`);
    return exitCodes.ok;
  },
});

async function run(words: readonly string[], change: Partial<ProgramHost> = {}) {
  let stdout = '';
  let stderr = '';
  const code = await runProgram({
    words,
    entries: [
      { name: 'greet person', summary: 'Greet', load: async () => ({ command: greet }) },
      ...commandEntries,
    ],
    settings,
    environment: {},
    stdout: { write: (words: string) => (stdout += words) },
    stderr: { write: (words: string) => (stderr += words) },
    version: '1.2.3',
    readConfig: () => null,
    signal: new AbortController().signal,
    ...change,
  });
  return { code, stdout, stderr };
}

test('results go to stdout, talk to stderr', async () => {
  assert.deepEqual(await run(['greet', 'person', 'Ada', '--times', '2', '--loud']), {
    code: 0,
    stdout: 'hi hi Ada!\n',
    stderr: 'talking\n',
  });
});

test('--json prints one value and nothing else, wherever it stands', async () => {
  for (const words of [
    ['--json', 'greet', 'person', 'Ada'],
    ['greet', 'person', '--json', 'Ada'],
  ]) {
    const { code, stdout, stderr } = await run(words);
    assert.equal(code, 0);
    assert.equal((JSON.parse(stdout) as { times: number }).times, 1);
    assert.equal(stderr, '');
  }
});

test('both spellings of a value, no- for booleans, and -- ends the options', async () => {
  const { stdout } = await run(['greet', 'person', '--no-kind', '--times=3', '--json', '--', '--Ada']);
  const value = JSON.parse(stdout) as { operands: string[]; kind: boolean; times: number };
  assert.deepEqual([value.operands, value.kind, value.times], [['--Ada'], false, 3]);
});

test('help is made of the tables, and its example runs', async () => {
  const { code, stdout } = await run(['greet', 'person', '--help']);
  assert.equal(code, 0);
  const example = /^example: rollcall (.*)$/m.exec(stdout)?.[1];
  assert.equal(example, 'greet person Ada Countess --times 2 --loud');
  assert.match(stdout, /--times N +How often\. \[1\]/);
  assert.match(stdout, /--no-kind +Turns off: Smile\./);
  const ran = await run(String(example).split(' '));
  assert.deepEqual([ran.code, ran.stdout], [0, 'hi hi Ada Countess!\n']);
});

test('help of the program names every command, of a group the commands in it', async () => {
  const { code, stdout } = await run(['--help']);
  assert.equal(code, 0);
  for (const entry of commandEntries) assert.ok(stdout.includes(entry.name), entry.name);
  const group = await run(['account', '--help']);
  assert.equal(group.code, 0);
  assert.match(group.stdout, /account create/);
  assert.doesNotMatch(group.stdout, /key create/);
});

test('mistakes in usage exit with 2 and say what to do', async () => {
  const cases: [readonly string[], RegExp][] = [
    [[], /usage: rollcall COMMAND/],
    [['acount', 'create'], /no command acount\. Did you mean account create\?/],
    [['account', 'creat'], /no command account creat\. Did you mean account create\?/],
    [['serv'], /Did you mean serve\?/],
    [['account'], /account needs a second word: create, list, update/],
    [['greet', 'person'], /greet person needs NAME: Who\./],
    [['greet', 'person', 'a', 'b', 'c'], /takes 2 words after it, not 3/],
    [['greet', 'person', 'a', '--tims', '2'], /no option --tims\. Did you mean --times\?/],
    [['greet', 'person', 'a', '--times'], /--times needs a value/],
    [['greet', 'person', 'a', '--times', '--loud'], /--times needs a value/],
    [['greet', 'person', 'a', '--times', '10'], /from 1 to 9/],
    [['greet', 'person', 'a', '-x'], /-x is not an option/],
  ];
  for (const [words, expected] of cases) {
    const { code, stdout, stderr } = await run(words);
    assert.equal(code, 2, words.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, expected);
  }
});

test('every way to fail has its exit code', async () => {
  const cases: [string, number, RegExp][] = [
    ['app', 5, /rollcall: No such account, or it is not yours\.\nLook again\.\n/],
    ['busy', 7, /try again/],
    ['command', 6, /The file is torn\./],
    ['bug', 1, /TypeError/],
  ];
  for (const [fail, expected, words] of cases) {
    const { code, stderr } = await run(['greet', 'person', 'a', '--fail', fail]);
    assert.equal(code, expected);
    assert.match(stderr, words);
  }
});

test('with --json a failure leaves stdout empty and is one object on stderr', async () => {
  const { code, stdout, stderr } = await run(['greet', 'person', 'a', '--fail', 'app', '--json']);
  assert.deepEqual([code, stdout], [5, '']);
  assert.deepEqual(JSON.parse(stderr), {
    error: { exit: 'notFound', code: 'ACCOUNT_NOT_FOUND', message: 'No such account, or it is not yours.' },
  });
});

test('--version', async () => {
  assert.deepEqual(await run(['--version']), { code: 0, stdout: '1.2.3\n', stderr: '' });
});

test('the configuration file is asked for by flag, by environment, or by its usual name', async () => {
  const asked: (string | null)[] = [];
  const readConfig = (path: string | null) => (asked.push(path), null);
  await run(['greet', 'person', 'a', '--config', 'x.json'], { readConfig });
  await run(['greet', 'person', 'a'], { readConfig, environment: { ROLLCALL_CONFIG: 'y.json' } });
  await run(['greet', 'person', 'a'], { readConfig });
  assert.deepEqual(asked, ['x.json', 'y.json', null]);
});
