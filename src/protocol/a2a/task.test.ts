import assert from 'node:assert/strict';
import { it } from 'node:test';

import type { JsonObject } from '../../engine/types.ts';
import type { A2aBinding } from './binding.ts';
import { sdkExchange } from './sdk-exchange.ts';
import { taskOf } from './task.ts';

let count = 0;
const facts = (binding: A2aBinding, contextId?: string) => ({
  binding,
  contextId,
  clock: { now: () => 1_700_000_000_000 },
  random: { uuid: () => `uuid-${++count}` },
});

const names = { '1.0': 'SendMessage', '0.3': 'message/send' } as const;
const submitted = { status: 'submitted', task_id: 'task_7' };

/** The result as it goes out. */
async function written(binding: A2aBinding, body: JsonObject, ok = true): Promise<unknown> {
  count = 0;
  const reply = ok ? { ok, body, retryAfterSeconds: null } : { ok, body, code: 'INVALID_REQUEST' as const };
  const message = { jsonrpc: '2.0', id: 4, method: names[binding], params: {} };
  const task = taskOf(reply, facts(binding, 'talk'));
  const { body: text } = await sdkExchange({ binding, method: 'send' }, message, task);
  const { id, result } = JSON.parse(text ?? '') as { readonly id: unknown; readonly result: unknown };
  assert.equal(id, 4);
  return result;
}

const at = '2023-11-14T22:13:20.000Z';

it('work that goes on ends the A2A task all the same, and its handle is in the response alone', async () => {
  assert.deepEqual(await written('1.0', submitted), {
    task: {
      id: 'uuid-1',
      contextId: 'talk',
      status: { state: 'TASK_STATE_COMPLETED', timestamp: at },
      artifacts: [
        {
          artifactId: 'uuid-2',
          name: 'result',
          parts: [{ data: submitted, mediaType: 'application/json' }],
        },
      ],
    },
  });
});

it('readers of 0.3 find the handle in the metadata too, and only there', async () => {
  assert.deepEqual(await written('0.3', submitted), {
    kind: 'task',
    id: 'uuid-1',
    contextId: 'talk',
    status: { state: 'completed', timestamp: at },
    artifacts: [
      {
        artifactId: 'uuid-2',
        name: 'result',
        parts: [{ kind: 'data', data: submitted }],
        metadata: { adcp_task_id: 'task_7' },
      },
    ],
  });
  // A polled task names itself; nothing is handed over.
  assert.doesNotMatch(
    JSON.stringify(await written('0.3', { status: 'completed', task_id: 'task_7' })),
    /adcp_task_id/,
  );
});

it('a refusal fails the task, and says to people what it says to programs', async () => {
  const error = { code: 'INVALID_REQUEST', message: 'Not so.' };
  const body = { status: 'failed', adcp_error: error, errors: [error] };
  assert.deepEqual(await written('0.3', body, false), {
    kind: 'task',
    id: 'uuid-1',
    contextId: 'talk',
    status: {
      state: 'failed',
      timestamp: at,
      message: {
        kind: 'message',
        messageId: 'uuid-2',
        role: 'agent',
        taskId: 'uuid-1',
        contextId: 'talk',
        parts: [{ kind: 'text', text: 'Not so.' }],
      },
    },
    artifacts: [{ artifactId: 'uuid-3', name: 'error', parts: [{ kind: 'data', data: body }] }],
  });
});

it('starts a conversation where none was named', () => {
  const { id, contextId } = taskOf({ ok: true, body: {}, retryAfterSeconds: null }, facts('1.0'));
  assert.notEqual(contextId, '');
  assert.notEqual(contextId, id);
});
