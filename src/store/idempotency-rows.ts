import { get, run, type Script } from './script.ts';

export interface IdempotencyRow {
  readonly digest: Uint8Array;
  readonly operationName: string;
  readonly taskId: string | null;
  readonly expiresAt: number;
  /** Sealed; null while the first call runs. */
  readonly response: Uint8Array | null;
}

const find = `SELECT digest, operation_name AS operationName, task_id AS taskId, expires_at AS expiresAt, response
  FROM idempotency WHERE account_no = ? AND principal_no = ? AND request_key_hash = ?`;
const insert = `INSERT INTO idempotency (account_no, principal_no, request_key_hash, digest, operation_name, task_id,
  created_at, expires_at, response) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const answer = `UPDATE idempotency SET response = ? WHERE account_no = ? AND task_id = ? AND response IS NULL`;
const remove = `DELETE FROM idempotency WHERE expires_at < ?`;

export interface NewIdempotency {
  readonly accountNo: number;
  readonly principalNo: number;
  readonly keyHash: Uint8Array;
  readonly digest: Uint8Array;
  readonly operationName: string;
  readonly taskId: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly response: Uint8Array | null;
}

export const findIdempotency = (
  accountNo: number,
  principalNo: number,
  keyHash: Uint8Array,
): Script<IdempotencyRow | undefined> => get<IdempotencyRow>(find, accountNo, principalNo, keyHash);

export const insertIdempotency = (row: NewIdempotency): Script<number> =>
  run(
    insert,
    row.accountNo,
    row.principalNo,
    row.keyHash,
    row.digest,
    row.operationName,
    row.taskId,
    row.createdAt,
    row.expiresAt,
    row.response,
  );

/** Fixes the answer of the call that made the task, once. */
export const fixResponse = (accountNo: number, taskId: string, response: Uint8Array): Script<number> =>
  run(answer, response, accountNo, taskId);

/** Rows stay a while after they expire, so that a late repeat is told so instead of being run again. */
export const forgetIdempotency = (expiredBefore: number): Script<number> => run(remove, expiredBefore);
