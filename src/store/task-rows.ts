import { all, get, run, type Script, type SqlValue } from './script.ts';

export type TaskRowStatus = 'submitted' | 'working' | 'completed' | 'failed';

export interface TaskRow {
  readonly taskId: string;
  readonly accountNo: number;
  readonly principalNo: number;
  readonly taskType: 'sync_audiences' | 'sync_accounts' | 'create_media_buy';
  readonly status: TaskRowStatus;
  readonly generation: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly completedAt: number | null;
  readonly hasWebhook: number;
  readonly audienceTotal: number;
  readonly audienceDone: number;
  /** Members added and removed by its operations, and those of operations that settled. */
  readonly memberTotal: number;
  readonly memberDone: number;
  /** Sealed. */
  readonly context: Uint8Array | null;
  /** Sealed: the draft until the task completes, then the outcome. */
  readonly outcome: Uint8Array | null;
}

const factColumns = `task_id AS taskId, account_no AS accountNo, principal_no AS principalNo, task_type AS taskType,
  status, generation, created_at AS createdAt, updated_at AS updatedAt, completed_at AS completedAt,
  has_webhook AS hasWebhook, audience_total AS audienceTotal, audience_done AS audienceDone,
  member_total AS memberTotal, member_done AS memberDone, context`;
const columns = `${factColumns}, outcome`;
const find = `SELECT ${columns} FROM task WHERE account_no = ? AND task_id = ?`;
const findOwn = `SELECT ${columns} FROM task WHERE principal_no = ? AND task_id = ?`;
// A list shows no results: an outcome may be long, and a list looks at many.
const listOwn = `SELECT ${factColumns}, NULL AS outcome FROM task WHERE principal_no = ? ORDER BY created_at DESC, task_id LIMIT ?`;
const insert = `INSERT INTO task (account_no, task_id, principal_no, task_type, status, generation, created_at,
  updated_at, completed_at, has_webhook, audience_total, audience_done, member_total, context, outcome)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const end = `UPDATE task SET status = ?1, updated_at = ?2, completed_at = ?2, audience_done = audience_total,
  member_done = CASE WHEN member_done + ?3 < member_total THEN member_done + ?3 ELSE member_total END, outcome = ?4
  WHERE account_no = ?5 AND task_id = ?6 AND completed_at IS NULL`;
const progress = `UPDATE task SET updated_at = ?1, audience_done = ?2,
  member_done = CASE WHEN member_done + ?3 < member_total THEN member_done + ?3 ELSE member_total END WHERE account_no = ?4 AND task_id = ?5`;
const insertPart = `INSERT INTO task_part (account_no, task_id, position, audience_no, op_seq, state)
  VALUES (?, ?, ?, ?, ?, 'pending')`;
const movePart = `UPDATE task_part SET state = ?
  WHERE account_no = ? AND task_id = ? AND op_seq = ? AND state = 'pending'`;
const parts = `SELECT position, op_seq AS opSeq, audience_no AS audienceNo, state FROM task_part
  WHERE account_no = ? AND task_id = ? ORDER BY position`;
const removeOld = `DELETE FROM task WHERE completed_at < ?`;

export interface NewTask extends Omit<TaskRow, 'hasWebhook' | 'updatedAt' | 'memberDone'> {
  readonly hasWebhook: boolean;
}

export const taskRow = (accountNo: number, taskId: string): Script<TaskRow | undefined> =>
  get<TaskRow>(find, accountNo, taskId);

/** The caller's own task, whichever account it belongs to. */
export const taskRowOf = (principalNo: number, taskId: string): Script<TaskRow | undefined> =>
  get<TaskRow>(findOwn, principalNo, taskId);

/** The caller's own tasks, newest first, without their outcomes. */
export const taskRowsOf = (principalNo: number, limit: number): Script<readonly TaskRow[]> =>
  all<TaskRow>(listOwn, principalNo, limit);

export function* insertTask(task: NewTask): Script<void> {
  const values: readonly SqlValue[] = [
    task.accountNo,
    task.taskId,
    task.principalNo,
    task.taskType,
    task.status,
    task.generation,
    task.createdAt,
    task.createdAt,
    task.completedAt,
    task.hasWebhook ? 1 : 0,
    task.audienceTotal,
    task.audienceDone,
    task.memberTotal,
    task.context,
    task.outcome,
  ];
  yield* run(insert, ...values);
}

/** Ends a task that is open; one that has ended never changes. Gives 1 when it was open. */
export const endTask = (
  accountNo: number,
  taskId: string,
  status: 'completed' | 'failed',
  outcome: Uint8Array,
  moreMembersDone: number,
  nowMs: number,
): Script<number> => run(end, status, nowMs, moreMembersDone, outcome, accountNo, taskId);

export interface TaskStep {
  /** Parts that have settled in all. */
  readonly audienceDone: number;
  /** Members of the operations that have settled since. */
  readonly moreMembersDone: number;
}

export const advanceTask = (
  accountNo: number,
  taskId: string,
  { audienceDone, moreMembersDone }: TaskStep,
  nowMs: number,
): Script<number> => run(progress, nowMs, audienceDone, moreMembersDone, accountNo, taskId);

export interface TaskPart {
  readonly position: number;
  readonly opSeq: number;
  readonly audienceNo: number;
  readonly state: 'pending' | 'changed' | 'unchanged' | 'failed';
}

export const insertTaskPart = (
  accountNo: number,
  taskId: string,
  position: number,
  audienceNo: number,
  opSeq: number,
): Script<number> => run(insertPart, accountNo, taskId, position, audienceNo, opSeq);

export const moveTaskPart = (
  accountNo: number,
  taskId: string,
  opSeq: number,
  state: 'changed' | 'unchanged' | 'failed',
): Script<number> => run(movePart, state, accountNo, taskId, opSeq);

export const taskParts = (accountNo: number, taskId: string): Script<readonly TaskPart[]> =>
  all<TaskPart>(parts, accountNo, taskId);

export const deleteTasksCompletedBefore = (timeMs: number): Script<number> => run(removeOld, timeMs);
