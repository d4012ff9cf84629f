import { must } from '../../base/assert.ts';
import type { Json, JsonObject } from '../../engine/types.ts';
import type { AudienceResult, TaskStatus, TaskView } from '../../service/api.ts';
import { errorOfItem } from '../adcp/error-body.ts';
import { syncAudiencesBody } from '../adcp/sync-audiences-response.ts';
import type { RestAnswer, RestCall, RestOptions, Route } from './route.ts';
import { isoTime, object, whole, type Schema } from './schema.ts';
import { camelName, inRestWords } from './wire-words.ts';

/** Matching takes milliseconds to seconds; a caller that asks sooner learns nothing. */
const retryAfterSeconds = 1;

type RestTaskStatus = TaskStatus;

const errorSchema: Schema = {
  ...object(
    {
      code: { type: 'string' },
      message: { type: 'string' },
      field: { type: 'string' },
      suggestion: { type: 'string' },
      retryAfter: { type: 'number' },
      details: object({}),
      recovery: { type: 'string', enum: ['transient', 'correctable', 'terminal'] },
    },
    ['code', 'message'],
    'Set when the task failed.',
  ),
  type: ['object', 'null'],
};

const responseSchema: Schema = {
  ...object(
    {
      audiences: {
        type: 'array',
        items: object({ audience_id: { type: 'string' }, action: { type: 'string' } }),
      },
    },
    ['audiences'],
    'What came of it, in AdCP’s words: one entry for each audience of the request, with action, status, counts, match report and errors. Null until the task is over.',
  ),
  type: ['object', 'null'],
};

const taskSchema = whole({
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
  metadata: { ...object({}), type: ['object', 'null'] },
  retryAfterSeconds: {
    type: ['number', 'null'],
    description: 'When to ask again; null when the task is over.',
  },
  createdAt: isoTime,
  updatedAt: isoTime,
});

/** The results of the audiences that the request named, and of those that it deleted by not naming them. */
function resultsOf(task: TaskView): readonly AudienceResult[] | null {
  if (task.status !== 'completed' || task.outcome?.kind !== 'answered') return null;
  const { audiences } = task.outcome;
  const namedCount = task.audienceIds?.length ?? audiences.length;
  return audiences.filter((result, at) => at < namedCount || result.action === 'deleted');
}

function restStatus(task: TaskView, results: readonly AudienceResult[] | null): RestTaskStatus {
  if (results !== null && results.length > 0 && results.every(({ action }) => action === 'failed')) {
    return 'failed';
  }
  return task.status === 'submitted' && task.progress.done > 0 ? 'working' : task.status;
}

function errorOf(results: readonly AudienceResult[]): JsonObject | null {
  const fault = results.flatMap(({ errors = [] }) => errors)[0];
  if (fault === undefined) return null;
  const error: Record<string, Json> = {};
  for (const [name, value] of Object.entries(errorOfItem(fault, '3.1'))) {
    const isWords = name === 'message' || name === 'field' || name === 'suggestion';
    error[camelName(name)] = isWords && typeof value === 'string' ? inRestWords(value) : value;
  }
  return error;
}

/** One audience's task is told at the top too, where readers of a single result look. */
function responseOf(results: readonly AudienceResult[]): JsonObject {
  const { audiences = [] } = syncAudiencesBody(
    { kind: 'answered', sandbox: false, audiences: results },
    '3.1',
  );
  const [only] = results;
  if (results.length !== 1 || only === undefined) return { audiences };
  const { audienceId, totalUploadedCount } = only;
  return {
    audience_id: audienceId,
    ...(totalUploadedCount === undefined ? {} : { member_count: totalUploadedCount }),
    audiences,
  };
}

export function taskBody(task: TaskView): JsonObject {
  const results = resultsOf(task);
  const status = restStatus(task, results);
  const isOver = status === 'completed' || status === 'failed';
  const [onlyId, ...otherIds] = task.audienceIds ?? [];
  return {
    taskId: task.taskId,
    taskType: 'audience_sync',
    status,
    resourceType: 'audience',
    resourceId: otherIds.length === 0 ? (onlyId ?? null) : null,
    error: status === 'failed' && results !== null ? errorOf(results) : null,
    response: results === null ? null : responseOf(results),
    metadata: { audiencesMatched: task.progress.done, audiencesToMatch: task.progress.total },
    retryAfterSeconds: isOver ? null : retryAfterSeconds,
    createdAt: new Date(task.createdAtMs).toISOString(),
    updatedAt: new Date(task.updatedAtMs).toISOString(),
  };
}

async function performGet({ service }: RestOptions, call: RestCall): Promise<RestAnswer> {
  const taskId = must(call.params['taskId'], () => 'the route names the task');
  return { status: 200, body: { task: taskBody(await service.getTask(call.caller, taskId)) } };
}

/** Source: Scope3 REST, `GET /tasks/{taskId}`. */
export const getTask: Route = {
  method: 'GET',
  path: '/tasks/{taskId}',
  operation: 'getTask',
  tag: 'Tasks',
  summary: 'How far a sync is',
  description: 'A task is kept for 30 days after it is over.',
  params: { taskId: 'From the answer to the sync.' },
  success: {
    status: 200,
    description: 'The task.',
    schema: whole({ task: taskSchema }),
    example: {
      task: {
        taskId: '8f0f2a5e-6a55-4a4a-9e0b-0d3c5a1f7b21',
        taskType: 'audience_sync',
        status: 'completed',
        resourceType: 'audience',
        resourceId: 'winter-buyers',
        error: null,
        response: {
          audience_id: 'winter-buyers',
          member_count: 42000,
          audiences: [
            {
              audience_id: 'winter-buyers',
              action: 'updated',
              status: 'ready',
              uploaded_count: 10000,
              total_uploaded_count: 42000,
              matched_count: 30100,
              effective_match_rate: 0.7166666666666667,
            },
          ],
        },
        metadata: { audiencesMatched: 1, audiencesToMatch: 1 },
        retryAfterSeconds: null,
        createdAt: '2026-02-24T10:00:00.000Z',
        updatedAt: '2026-02-24T10:00:00.400Z',
      },
    },
  },
  refusals: [404],
  perform: performGet,
};
