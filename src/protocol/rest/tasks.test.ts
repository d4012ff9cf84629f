import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { AudienceId, TaskId } from '../../base/brand.ts';
import type { AudienceResult, ItemFault, TaskView } from '../../service/api.ts';
import { unappliedFault } from '../../service/lifecycle/unapplied.ts';
import { taskBody } from './tasks.ts';

const id = (text: string): AudienceId => text as AudienceId;
const result = (
  audienceId: string,
  action: AudienceResult['action'],
  errors?: ItemFault[],
): AudienceResult => ({
  audienceId: id(audienceId),
  sellerId: null,
  action,
  uploadedCount: 0,
  ...(errors === undefined ? {} : { errors }),
});
const view = (changes: Partial<TaskView>): TaskView => ({
  taskId: 't' as TaskId,
  taskType: 'sync_audiences',
  status: 'submitted',
  generation: '3.1',
  createdAtMs: 0,
  updatedAtMs: 1,
  completedAtMs: null,
  hasWebhook: false,
  context: undefined,
  audienceIds: ['a', 'b'],
  progress: { done: 0, total: 2 },
  members: { done: 0, total: 20 },
  forecast: { nextRunAtMs: null, expectedAtMs: null, retryAfterSeconds: 1 },
  ...changes,
});
const over = (
  audiences: readonly AudienceResult[],
  audienceIds: readonly string[],
  changes: Partial<TaskView> = {},
): TaskView => {
  const { forecast: _, ...ended } = view({
    status: 'completed',
    completedAtMs: 1,
    audienceIds,
    progress: { done: 2, total: 2 },
    members: { done: 20, total: 20 },
    outcome: { kind: 'answered', sandbox: false, audiences },
  });
  return { ...ended, ...changes };
};
const fault: ItemFault = {
  code: 'INVALID_HASH',
  message: 'hashed_email is bad.',
  field: 'audiences[0].add[1].hashed_email',
  suggestion: 'Leave hashed_email out.',
  details: { reason: 'hash_length', count: 1, paths: ['audiences[0].add[1].hashed_email'] },
};

const unapplied = unappliedFault(0);

/** Every state of a task against what its audiences came to. */
const table: readonly (readonly [expected: string, task: TaskView])[] = [
  ['submitted 1 null', view({})],
  ['working 1 null', view({ progress: { done: 1, total: 2 } })],
  ['completed null null', over([result('a', 'created'), result('b', 'updated')], ['a', 'b'])],
  ['completed null null', over([result('a', 'failed', [fault]), result('b', 'updated')], ['a', 'b'])],
  ['failed null a', over([result('a', 'failed', [fault]), result('other', 'unchanged')], ['a'])],
  ['completed null a', over([result('a', 'failed', [fault]), result('missing', 'deleted')], ['a'])],
  ['completed null null', over([], [])],
  [
    'failed null a',
    over([result('a', 'failed', [unapplied])], ['a'], { status: 'failed', error: unapplied }),
  ],
];
for (const [expected, task] of table) {
  test(`${expected}: ${task.outcome?.kind ?? 'open'} ${task.audienceIds?.join()}`, () => {
    const { status, retryAfterSeconds, resourceId, error, response } = taskBody(task);
    const shown = [status, retryAfterSeconds, resourceId].map(String).join(' ');
    assert.equal(shown, expected);
    assert.equal(error !== null, status === 'failed');
    assert.equal(response === null, task.outcome === undefined);
  });
}

test('faults name fields in the words of this API, in the error and in the response', () => {
  const body = taskBody(over([result('a', 'failed', [fault])], ['a']));
  const field = 'audiences[0].add[1].hashedEmail';
  assert.deepEqual(body['error'], {
    code: 'INVALID_REQUEST',
    message: 'hashedEmail is bad.',
    recovery: 'correctable',
    field,
    suggestion: 'Leave hashedEmail out.',
    issues: [
      { pointer: '/audiences/0/add/1/hashedEmail', message: 'hashedEmail is bad.', keyword: 'pattern' },
    ],
    details: { reason: 'hash_length', count: 1, paths: [field] },
  });
  assert.ok(!JSON.stringify(body).includes('hashed_email'));
});

test('an unknown type of uid is answered with the list, which here no other call has', () => {
  const unknown = { ...fault, details: { reason: 'uid_type_unknown', count: 1, paths: [] } };
  const { error } = taskBody(over([result('a', 'failed', [unknown])], ['a']));
  assert.match(JSON.stringify(error), /Use one of rampid, .*maid/);
});

test('audiences that the request did not name are left out, but for those it deleted', () => {
  const audiences = [result('a', 'created'), result('gone', 'deleted'), result('other', 'unchanged')];
  const { response } = taskBody(over(audiences, ['a'])) as {
    readonly response: { readonly audiences: readonly { audience_id: string }[] };
  };
  assert.deepEqual(
    response.audiences.map((one) => one.audience_id),
    ['a', 'gone'],
  );
});
