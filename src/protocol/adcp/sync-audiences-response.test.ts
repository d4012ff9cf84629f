import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { AudienceId, TaskId } from '../../base/brand.ts';
import type { AudienceResult, SyncOutcome } from '../../service/api.ts';
import { syncAudiencesBody } from './sync-audiences-response.ts';

const id = 'a' as AudienceId;
const base = { audienceId: id, sellerId: 'aud_1', action: 'updated', uploadedCount: 2 } as const;

function answered(...audiences: AudienceResult[]): SyncOutcome {
  return { kind: 'answered', sandbox: false, audiences };
}

function item(result: AudienceResult, generation: 'legacy' | '3.0' | '3.1' = '3.1'): unknown {
  const body = syncAudiencesBody(answered(result), generation);
  return (body['audiences'] as unknown[])[0];
}

const report = {
  totalUploadedCount: 4,
  matchedCount: 3,
  rows: [
    { type: 'hashed_email', submitted: 4, matched: 2 },
    { type: 'hashed_phone', submitted: 0, matched: 0 },
    { type: 'other', submitted: 1, matched: 1 },
  ],
} as const;

describe('items of sync_audiences', () => {
  it('ready carries the counted report, and no row without members', () => {
    assert.deepEqual(
      item({
        ...base,
        status: 'ready',
        name: 'N',
        tags: ['t'],
        totalUploadedCount: 4,
        report,
        lastSyncedAtMs: 0,
      }),
      {
        audience_id: 'a',
        seller_id: 'aud_1',
        action: 'updated',
        status: 'ready',
        name: 'N',
        tags: ['t'],
        uploaded_count: 2,
        total_uploaded_count: 4,
        matched_count: 3,
        effective_match_rate: 0.75,
        match_breakdown: [
          { id_type: 'hashed_email', submitted: 4, matched: 2, match_rate: 0.5 },
          { id_type: 'other', submitted: 1, matched: 1, match_rate: 1 },
        ],
        last_synced_at: '1970-01-01T00:00:00.000Z',
      },
    );
  });

  it('too_small carries the minimum and no count of matches, even when one is there', () => {
    assert.deepEqual(
      item({ ...base, status: 'too_small', minimumSize: 1000, totalUploadedCount: 4, report }),
      {
        audience_id: 'a',
        seller_id: 'aud_1',
        action: 'updated',
        status: 'too_small',
        uploaded_count: 2,
        total_uploaded_count: 4,
        minimum_size: 1000,
      },
    );
  });

  it('deleted and failed have neither status nor counts', () => {
    assert.deepEqual(item({ audienceId: id, sellerId: null, action: 'deleted', uploadedCount: 0 }), {
      audience_id: 'a',
      action: 'deleted',
    });
  });

  it('suspended reaches only callers that know it', () => {
    const suspended = { ...base, status: 'suspended', suspendedReason: 'consent_expired' } as const;
    const ext = { rollcall: { suspended: true, suspended_reason: 'consent_expired' } };
    const common = { audience_id: 'a', seller_id: 'aud_1', action: 'updated', uploaded_count: 2, ext };
    assert.deepEqual(item(suspended, '3.1'), { ...common, status: 'suspended', reason: 'consent_expired' });
    assert.deepEqual(item(suspended, '3.0'), { ...common, status: 'processing' });
    assert.deepEqual(item(suspended, 'legacy'), { ...common, status: 'processing' });
    assert.equal(
      syncAudiencesBody(answered(suspended), '3.0')['message'],
      'Audiences: 1 updated. 1 of them suspended by the seller, shown as processing.',
    );
  });

  it('errors speak the words of the generation, and name the other word', () => {
    const failed = (generation: 'legacy' | '3.0' | '3.1'): unknown =>
      item(
        {
          audienceId: id,
          sellerId: null,
          action: 'failed',
          uploadedCount: 0,
          errors: [
            { code: 'AUDIENCE_NOT_FOUND', message: 'No such audience.', field: 'audiences[0].audience_id' },
            {
              code: 'INVALID_HASH',
              message: 'Not a hash.',
              field: 'audiences[0].add[17].hashed_email',
              details: { count: 3 },
            },
          ],
        },
        generation,
      );
    const issue = { pointer: '/audiences/0/add/17/hashed_email', message: 'Not a hash.', keyword: 'pattern' };
    const notFound = {
      message: 'No such audience.',
      recovery: 'correctable',
      field: 'audiences[0].audience_id',
    };
    const badHash = {
      message: 'Not a hash.',
      recovery: 'correctable',
      field: 'audiences[0].add[17].hashed_email',
    };
    assert.deepEqual(failed('3.1'), {
      audience_id: 'a',
      action: 'failed',
      errors: [
        { code: 'REFERENCE_NOT_FOUND', ...notFound, details: { legacy_code: 'AUDIENCE_NOT_FOUND' } },
        {
          code: 'INVALID_REQUEST',
          ...badHash,
          issues: [issue],
          details: { count: 3, legacy_code: 'INVALID_HASH_FORMAT' },
        },
      ],
    });
    assert.deepEqual(failed('legacy'), {
      audience_id: 'a',
      action: 'failed',
      errors: [
        { code: 'AUDIENCE_NOT_FOUND', ...notFound, details: { current_code: 'REFERENCE_NOT_FOUND' } },
        {
          code: 'INVALID_HASH_FORMAT',
          ...badHash,
          details: { count: 3, current_code: 'INVALID_REQUEST', issues: [issue] },
        },
      ],
    });
    assert.equal((failed('3.0') as { errors: { code: string }[] }).errors[1]?.code, 'INVALID_REQUEST');
  });

  it('rejected members are counted and sampled (contract 4.9)', () => {
    const rejected = {
      total: 2,
      byReason: { hash_length: 2 },
      sample: [{ side: 'add', index: 7, externalId: 'crm_7', reason: 'hash_length' }],
    } as const;
    assert.deepEqual(item({ ...base, status: 'processing', rejected }), {
      audience_id: 'a',
      seller_id: 'aud_1',
      action: 'updated',
      status: 'processing',
      uploaded_count: 2,
      ext: {
        rollcall: {
          rejected: {
            total: 2,
            by_reason: { hash_length: 2 },
            sample: [{ side: 'add', index: 7, external_id: 'crm_7', reason: 'hash_length' }],
          },
        },
      },
    });
  });
});

it('the answer as a whole', () => {
  assert.deepEqual(syncAudiencesBody(answered(), '3.1'), { message: 'No audiences.', audiences: [] });
  assert.equal(syncAudiencesBody({ kind: 'answered', sandbox: true, audiences: [] }, '3.0')['sandbox'], true);
  assert.deepEqual(syncAudiencesBody({ kind: 'submitted', taskId: 'task_1' as TaskId }, '3.1'), {
    status: 'submitted',
    task_id: 'task_1',
    message: 'Accepted. Matching goes on; poll get_task_status with this task_id.',
  });
});
