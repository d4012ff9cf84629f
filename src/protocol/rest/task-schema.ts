import type { JsonObject } from '../../engine/types.ts';
import { isoTime, loose, object, whole, type Schema } from './schema.ts';

const recovery: Schema = { type: 'string', enum: ['transient', 'correctable', 'terminal'] };
const count: Schema = { type: 'integer', minimum: 0 };
const rate: Schema = { type: 'number', minimum: 0, maximum: 1 };

const errorSchema: Schema = {
  ...object(
    {
      code: { type: 'string', description: 'AdCP’s word for it.' },
      message: { type: 'string' },
      field: { type: 'string', description: 'What is wrong in the request.' },
      suggestion: { type: 'string' },
      retryAfter: { type: 'number' },
      issues: { type: 'array', items: loose({}) },
      details: loose({}),
      recovery,
    },
    ['code', 'message'],
    'Set when the task failed.',
  ),
  type: ['object', 'null'],
};

const matchBreakdown: Schema = {
  type: 'array',
  items: whole({ id_type: { type: 'string' }, submitted: count, matched: count, match_rate: rate }),
  description: 'For each type of identifier the members who hold one, and those matched by it.',
};

const faultSchema: Schema = object(
  {
    code: { type: 'string' },
    message: { type: 'string' },
    recovery,
    field: { type: 'string' },
    suggestion: { type: 'string' },
    retry_after: { type: 'number' },
    issues: { type: 'array', items: loose({}) },
    details: loose({}),
  },
  ['code', 'message', 'recovery'],
);

/** Source: AdCP `media-buy/sync-audiences-response.json`, one audience. */
const resultSchema: Schema = object(
  {
    audience_id: { type: 'string' },
    seller_id: { type: 'string' },
    action: { type: 'string', enum: ['created', 'updated', 'unchanged', 'deleted', 'failed'] },
    status: { type: 'string', enum: ['processing', 'ready', 'too_small', 'suspended'] },
    reason: { type: 'string', description: 'Why the seller suspended it.' },
    name: { type: 'string' },
    description: { type: 'string' },
    audience_type: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    uploaded_count: { ...count, description: 'Good entries of `add` in this request.' },
    total_uploaded_count: { ...count, description: 'Distinct members now.' },
    matched_count: { ...count, description: 'Members known here; only when `ready`.' },
    effective_match_rate: { ...rate, description: 'Matched members of all; only when `ready`.' },
    match_breakdown: matchBreakdown,
    minimum_size: { ...count, description: 'Matched members that it takes; only when `too_small`.' },
    last_synced_at: isoTime,
    errors: { type: 'array', items: faultSchema },
    ext: loose({}, [], 'Ours under `rollcall`: what `invalid_members: skip` left out, by reason.'),
  },
  ['audience_id', 'action'],
);

const responseSchema: Schema = {
  ...object(
    {
      audience_id: { type: 'string', description: 'The audience, when the request named one.' },
      member_count: { ...count, description: 'Its members, once they are counted.' },
      audiences: { type: 'array', items: resultSchema },
    },
    ['audiences'],
    'What came of it, in AdCP’s words: one entry for each audience of the request, with action, status, counts, match report and errors. Null until the task is over.',
  ),
  type: ['object', 'null'],
};

/** Source: Scope3 REST, tasks. */
export const taskSchema: Schema = whole({
  taskId: { type: 'string', format: 'uuid' },
  taskType: { type: 'string', enum: ['audience_sync', 'media_buy_create', 'creative_sync'] },
  status: {
    type: 'string',
    enum: ['submitted', 'working', 'completed', 'failed', 'input-required'],
    description:
      '`completed`: at least one audience of the request was carried out. `failed`: none was. `working`: some are matched.',
  },
  resourceType: { type: ['string', 'null'] },
  resourceId: {
    type: ['string', 'null'],
    description: 'The audience, when the request named one; null when it named several.',
  },
  error: errorSchema,
  response: responseSchema,
  metadata: {
    ...whole(
      {
        audiencesMatched: count,
        audiencesToMatch: count,
        membersMatched: { ...count, description: 'Of operations that are done.' },
        membersToMatch: { ...count, description: 'Added and removed ones.' },
        nextRunAt: {
          ...isoTime,
          type: ['string', 'null'],
          description: 'When the run begins that takes the task up; null while it is matched, and after.',
        },
        expectedAt: {
          ...isoTime,
          type: ['string', 'null'],
          description: 'When it is expected to end; null when that is not known, and when it has ended.',
        },
      },
      'How far matching is.',
    ),
    type: ['object', 'null'],
  },
  retryAfterSeconds: {
    type: ['number', 'null'],
    description: 'When to ask again, also in the header Retry-After; null when the task is over.',
  },
  createdAt: isoTime,
  updatedAt: isoTime,
});

export const taskExample: JsonObject = {
  taskId: '8f0f2a5e-6a55-4a4a-9e0b-0d3c5a1f7b21',
  taskType: 'audience_sync',
  status: 'completed',
  resourceType: 'audience',
  resourceId: 'winter-buyers',
  error: null,
  response: {
    audience_id: 'winter-buyers',
    member_count: 42_000,
    audiences: [
      {
        audience_id: 'winter-buyers',
        action: 'updated',
        status: 'ready',
        uploaded_count: 10_000,
        total_uploaded_count: 42_000,
        matched_count: 30_100,
        effective_match_rate: 0.7166666666666667,
      },
    ],
  },
  metadata: {
    audiencesMatched: 1,
    audiencesToMatch: 1,
    membersMatched: 10_000,
    membersToMatch: 10_000,
    nextRunAt: null,
    expectedAt: null,
  },
  retryAfterSeconds: null,
  createdAt: '2026-02-24T10:00:00.000Z',
  updatedAt: '2026-02-24T10:00:00.400Z',
};
