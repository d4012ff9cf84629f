/** Tasks as their callers may see them. A task of another caller is no task. */
import type { TaskId } from '../base/brand.ts';
import { AppError } from '../base/faults.ts';
import type { JsonObject } from '../engine/types.ts';
import type { Script } from '../store/script.ts';
import { taskRowOf, taskRowsOf, type TaskRow } from '../store/task-rows.ts';
import type { Generation, TaskFilter, TaskPage, TaskQuery, TaskStatus, TaskType, TaskView } from './api.ts';
import type { StoredOutcome } from './finish-sync.ts';
import type { Sealer } from './seal.ts';

/** Newest tasks of a caller that a list looks at. Older ones are found by id. */
const listedTaskCountMax = 10_000;

/** A query whose account, if it named one, has been resolved. */
export interface ResolvedTaskQuery extends Omit<TaskQuery, 'filter'> {
  readonly filter: Omit<TaskFilter, 'account'>;
  /** Null: every account. */
  readonly accountNo: number | null;
}

export type TaskScripts = ReturnType<typeof createTaskScripts>;

export function createTaskScripts(sealer: Sealer) {
  return {
    *taskOfCaller(input: {
      readonly principalNo: number;
      readonly taskId: string;
      readonly accountNo: number | null;
    }): Script<TaskView> {
      const row = yield* taskRowOf(input.principalNo, input.taskId);
      if (row === undefined || (input.accountNo !== null && row.accountNo !== input.accountNo)) {
        throw new AppError('TASK_NOT_FOUND', undefined, { field: 'task_id' });
      }
      return viewOf(sealer, row);
    },

    *tasksOfCaller(input: {
      readonly principalNo: number;
      readonly query: ResolvedTaskQuery;
    }): Script<TaskPage> {
      const rows = yield* taskRowsOf(input.principalNo, listedTaskCountMax);
      return pageOf(
        rows
          .map((row) => viewOf(sealer, row))
          .filter((task, at) => fits(task, rows[at]?.accountNo ?? 0, input.query)),
        input.query,
      );
    },
  };
}

function viewOf(sealer: Sealer, row: TaskRow): TaskView {
  const stored = row.outcome === null ? null : sealer.open<StoredOutcome>(row.outcome);
  return {
    taskId: row.taskId as TaskId,
    taskType: row.taskType satisfies TaskType,
    status: row.status satisfies TaskStatus,
    generation: row.generation as Generation,
    createdAtMs: row.createdAt,
    updatedAtMs: row.updatedAt,
    completedAtMs: row.completedAt,
    hasWebhook: row.hasWebhook === 1,
    context: row.context === null ? undefined : sealer.open<JsonObject>(row.context),
    ...audienceIdsOf(stored),
    progress: { done: row.audienceDone, total: row.audienceTotal },
    members: { done: row.memberDone, total: row.memberTotal },
    ...(stored?.kind === 'outcome' ? { outcome: stored.outcome } : {}),
    ...(stored?.kind === 'body' ? { body: stored.body } : {}),
    ...(stored?.kind === 'outcome' && stored.error !== undefined ? { error: stored.error } : {}),
  };
}

function audienceIdsOf(stored: StoredOutcome | null): Pick<TaskView, 'audienceIds'> {
  if (stored?.kind === 'draft') {
    return { audienceIds: stored.draft.entries.map(({ audienceId }) => audienceId) };
  }
  if (stored?.kind !== 'outcome' || stored.outcome.kind !== 'answered' || stored.namedCount === undefined)
    return {};
  return { audienceIds: stored.outcome.audiences.slice(0, stored.namedCount).map((one) => one.audienceId) };
}

function fits(task: TaskView, accountNo: number, { filter, accountNo: wanted }: ResolvedTaskQuery): boolean {
  const inList = (list: readonly string[] | undefined, value: string): boolean =>
    list === undefined || list.includes(value);
  const after = (bound: number | undefined, time: number): boolean => bound === undefined || time > bound;
  const before = (bound: number | undefined, time: number): boolean => bound === undefined || time < bound;
  const { contextContains, hasWebhook } = filter;
  return (
    (wanted === null || wanted === accountNo) &&
    inList(filter.statuses, task.status) &&
    inList(filter.taskTypes, task.taskType) &&
    inList(filter.protocols, 'media-buy') &&
    inList(filter.taskIds, task.taskId) &&
    after(filter.createdAfterMs, task.createdAtMs) &&
    before(filter.createdBeforeMs, task.createdAtMs) &&
    after(filter.updatedAfterMs, task.updatedAtMs) &&
    before(filter.updatedBeforeMs, task.updatedAtMs) &&
    (hasWebhook === undefined || hasWebhook === task.hasWebhook) &&
    (contextContains === undefined || (JSON.stringify(task.context) ?? '').includes(contextContains))
  );
}

function pageOf(tasks: readonly TaskView[], query: ResolvedTaskQuery): TaskPage {
  const sign = query.sortDirection === 'asc' ? 1 : -1;
  const sorted = tasks.toSorted(
    (a, b) => sign * compareBy(query.sortField, a, b) || compareText(a.taskId, b.taskId),
  );
  const byStatus: Record<string, number> = {};
  for (const { status } of tasks) byStatus[status] = (byStatus[status] ?? 0) + 1;
  const start = startOf(sorted, query.cursor);
  const page = sorted.slice(start, start + query.pageSize);
  const last = page.at(-1);
  const more = start + page.length < sorted.length && last !== undefined;
  return {
    tasks: page,
    totalMatching: tasks.length,
    byStatus,
    nextCursor: more ? encodeCursor(last.taskId) : null,
  };
}

function compareBy(field: TaskQuery['sortField'], a: TaskView, b: TaskView): number {
  switch (field) {
    case 'created_at':
      return a.createdAtMs - b.createdAtMs;
    case 'updated_at':
      return a.updatedAtMs - b.updatedAtMs;
    case 'status':
      return compareText(a.status, b.status);
    case 'task_type':
      return compareText(a.taskType, b.taskType);
    case 'protocol':
      return 0;
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const encodeCursor = (taskId: string): string => Buffer.from(`t1:${taskId}`).toString('base64url');

function startOf(sorted: readonly TaskView[], cursor: string | null): number {
  if (cursor === null) return 0;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const at = text.startsWith('t1:') ? sorted.findIndex(({ taskId }) => taskId === text.slice(3)) : -1;
  if (at < 0) {
    throw new AppError('INVALID_REQUEST', 'This cursor is not from a list with these filters.', {
      field: 'pagination.cursor',
      suggestion: 'Start again without a cursor.',
    });
  }
  return at + 1;
}
