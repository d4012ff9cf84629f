import assert from 'node:assert/strict';
import { it } from 'node:test';

import fc from 'fast-check';

import { createLog, errorFields } from './log.ts';
import type { LogFields, LogLevel } from './log.ts';

function lines(level: LogLevel, pretty: boolean, act: (log: ReturnType<typeof createLog>) => void): string[] {
  const written: string[] = [];
  act(createLog({ level, pretty, now: () => 0, write: (line) => written.push(line) }));
  return written;
}

it('writes one JSON object per line, listed fields only', () => {
  const fields = { status: 200, route: '/mcp', hashed_email: 'x', authorization: 'Bearer k' } as LogFields;
  assert.deepEqual(
    lines('info', false, (log) => log('info', 'http_request', fields)),
    [
      '{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"http_request","route":"/mcp","status":200}\n',
    ],
  );
  assert.deepEqual(
    lines('info', true, (log) => log('warn', 'x', { reason: 'a\u001b[31m\nb' })),
    ['00:00:00 warn  x  reason=a [31m b\n'],
  );
});

it('drops what is below its level', () => {
  assert.equal(lines('warn', false, (log) => log('info', 'x')).length, 0);
  assert.equal(lines('warn', false, (log) => log('error', 'x')).length, 1);
});

it('any value gives exactly one valid line, and a broken sink stops nobody', () => {
  fc.assert(
    fc.property(fc.anything(), fc.string({ unit: 'binary', maxLength: 4_000 }), (value, text) => {
      const fields = { reason: text, code: value } as LogFields;
      const [line, ...more] = lines('debug', false, (log) => log('info', 'x', fields));
      assert.equal(more.length, 0);
      assert.ok(line !== undefined && line.indexOf('\n') === line.length - 1 && line.length < 30_000);
      JSON.parse(line);
    }),
  );
  createLog({
    level: 'debug',
    pretty: false,
    now: () => 0,
    write: () => {
      throw new Error('disk full');
    },
  })('info', 'x');
});

it('says where an error was thrown and not what it said', () => {
  const fields = errorFields(new TypeError('secret@example.com', { cause: new RangeError('secret') }));
  assert.equal(fields.error_name, 'TypeError');
  assert.equal(fields.cause_name, 'RangeError');
  assert.match(String(fields.error_stack), /log\.test/);
  assert.ok(!JSON.stringify(fields).includes('secret'));
  assert.deepEqual(errorFields('secret'), { error_name: 'string' });
});
