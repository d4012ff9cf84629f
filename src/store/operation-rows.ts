import { all, get, run, type Script } from './script.ts';

const insert = `INSERT INTO operation (account_no, audience_no, task_id, uploaded_count, state, accepted_at, byte_count,
  member_count, node_no) VALUES (?, ?, ?, ?, 'pending', ?, ?, ?, ?) RETURNING op_seq AS opSeq`;
const move = `UPDATE operation SET state = ? WHERE account_no = ? AND audience_no = ? AND op_seq = ?
  AND state = 'pending' AND parked_at IS NULL RETURNING accepted_at AS acceptedAt, member_count AS memberCount`;
const earlier = `SELECT max(CASE WHEN parked_at IS NULL THEN 0 ELSE 1 END) AS isParked FROM operation
  WHERE account_no = ? AND audience_no = ? AND op_seq < ? AND state = 'pending' HAVING count(*) > 0`;
const pending = `SELECT op_seq AS opSeq, account_no AS accountNo, audience_no AS audienceNo, task_id AS taskId,
  member_count AS memberCount FROM operation
  WHERE state = 'pending' AND parked_at IS NULL AND op_seq > ?1 AND op_seq <= ?2
  AND (node_no = ?4 OR ?4 IS NULL) ORDER BY op_seq LIMIT ?3`;
const isOpen = `SELECT 1 AS isOpen FROM operation
  WHERE account_no = ? AND audience_no = ? AND op_seq = ? AND state = 'pending' AND parked_at IS NULL`;
const lost = `state = 'pending' AND parked_at IS NULL AND NOT EXISTS (SELECT 1 FROM node n
  WHERE n.node_no = operation.node_no AND n.held_until > CAST(unixepoch('subsec') * 1000 AS BIGINT))`;
const anyLost = `SELECT 1 AS isLost FROM operation WHERE ${lost} LIMIT 1`;
const adoptLost = `UPDATE operation SET node_no = ? WHERE ${lost}`;
const waiting = `SELECT count(*) AS operationCount, coalesce(sum(member_count), 0) AS memberCount,
  min(accepted_at) AS oldestAcceptedAt, coalesce(max(op_seq), 0) AS newestSeq FROM operation
  WHERE state = 'pending' AND parked_at IS NULL`;
const countFailure = `UPDATE operation SET attempt_count = attempt_count + 1
  WHERE account_no = ? AND audience_no = ? AND op_seq = ? AND state = 'pending' AND parked_at IS NULL
  RETURNING attempt_count AS attemptCount`;
const park = `UPDATE operation SET parked_at = ? WHERE account_no = ? AND audience_no = ? AND op_seq >= ?
  AND state = 'pending' AND parked_at IS NULL RETURNING op_seq AS opSeq, task_id AS taskId`;
const dropParked = `UPDATE operation SET state = 'dropped', parked_at = NULL
  WHERE account_no = ? AND audience_no = ? AND state = 'pending' AND parked_at IS NOT NULL`;
const listParked = `SELECT op_seq AS opSeq, audience.account_no AS accountNo, audience.audience_no AS audienceNo,
  account_id AS accountId, audience_id AS audienceId, operation.member_count AS memberCount, accepted_at AS acceptedAt,
  parked_at AS parkedAt, attempt_count AS attemptCount
  FROM operation JOIN audience USING (account_no, audience_no) JOIN account USING (account_no)
  WHERE parked_at IS NOT NULL AND operation.state = 'pending' ORDER BY op_seq LIMIT ?`;
const unpark = `UPDATE operation SET parked_at = NULL, attempt_count = 0, node_no = ?
  WHERE account_no = ? AND audience_no = ? AND state = 'pending' AND parked_at IS NOT NULL`;
const removeSettled = `DELETE FROM operation WHERE state <> 'pending' AND accepted_at < ?`;

export interface NewOperation {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly taskId: string;
  readonly uploadedCount: number;
  readonly acceptedAt: number;
  readonly byteCount: number;
  /** Added and removed together. */
  readonly memberCount: number;
  /** Who works on it. */
  readonly nodeNo: number;
}

/** Gives the place of the operation in the order of acceptance. */
export function* insertOperation(operation: NewOperation): Script<number> {
  const { accountNo, audienceNo, taskId, uploadedCount, acceptedAt, byteCount, memberCount, nodeNo } =
    operation;
  const place = [accountNo, audienceNo, taskId] as const;
  const row = yield* get<{ opSeq: number }>(
    insert,
    ...place,
    uploadedCount,
    acceptedAt,
    byteCount,
    memberCount,
    nodeNo,
  );
  return row?.opSeq ?? 0;
}

