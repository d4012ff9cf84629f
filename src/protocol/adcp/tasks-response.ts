import type { Json, JsonObject } from '../../engine/types.ts';
import type { Generation, TaskForecast, TaskPage, TaskQuery, TaskView } from '../../service/api.ts';
import { paginationOf } from './accounts-response.ts';
import { errorOfItem } from './error-body.ts';
import { syncAudiencesBody } from './sync-audiences-response.ts';

/** Everything served here belongs to this protocol; with a hyphen, other than in capabilities. */
const taskProtocol = 'media-buy';

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

function commonFields(task: TaskView): JsonObject {
  return {
    task_id: task.taskId,
    task_type: task.taskType,
    status: task.status,
    created_at: isoTime(task.createdAtMs),
    updated_at: isoTime(task.updatedAtMs),
    ...(task.completedAtMs === null ? {} : { completed_at: isoTime(task.completedAtMs) }),
    has_webhook: task.hasWebhook,
  };
}

/** Of members; 100 only with the end, so that nobody takes what is nearly done for done. */
function percentageOf({ completedAtMs, members: { done, total } }: TaskView): number {
  if (completedAtMs !== null) return 100;
  return total < 1 ? 0 : Math.min(Math.floor((done / total) * 100), 99);
}

function stepWords(task: TaskView): string {
  if (task.status === 'failed') return 'given up';
  if (task.forecast === undefined) return 'matched';
  const { nextRunAtMs } = task.forecast;
  return nextRunAtMs === null ? 'matching' : `waiting for the matching run at ${isoTime(nextRunAtMs)}`;
}

function progressFields(task: TaskView): JsonObject {
  const { done, total } = task.progress;
  if (total < 1) return {};
  return {
    progress: {
      percentage: percentageOf(task),
      current_step: stepWords(task),
      total_steps: total,
      step_number: Math.max(1, Math.min(done + 1, total)),
    },
  };
}

/** What AdCP has no field for: members, and when an open task is expected to end. */
function ownFields({ members, forecast }: TaskView): JsonObject {
  const ours = {
    members_matched: members.done,
    members_total: members.total,
    ...(forecast === undefined ? {} : forecastFields(forecast)),
  };
  return { ext: { rollcall: ours } };
}

function forecastFields({ nextRunAtMs, expectedAtMs, retryAfterSeconds }: TaskForecast): JsonObject {
  return {
    ...(nextRunAtMs === null ? {} : { next_run_at: isoTime(nextRunAtMs) }),
    ...(expectedAtMs === null ? {} : { expected_at: isoTime(expectedAtMs) }),
    retry_after_seconds: retryAfterSeconds,
  };
}

/** The body that the call itself would have had, with the context of that call. */
function resultOf(task: TaskView, generation: Generation): Json | undefined {
  if (task.status !== 'completed') return undefined;
  const body =
    task.body ?? (task.outcome === undefined ? undefined : syncAudiencesBody(task.outcome, generation));
  if (body === undefined) return undefined;
  return { ...body, ...(task.context === undefined ? {} : { context: task.context }) };
}

/** The body of get_task_status: its `status` is that of the polled task and also the answer's. */
export function taskBody(task: TaskView, includeResult: boolean, generation: Generation): JsonObject {
  const result = includeResult ? resultOf(task, generation) : undefined;
  return {
    ...commonFields(task),
    protocol: taskProtocol,
    ...progressFields(task),
    ...(task.taskType === 'create_media_buy' ? {} : ownFields(task)),
    ...(task.error === undefined ? {} : { error: errorOfItem(task.error, generation) }),
    ...(result === undefined ? {} : { result }),
  };
}

/** The words by which the filters of a query go on the wire. */
const filterWords = {
  account: 'account',
  statuses: 'statuses',
  taskTypes: 'task_types',
  protocols: 'protocols',
  taskIds: 'task_ids',
  createdAfterMs: 'created_after',
  createdBeforeMs: 'created_before',
  updatedAfterMs: 'updated_after',
  updatedBeforeMs: 'updated_before',
  contextContains: 'context_contains',
  hasWebhook: 'has_webhook',
} as const satisfies Record<keyof TaskQuery['filter'], string>;

/** The body of list_tasks; items name the protocol `domain`. */
export function listTasksBody(page: TaskPage, query: TaskQuery): JsonObject {
  const filters = Object.keys(query.filter) as (keyof TaskQuery['filter'])[];
  return {
    query_summary: {
      total_matching: page.totalMatching,
      returned: page.tasks.length,
      domain_breakdown: { [taskProtocol]: page.totalMatching },
      status_breakdown: { ...page.byStatus },
      filters_applied: filters.map((name) => filterWords[name]),
      sort_applied: { field: query.sortField, direction: query.sortDirection },
    },
    tasks: page.tasks.map((task) => ({ ...commonFields(task), domain: taskProtocol })),
    pagination: paginationOf(page.nextCursor, page.totalMatching),
  };
}
