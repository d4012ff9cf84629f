import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { bar, matchReportTable, percent, table } from './table.ts';
import { openTerminal } from './terminal.ts';

function open(setup: {
  tty?: boolean;
  json?: boolean;
  color?: boolean;
  environment?: Record<string, string>;
}) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (words: string) => (written[name] += words),
    isTTY: setup.tty ?? false,
  });
  const terminal = openTerminal({
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    json: setup.json ?? false,
    color: setup.color ?? true,
    environment: setup.environment ?? {},
  });
  return { terminal, written };
}

test('colour only on a terminal that wants it', () => {
  assert.equal(open({ tty: true }).terminal.paint.good('x'), '\u001b[32mx\u001b[0m');
  for (const setup of [
    { tty: false },
    { tty: true, color: false },
    { tty: true, environment: { NO_COLOR: '1' } },
    { tty: true, environment: { TERM: 'dumb' } },
  ]) {
    assert.equal(open(setup).terminal.paint.good('x'), 'x');
  }
  assert.notEqual(open({ tty: true, environment: { NO_COLOR: '' } }).terminal.paint.good('x'), 'x');
});

test('off a terminal, progress is one line at the end and nothing moves', () => {
  const { terminal, written } = open({});
  const progress = terminal.progress('Hashing');
  progress.update(1, 2);
  progress.end('2 rows');
  assert.equal(written.stderr, 'Hashing 2 rows\n');
});

test('on a terminal, progress rewrites its line', () => {
  const { terminal, written } = open({ tty: true });
  const progress = terminal.progress('Hashing');
  progress.update(1, 2);
  progress.update(2, 2);
  progress.end('2 rows');
  assert.match(written.stderr, /^\r\u001b\[2KHashing █+░+ {2}50 %\r\u001b\[2KHashing 2 rows\n$/);
});

test('with --json off a terminal nothing but JSON is written', () => {
  const { terminal, written } = open({ json: true });
  terminal.print('no');
  terminal.say('no');
  terminal.progress('no').end('no');
  terminal.json({ a: 1 });
  assert.deepEqual(written, { stdout: '{"a":1}\n', stderr: '' });
});

test('a table keeps its columns', () => {
  assert.deepEqual(
    table(
      [{ title: 'id' }, { title: 'n', align: 'right' }],
      [
        ['a', '1'],
        ['long', '200'],
      ],
    ),
    ['id      n', 'a       1', 'long  200'],
  );
});

test('a bar has its width and grows with the share', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 40 }),
      (share, cells) => {
        assert.equal([...bar(share, cells)].length, cells);
      },
    ),
  );
  assert.equal(bar(0, 4), '░░░░');
  assert.equal(bar(1, 4), '████');
  assert.equal(bar(0.5, 4), '██░░');
});

test('a match report shows every row, and 100 % only for all', () => {
  const lines = matchReportTable([
    { label: 'hashed_email', submitted: 1000, matched: 642 },
    { label: 'uid2', submitted: 0, matched: 0 },
  ]);
  assert.equal(lines.length, 3);
  assert.match(lines[1] ?? '', /^hashed_email +1,000 +642 +64\.2 % +█+/);
  assert.equal(percent(0.99999), '99.9 %');
  assert.equal(percent(1), '100.0 %');
});
