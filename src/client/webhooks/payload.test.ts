import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { readPayload } from './payload.ts';
import { testBody } from './testing/deliveries.ts';

const read = (value: unknown, token: string | null = null) =>
  readPayload(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), token);

test('a task of AdCP', () => {
  const payload = read(testBody, 'a-token-that-comes-back-to-you');
  assert.deepEqual(payload, {
    kind: 'adcp',
    idempotencyKey: '0f0c7d9e-4a52-4a7e-9a43-4a3b1c2d3e4f',
    taskId: 'task-1',
    type: 'sync_audiences',
    status: 'completed',
    operationId: 'op-1',
    timestamp: '2026-11-26T20:00:00.000Z',
    message: null,
    token: 'matches',
    audiences: [{ audienceId: 'spring', action: null, status: 'ready', total: 4, matched: 3 }],
    audienceCount: 1,
    errorCodes: [],
    problems: [],
  });
});

test('a task that failed, and what a payload lacks', () => {
  const payload = read({
    task_id: 't',
    status: 'failed',
    result: { errors: [{ code: 'SERVICE_UNAVAILABLE' }] },
  });
  assert.deepEqual(payload.errorCodes, ['SERVICE_UNAVAILABLE']);
  assert.equal(payload.problems.length, 4);
  assert.match(payload.problems.join(' '), /operation_id is missing: AdCP 3\.1 asks/);
});

test('the small shape of REST, with its own names', () => {
  const data = {
    eventId: 'event-1',
    taskId: 'task-1',
    status: 'COMPLETED',
    audiences: [{ audienceId: 'spring', status: 'READY', totalUploadedCount: 4, matchedCount: 3 }],
  };
  const payload = read({ type: 'audience_sync.completed', timestamp: 'now', data });
  assert.equal(payload.kind, 'event');
  assert.deepEqual(
    [payload.idempotencyKey, payload.taskId, payload.type],
    ['event-1', 'task-1', 'audience_sync.completed'],
  );
  assert.deepEqual(payload.audiences[0], {
    audienceId: 'spring',
    action: null,
    status: 'READY',
    total: 4,
    matched: 3,
  });
  assert.deepEqual(payload.problems, []);
});

test('the token is compared and never kept', () => {
  const tokens = ['a-token-that-comes-back-to-you', 'another-token'];
  assert.deepEqual(
    tokens.map((token) => read(testBody, token).token),
    ['matches', 'differs'],
  );
  assert.equal(read({ task_id: 't' }, 'expected').token, 'missing');
  assert.deepEqual([read(testBody).token, read({ task_id: 't' }).token], ['present', 'absent']);
  assert.doesNotMatch(JSON.stringify(read(testBody)), /comes-back/);
});

test('other bodies', () => {
  assert.deepEqual([read('[]').kind, read('{').kind, read({ x: 1 }).kind], ['other', 'not-json', 'other']);
  assert.match(read('{"task_id":"a","task_id":"b"}').problems.join(), /key twice/);
});

test('long lists are counted and not shown', () => {
  const audiences = Array.from({ length: 1_000 }, (_, at) => ({ audience_id: `a${at}` }));
  const payload = read({ task_id: 't', result: { audiences } });
  assert.deepEqual([payload.audiences.length, payload.audienceCount], [5, 1_000]);
});

test('nothing that is read can steer a terminal, and nothing makes it throw', () => {
  const hostile = read({ task_id: 'a\u001b[2Jb\r\nc\u202e', status: 'x'.repeat(5_000) });
  assert.equal(hostile.taskId, 'a[2Jb c');
  assert.equal(hostile.status?.length, 120);
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string(), fc.uint8Array()), (body) => {
      const payload = readPayload(Buffer.from(body as string), 'token');
      assert.doesNotMatch(JSON.stringify([payload.taskId, payload.status, payload.type]), /\\u00(?:[01]|7f)/);
    }),
  );
});
