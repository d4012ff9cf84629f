import { get, run, type Script } from './script.ts';

export interface NewEndpoint {
  readonly accountNo: number;
  readonly principalNo: number;
  /** Keyed. */
  readonly addressHash: Uint8Array;
  /** Sealed. */
  readonly address: Uint8Array;
  readonly createdAt: number;
}

const findEndpoint = `SELECT endpoint_no AS endpointNo FROM webhook_endpoint
  WHERE account_no = ? AND principal_no = ? AND address_hash = ?`;
const nextEndpointNo = `INSERT INTO sequence (name, value) VALUES ('webhook_endpoint', 1)
  ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`;
const insertEndpoint = `INSERT INTO webhook_endpoint (account_no, endpoint_no, principal_no, address_hash, address, state, created_at)
  VALUES (?, ?, ?, ?, ?, 'ok', ?)`;
const nextDeliveryNo = `INSERT INTO sequence (name, value) VALUES ('webhook_delivery', 1)
  ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`;
const insertDelivery = `INSERT INTO webhook_delivery (account_no, delivery_no, endpoint_no, task_id, state, created_at, registration)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;
const arm = `UPDATE webhook_delivery SET state = 'armed' WHERE account_no = ? AND task_id = ? AND state = 'held'`;
const findPromised = `SELECT delivery_no AS deliveryNo, state, registration FROM webhook_delivery
  WHERE account_no = ? AND task_id = ? AND state IN ('held', 'armed')`;
const release = `UPDATE webhook_delivery SET state = 'waiting', body = ?, released_at = ?, next_attempt_at = ?
  WHERE account_no = ? AND delivery_no = ?`;
const drop = `DELETE FROM webhook_delivery WHERE account_no = ? AND delivery_no = ?`;

/** The number of a caller's address, which is given on its first use. */
export function* endpointNoOf(endpoint: NewEndpoint): Script<number> {
  const { accountNo, principalNo, addressHash, address, createdAt } = endpoint;
  const known = yield* get<{ endpointNo: number }>(findEndpoint, accountNo, principalNo, addressHash);
  if (known !== undefined) return known.endpointNo;
  const endpointNo = (yield* get<{ value: number }>(nextEndpointNo))?.value ?? 0;
  yield* run(insertEndpoint, accountNo, endpointNo, principalNo, addressHash, address, createdAt);
  return endpointNo;
}

export interface NewDelivery {
  readonly accountNo: number;
  readonly endpointNo: number;
  readonly taskId: string;
  readonly state: 'held' | 'armed';
  readonly createdAt: number;
  /** Sealed. */
  readonly registration: Uint8Array;
}

export function* insertDeliveryRow(delivery: NewDelivery): Script<void> {
  const { accountNo, endpointNo, taskId, state, createdAt, registration } = delivery;
  const deliveryNo = (yield* get<{ value: number }>(nextDeliveryNo))?.value ?? 0;
  yield* run(insertDelivery, accountNo, deliveryNo, endpointNo, taskId, state, createdAt, registration);
}

export const armDelivery = (accountNo: number, taskId: string): Script<number> => run(arm, accountNo, taskId);

export interface PromisedDelivery {
  readonly deliveryNo: number;
  readonly state: 'held' | 'armed';
  readonly registration: Uint8Array;
}

/** The delivery that waits for a task's outcome. */
export const promisedDelivery = (accountNo: number, taskId: string): Script<PromisedDelivery | undefined> =>
  get<PromisedDelivery>(findPromised, accountNo, taskId);

export const releaseDelivery = (
  accountNo: number,
  deliveryNo: number,
  body: Uint8Array,
  nowMs: number,
): Script<number> => run(release, body, nowMs, nowMs, accountNo, deliveryNo);

export const dropDelivery = (accountNo: number, deliveryNo: number): Script<number> =>
  run(drop, accountNo, deliveryNo);
