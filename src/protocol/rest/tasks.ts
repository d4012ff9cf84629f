import { must } from '../../base/assert.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { AudienceResult, TaskStatus, TaskView } from '../../service/api.ts';
import { isObject } from '../adcp/argument-reader.ts';
import { errorOfItem } from '../adcp/error-body.ts';
import { syncAudiencesBody } from '../adcp/sync-audiences-response.ts';
import { retryAfterHeader } from '../http-status.ts';
import { inRestItemWords } from './item-fault.ts';
import type { RestAnswer, RestCall, RestOptions, Route } from './route.ts';
import { whole } from './schema.ts';
import { taskExample, taskSchema } from './task-schema.ts';
import { camelName } from './wire-words.ts';

type RestTaskStatus = TaskStatus;

/** Faults name fields of the request, and the request was made in this API's words. */
function inRestResultWords(result: AudienceResult): AudienceResult {
  const { errors } = result;
  return errors === undefined ? result : { ...result, errors: errors.map(inRestItemWords) };
}

function resultsOf(task: TaskView): readonly AudienceResult[] | null {
  if (task.completedAtMs === null || task.outcome?.kind !== 'answered') return null;
  const { audiences } = task.outcome;
  return ownResults(audiences, task.audienceIds?.length ?? audiences.length).map(inRestResultWords);
}

/** Of the results of a call those of the audiences that it named, and of those that it deleted by not naming them. */
export function ownResults(
  audiences: readonly AudienceResult[],
  namedCount: number,
): readonly AudienceResult[] {
  return audiences.filter((result, at) => at < namedCount || result.action === 'deleted');
}

/** Nothing of a request was carried out. */
export function isAllFailed(results: readonly AudienceResult[]): boolean {
  return results.length > 0 && results.every(({ action }) => action === 'failed');
}

function restStatus(task: TaskView, results: readonly AudienceResult[] | null): RestTaskStatus {
  if (results !== null && isAllFailed(results)) return 'failed';
  return task.status === 'submitted' && task.progress.done > 0 ? 'working' : task.status;
}

/** The first fault: nothing of the request was carried out, so it is the task's own. */
function errorOf(results: readonly AudienceResult[]): JsonObject | null {
  const fault = results.flatMap(({ errors = [] }) => errors)[0];
  if (fault === undefined) return null;
  const { details, ...error } = errorOfItem(fault, '3.1');
  const named = Object.entries(error).map(([name, value]) => [camelName(name), value] as const);
  if (!isObject(details)) return Object.fromEntries(named);
  // The word of AdCP's older page says nothing to callers of this API.
  const { legacy_code: _, ...known } = details;
  return { ...Object.fromEntries(named), details: known };
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

function metadataOf({ progress, members, forecast }: TaskView): JsonObject {
  const time = (ms: number | null | undefined): string | null =>
    ms === null || ms === undefined ? null : new Date(ms).toISOString();
  return {
    audiencesMatched: progress.done,
    audiencesToMatch: progress.total,
    membersMatched: members.done,
    membersToMatch: members.total,
    nextRunAt: time(forecast?.nextRunAtMs),
    expectedAt: time(forecast?.expectedAtMs),
  };
}

export function taskBody(task: TaskView): JsonObject {
  const results = resultsOf(task);
  const status = restStatus(task, results);
  const [onlyId, ...otherIds] = task.audienceIds ?? [];
  return {
    taskId: task.taskId,
    taskType: task.taskType === 'create_media_buy' ? 'media_buy_create' : 'audience_sync',
    status,
    resourceType: 'audience',
    resourceId: otherIds.length === 0 ? (onlyId ?? null) : null,
    error: status === 'failed' && results !== null ? errorOf(results) : null,
    response: results === null ? null : responseOf(results),
    metadata: metadataOf(task),
    retryAfterSeconds: task.forecast?.retryAfterSeconds ?? null,
    createdAt: new Date(task.createdAtMs).toISOString(),
    updatedAt: new Date(task.updatedAtMs).toISOString(),
  };
}

async function performGet({ service }: RestOptions, call: RestCall): Promise<RestAnswer> {
  const taskId = must(call.params['taskId'], () => 'the route names the task');
  const task = await service.getTask(call.caller, taskId);
  const headers = retryAfterHeader(task.forecast?.retryAfterSeconds);
  return { status: 200, body: { task: taskBody(task) }, headers };
}

/** Source: Scope3 REST, `GET /tasks/{taskId}`. */
export const getTask: Route = {
  method: 'GET',
  path: '/tasks/{taskId}',
  operation: 'getTask',
  tag: 'Tasks',
  summary: 'Get a task',
  description: 'How far a sync is, and what came of it. A task is kept for 30 days after it is over.',
  params: { taskId: 'From the answer to the sync.' },
  success: {
    status: 200,
    description: 'The task.',
    schema: whole({ task: taskSchema }),
    example: { task: taskExample },
    hasRetryAfter: true,
  },
  refusals: [404],
  perform: performGet,
};