export interface SettledRow {
  readonly acceptedAt: number;
  readonly memberCount: number;
}

/** Settles an operation that waits, and tells what it was; undefined when it waits no more, or is parked. */
export const settlePending = (
  accountNo: number,
  audienceNo: number,
  opSeq: number,
  state: 'folded' | 'dropped',
): Script<SettledRow | undefined> => get<SettledRow>(move, state, accountNo, audienceNo, opSeq);

export interface PendingRow {
  readonly opSeq: number;
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly taskId: string;
  readonly memberCount: number;
}

export interface PendingRange {
  readonly afterSeq: number;
  readonly upToSeq: number;
  readonly countMax: number;
  /** Whose work; null: everybody's. */
  readonly nodeNo: number | null;
}

/** Of every account, after one operation and up to another, in the order of acceptance. For our own jobs. */
export const pendingOperations = (range: PendingRange): Script<readonly PendingRow[]> =>
  all<PendingRow>(pending, range.afterSeq, range.upToSeq, range.countMax, range.nodeNo);

/** Whether an operation waits, and is not parked. */
export function* isPending(accountNo: number, audienceNo: number, opSeq: number): Script<boolean> {
  return (yield* get(isOpen, accountNo, audienceNo, opSeq)) !== undefined;
}

/** Whether something waits on which nobody works who lives. */
export function* anyLostOperation(): Script<boolean> {
  return (yield* get(anyLost)) !== undefined;
}

/** Such operations are this node's from now on. Gives how many. */
export const adoptLostOperations = (nodeNo: number): Script<number> => run(adoptLost, nodeNo);

/** What waits for matching in all accounts together. */
export interface WaitingFacts {
  readonly operationCount: number;
  readonly memberCount: number;
  readonly oldestAcceptedAt: number | null;
  /** 0 when nothing waits. */
  readonly newestSeq: number;
}

export function* waitingFacts(): Script<WaitingFacts> {
  const none = { operationCount: 0, memberCount: 0, oldestAcceptedAt: null, newestSeq: 0 };
  return (yield* get<WaitingFacts>(waiting)) ?? none;
}

/** Whether an operation accepted before this one still waits to be folded into the same audience, and whether in vain. */
export function* earlierPending(
  accountNo: number,
  audienceNo: number,
  opSeq: number,
): Script<'none' | 'waiting' | 'parked'> {
  const row = yield* get<{ isParked: number }>(earlier, accountNo, audienceNo, opSeq);
  if (row === undefined) return 'none';
  return row.isParked === 1 ? 'parked' : 'waiting';
}

/** Counts a failed attempt at an operation that waits; gives how many there were, undefined when it waits no more. */
export function* countFailedAttempt(
  accountNo: number,
  audienceNo: number,
  opSeq: number,
): Script<number | undefined> {
  return (yield* get<{ attemptCount: number }>(countFailure, accountNo, audienceNo, opSeq))?.attemptCount;
}

export interface ParkedPart {
  readonly opSeq: number;
  readonly taskId: string;
}

/** Parks an operation and what was accepted after it for the same audience. */
export const parkOperations = (
  accountNo: number,
  audienceNo: number,
  fromSeq: number,
  nowMs: number,
): Script<readonly ParkedPart[]> => all<ParkedPart>(park, nowMs, accountNo, audienceNo, fromSeq);

/** The audience is deleted: what could not be applied to it matters no more. */
export const dropParkedOperations = (accountNo: number, audienceNo: number): Script<number> =>
  run(dropParked, accountNo, audienceNo);

export interface ParkedRow {
  readonly opSeq: number;
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly accountId: string;
  readonly audienceId: string;
  readonly memberCount: number;
  readonly acceptedAt: number;
  readonly parkedAt: number;
  /** 0: not tried, because one before it could not be applied. */
  readonly attemptCount: number;
}

/** Of every account, in the order of acceptance. For the operator. */
export const parkedOperations = (countMax: number): Script<readonly ParkedRow[]> =>
  all<ParkedRow>(listParked, countMax);

/** Lets the parked operations of an audience be tried again. Gives how many. */
export const unparkOperations = (accountNo: number, audienceNo: number, nodeNo: number): Script<number> =>
  run(unpark, nodeNo, accountNo, audienceNo);

/** Settled operations leave no trace but their members' blocks. Gives how many rows went. */
export const deleteOperationsAcceptedBefore = (timeMs: number): Script<number> => run(removeSettled, timeMs);
