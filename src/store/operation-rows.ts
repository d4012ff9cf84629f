import { all, get, run, type Script } from './script.ts';

const insert = `INSERT INTO operation (account_no, audience_no, task_id, uploaded_count, state, accepted_at, byte_count)
  VALUES (?, ?, ?, ?, 'pending', ?, ?) RETURNING op_seq AS opSeq`;
const move = `UPDATE operation SET state = ? WHERE account_no = ? AND audience_no = ? AND op_seq = ?
  AND state = 'pending' RETURNING accepted_at AS acceptedAt`;
const earlier = `SELECT 1 AS found FROM operation
  WHERE account_no = ? AND audience_no = ? AND op_seq < ? AND state = 'pending' LIMIT 1`;
const pending = `SELECT op_seq AS opSeq, account_no AS accountNo, audience_no AS audienceNo, task_id AS taskId
  FROM operation WHERE state = 'pending' ORDER BY op_seq`;
const removeSettled = `DELETE FROM operation WHERE state <> 'pending' AND accepted_at < ?`;

export interface NewOperation {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly taskId: string;
  readonly uploadedCount: number;
  readonly acceptedAt: number;
  readonly byteCount: number;
}

/** Gives the place of the operation in the order of acceptance. */
export function* insertOperation(operation: NewOperation): Script<number> {
  const { accountNo, audienceNo, taskId, uploadedCount, acceptedAt, byteCount } = operation;
  const row = yield* get<{ opSeq: number }>(
    insert,
    accountNo,
    audienceNo,
    taskId,
    uploadedCount,
    acceptedAt,
    byteCount,
  );
  return row?.opSeq ?? 0;
}

/** Settles a pending operation and gives the time of its acceptance; undefined when it is not pending any more. */
export function* settlePending(
  accountNo: number,
  audienceNo: number,
  opSeq: number,
  state: 'folded' | 'dropped',
): Script<number | undefined> {
  const row = yield* get<{ acceptedAt: number }>(move, state, accountNo, audienceNo, opSeq);
  return row?.acceptedAt;
}

export interface PendingRow {
  readonly opSeq: number;
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly taskId: string;
}

/** Of every account, in the order of acceptance. For our own jobs. */
export const pendingOperations = (): Script<readonly PendingRow[]> => all<PendingRow>(pending);

/** Whether an operation accepted before this one still waits to be folded into the same audience. */
export function* hasEarlierPending(accountNo: number, audienceNo: number, opSeq: number): Script<boolean> {
  return (yield* get(earlier, accountNo, audienceNo, opSeq)) !== undefined;
}

/** Settled operations leave no trace but their members' blocks. Gives how many rows went. */
export const deleteOperationsAcceptedBefore = (timeMs: number): Script<number> => run(removeSettled, timeMs);
