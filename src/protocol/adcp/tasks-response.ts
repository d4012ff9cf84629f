import type { Json, JsonObject } from '../../engine/types.ts';
import type { Generation, TaskPage, TaskQuery, TaskView } from '../../service/api.ts';
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

function progressFields(task: TaskView): JsonObject {
  const { done, total } = task.progress;
  if (total < 1) return {};
  const percentage = Math.round((Math.min(done, total) / total) * 100);
  return {
    progress: {
      percentage,
      current_step: done >= total ? 'matched' : 'matching',
      total_steps: total,
      step_number: Math.max(1, Math.min(done + 1, total)),
    },
  };
}

/** The body that the call itself would have had, with the context of that call. */
function resultOf(task: TaskView, generation: Generation): Json | undefined {
  if (task.status !== 'completed' || task.outcome === undefined) return undefined;
  const body = syncAudiencesBody(task.outcome, generation);
  return { ...body, ...(task.context === undefined ? {} : { context: task.context }) };
}

/** The body of get_task_status: its `status` is that of the polled task and also the answer's. */
export function taskBody(task: TaskView, includeResult: boolean, generation: Generation): JsonObject {
  const result = includeResult ? resultOf(task, generation) : undefined;
  return {
    ...commonFields(task),
    protocol: taskProtocol,
    ...progressFields(task),
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
