import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';

import type { AudienceId, TaskId } from '../../base/brand.ts';
import { limits } from '../../base/limits.ts';
import type { AudienceResult, Generation } from '../../service/api.ts';
import type { Notification, TaskEnd } from '../../service/webhooks/outbox.ts';
import { restNotification } from '../rest/webhook-payload.ts';
import { sdkSchemas, validatorOf } from './testing/official-schemas.ts';
import { adcpNotification } from './webhook-payload.ts';

const result = (id: string, more: Partial<AudienceResult> = {}): AudienceResult => ({
  audienceId: id as AudienceId,
  sellerId: 'aud_1',
  action: 'created',
  status: 'ready',
  name: `List ${id}`,
  uploadedCount: 3,
  totalUploadedCount: 3,
  report: {
    totalUploadedCount: 3,
    matchedCount: 2,
    rows: [{ type: 'hashed_email', submitted: 3, matched: 2 }],
  },
  ...more,
});

const completed = (audiences: readonly AudienceResult[], namedCount = audiences.length): TaskEnd => ({
  status: 'completed',
  outcome: { kind: 'answered', sandbox: false, audiences },
  namedCount,
});
const failed: TaskEnd = {
  status: 'failed',
  error: { code: 'SERVICE_UNAVAILABLE', message: 'The audience could not be matched.' },
};

function notification(
  end: TaskEnd,
  generation: Generation = '3.1',
  more: Partial<Notification['registration']> = {},
): Notification {
  return {
    registration: {
      shape: 'adcp',
      url: 'https://buyer.example/hook?token=canary',
      operationId: 'op_1',
      token: 'a-token-of-the-buyer',
      authentication: { scheme: 'Bearer', credentials: 'canary-secret-canary-secret-canary' },
      eventKey: '0f0c7d9e-4a52-4a7e-9a43-4a3b1c2d3e4f',
      accountId: 'acct_1',
      ...more,
    },
    taskId: 'task_1' as TaskId,
    taskType: 'sync_audiences',
    generation,
    context: { trace: 'x1' },
    atMs: 1_790_000_000_000,
    end,
  };
}

const others = process.env['ROLLCALL_ADCP_SCHEMAS'] ?? '';
const editions = [sdkSchemas, `${others}/3.0.25`, `${others}/3.1.19`].filter((folder) => existsSync(folder));

describe('the payload of a webhook', () => {
  it('is what AdCP’s schema says, however the task ended', () => {
    for (const folder of editions) {
      const check = validatorOf(folder);
      for (const generation of ['legacy', '3.0', '3.1'] as const) {
        for (const end of [completed([result('a'), result('b')]), completed([]), failed]) {
          const body = adcpNotification(notification(end, generation, { operationId: 'op_1' }));
          assert.equal(check('core/mcp-webhook-payload', body), '', JSON.stringify(body));
        }
      }
    }
    assert.ok(editions.length > 0);
  });

  it('sends back what the caller registered, word for word, and never a secret', () => {
    const body = adcpNotification(notification(completed([result('a')])));
    assert.equal(body['operation_id'], 'op_1');
    assert.equal(body['token'], 'a-token-of-the-buyer');
    assert.deepEqual(body['context'], { trace: 'x1' });
    assert.deepEqual((body['result'] as { context: unknown }).context, { trace: 'x1' });
    assert.equal(body['idempotency_key'], '0f0c7d9e-4a52-4a7e-9a43-4a3b1c2d3e4f');
    const plain = adcpNotification(notification(completed([]), '3.0', { operationId: null, token: null }));
    assert.equal(plain['operation_id'], 'task_1', 'callers of before 3.1 may register none');
    assert.equal(Object.hasOwn(plain, 'token'), false);
    assert.doesNotMatch(JSON.stringify([body, plain]), /canary/);
  });

  it('leaves out a result that would be longer than receivers read, and says where it is', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => result(`audience_${i}`));
    const body = adcpNotification(notification(completed(many, 1)));
    assert.equal(body['result'], undefined);
    assert.match(body['message'] as string, /get_task_status/);
    assert.ok(JSON.stringify(body).length <= limits.webhookBodyBytesMax);
    assert.equal(validatorOf(sdkSchemas)('core/mcp-webhook-payload', body), '');
  });
});

describe('the payload of a REST callback', () => {
  const rest = (end: TaskEnd): ReturnType<typeof restNotification> =>
    restNotification(notification(end, '3.1', { shape: 'rest', operationId: null }));

  it('is small, whatever the sync was', () => {
    const many = Array.from({ length: 1_000 }, (_, i) => result(`audience_${i}`));
    const body = rest(completed(many));
    assert.ok(Buffer.byteLength(JSON.stringify(body)) <= limits.restCallbackBytesMax);
    const data = body['data'] as { audiences: readonly unknown[]; audiencesTruncated?: boolean };
    assert.ok(data.audiences.length > 20 && data.audiences.length < 1_000);
    assert.equal(data.audiencesTruncated, true);
  });

  it('has the three fields of its shape, with counts only where they are published', () => {
    const small = result('b', { status: 'too_small', minimumSize: 1_000 });
    const body = rest(completed([result('a'), small, result('c')], 2));
    assert.deepEqual(Object.keys(body), ['type', 'timestamp', 'data']);
    assert.equal(body['type'], 'audience_sync.completed');
    const { audiences, ...data } = body['data'] as { audiences: readonly unknown[] };
    assert.deepEqual(data, {
      eventId: '0f0c7d9e-4a52-4a7e-9a43-4a3b1c2d3e4f',
      taskId: 'task_1',
      accountId: 'acct_1',
      status: 'completed',
      token: 'a-token-of-the-buyer',
    });
    assert.deepEqual(audiences, [
      { audienceId: 'a', action: 'created', status: 'ready', totalUploadedCount: 3, matchedCount: 2 },
      { audienceId: 'b', action: 'created', status: 'too_small', totalUploadedCount: 3 },
    ]);
    assert.deepEqual((rest(failed)['data'] as { error: unknown }).error, {
      message: 'The audience could not be matched.',
    });
  });
});
