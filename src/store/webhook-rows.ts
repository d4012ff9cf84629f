import { all, get, run, type Script } from './script.ts';

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
  ON CONFLICT (name) DO UPDATE SET value = sequence.value + 1 RETURNING value`;
const insertEndpoint = `INSERT INTO webhook_endpoint (account_no, endpoint_no, principal_no, address_hash, address, state, created_at)
  VALUES (?, ?, ?, ?, ?, 'ok', ?)`;
const revive = `UPDATE webhook_endpoint SET state = 'ok', failing_since = NULL
  WHERE account_no = ? AND endpoint_no = ? AND state = 'disabled'`;
const nextDeliveryNo = `INSERT INTO sequence (name, value) VALUES ('webhook_delivery', 1)
  ON CONFLICT (name) DO UPDATE SET value = sequence.value + 1 RETURNING value`;
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
  if (known !== undefined) {
    // Whoever registers an address again wants it called again.
    yield* run(revive, accountNo, known.endpointNo);
    return known.endpointNo;
  }
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

// Jumps from endpoint to endpoint by index, so that a hundred thousand rows of one cost no more than one.
const dueEndpointsSql = `WITH RECURSIVE lane (endpoint_no) AS (
    SELECT MIN(d.endpoint_no) FROM webhook_delivery d WHERE d.state = 'waiting'
    UNION ALL
    SELECT (SELECT MIN(d.endpoint_no) FROM webhook_delivery d WHERE d.state = 'waiting' AND d.endpoint_no > lane.endpoint_no)
    FROM lane WHERE lane.endpoint_no IS NOT NULL
  )
  SELECT e.endpoint_no AS endpointNo, e.principal_no AS principalNo, e.account_no AS accountNo,
    (e.last_success_at IS NOT NULL AND e.failing_since IS NULL) AS isProven,
    (SELECT CASE WHEN e.quiet_until > MIN(d.next_attempt_at) THEN e.quiet_until ELSE MIN(d.next_attempt_at) END
      FROM webhook_delivery d WHERE d.state = 'waiting' AND d.endpoint_no = e.endpoint_no) AS dueAtMs
  FROM lane JOIN webhook_endpoint e ON e.endpoint_no = lane.endpoint_no`;
const dueDeliveriesSql = `SELECT delivery_no AS deliveryNo FROM webhook_delivery
  WHERE account_no = ? AND endpoint_no = ? AND state = 'waiting' AND next_attempt_at <= ? ORDER BY next_attempt_at LIMIT ?`;
const openWaiting = `SELECT d.endpoint_no AS endpointNo, e.state AS endpointState, d.attempt_count AS attemptCount,
  d.released_at AS releasedAt, d.registration, d.body
  FROM webhook_delivery d JOIN webhook_endpoint e ON e.account_no = d.account_no AND e.endpoint_no = d.endpoint_no
  WHERE d.account_no = ? AND d.delivery_no = ? AND d.state = 'waiting'`;
const endDelivery = `UPDATE webhook_delivery SET state = ?, attempt_count = attempt_count + ?, next_attempt_at = NULL,
  finished_at = ?, last_status = ?, last_reason = ? WHERE account_no = ? AND delivery_no = ? AND state = 'waiting'`;
const postponeDelivery = `UPDATE webhook_delivery SET attempt_count = attempt_count + 1, next_attempt_at = ?, last_status = ?,
  last_reason = ? WHERE account_no = ? AND delivery_no = ? AND state = 'waiting'`;
const moveDeliveries = `UPDATE webhook_delivery SET next_attempt_at = next_attempt_at + ?1, released_at = released_at + ?1
  WHERE state = 'waiting' AND released_at <= ?2`;
const moveEndpoints = `UPDATE webhook_endpoint SET failing_since = failing_since + ?1, quiet_until = quiet_until + ?1
  WHERE failing_since IS NOT NULL OR quiet_until IS NOT NULL`;
const succeedEndpoint = `UPDATE webhook_endpoint SET state = 'ok', failing_since = NULL, last_success_at = ?, quiet_until = NULL
  WHERE account_no = ? AND endpoint_no = ?`;
const failEndpoint = `UPDATE webhook_endpoint SET failing_since = coalesce(failing_since, ?1), quiet_until = coalesce(?2, quiet_until),
  state = CASE WHEN state = 'disabled' OR ?3 = 1 OR ?1 - coalesce(failing_since, ?1) >= ?5 THEN 'disabled'
    WHEN ?1 - coalesce(failing_since, ?1) >= ?4 THEN 'failing' ELSE state END
  WHERE account_no = ?6 AND endpoint_no = ?7`;
const enable = `UPDATE webhook_endpoint SET state = 'ok', failing_since = NULL, quiet_until = NULL
  WHERE account_no = ? AND endpoint_no = ?`;
const anyUnfinishedSql = `SELECT 1 AS found FROM webhook_delivery WHERE state IN ('held', 'armed', 'waiting') LIMIT 1`;
const listDeliveriesSql = `SELECT d.delivery_no AS deliveryNo, d.account_no AS accountNo, a.account_id AS accountId,
  d.endpoint_no AS endpointNo, e.address, d.task_id AS taskId, d.state, d.created_at AS createdAt, d.attempt_count AS attemptCount,
  d.next_attempt_at AS nextAttemptAt, d.released_at AS releasedAt, d.finished_at AS finishedAt, d.last_status AS lastStatus,
  d.last_reason AS lastReason, coalesce(length(d.body), 0) AS bodyBytes
  FROM webhook_delivery d JOIN webhook_endpoint e ON e.account_no = d.account_no AND e.endpoint_no = d.endpoint_no
  JOIN account a ON a.account_no = d.account_no
  WHERE (CAST(?1 AS TEXT) IS NULL OR a.account_id = ?1) AND (CAST(?2 AS TEXT) IS NULL OR d.state = ?2)
    AND (CAST(?3 AS BIGINT) IS NULL OR d.endpoint_no = ?3) AND (CAST(?4 AS BIGINT) IS NULL OR d.delivery_no = ?4) ORDER BY d.delivery_no DESC LIMIT ?5`;
const listEndpointsSql = `SELECT e.endpoint_no AS endpointNo, e.account_no AS accountNo, a.account_id AS accountId, e.address, e.state,
  e.failing_since AS failingSince, e.last_success_at AS lastSuccessAt, e.quiet_until AS quietUntil,
  (SELECT count(*) FROM webhook_delivery d WHERE d.endpoint_no = e.endpoint_no AND d.state = 'waiting') AS waitingCount
  FROM webhook_endpoint e JOIN account a ON a.account_no = e.account_no
  WHERE (CAST(?1 AS TEXT) IS NULL OR a.account_id = ?1) ORDER BY e.endpoint_no`;
const replaySql = `UPDATE webhook_delivery SET state = 'waiting', next_attempt_at = ?1, released_at = ?1, attempt_count = 0, finished_at = NULL,
  last_status = NULL, last_reason = NULL
  WHERE account_no = ?2 AND delivery_no = ?3 AND state IN ('delivered', 'given_up') AND length(body) > 0`;
const blankBodies = `UPDATE webhook_delivery SET body = x'', registration = x''
  WHERE finished_at < ? AND state IN ('delivered', 'given_up') AND length(body) > 0`;
const forgetDeliveries = `DELETE FROM webhook_delivery WHERE finished_at < ?`;

export interface DueEndpointRow {
  readonly endpointNo: number;
  readonly principalNo: number;
  readonly accountNo: number;
  readonly isProven: number;
  readonly dueAtMs: number;
}

export const dueEndpointRows = (): Script<readonly DueEndpointRow[]> => all<DueEndpointRow>(dueEndpointsSql);

export function* dueDeliveryNos(
  accountNo: number,
  endpointNo: number,
  nowMs: number,
  countMax: number,
): Script<readonly number[]> {
  const rows = yield* all<{ deliveryNo: number }>(dueDeliveriesSql, accountNo, endpointNo, nowMs, countMax);
  return rows.map(({ deliveryNo }) => deliveryNo);
}

export interface WaitingDelivery {
  readonly endpointNo: number;
  readonly endpointState: 'ok' | 'failing' | 'disabled';
  readonly attemptCount: number;
  readonly releasedAt: number;
  readonly registration: Uint8Array;
  readonly body: Uint8Array;
}

export const waitingDelivery = (accountNo: number, deliveryNo: number): Script<WaitingDelivery | undefined> =>
  get<WaitingDelivery>(openWaiting, accountNo, deliveryNo);

export interface AttemptTold {
  readonly accountNo: number;
  readonly deliveryNo: number;
  readonly status: number | null;
  readonly reason: string | null;
}

export const finishDelivery = (
  state: 'delivered' | 'given_up',
  { accountNo, deliveryNo, status, reason }: AttemptTold,
  nowMs: number,
  /** 0: it was given up without a further attempt. */
  attempts: 0 | 1,
): Script<number> => run(endDelivery, state, attempts, nowMs, status, reason, accountNo, deliveryNo);

export const retryDelivery = (
  { accountNo, deliveryNo, status, reason }: AttemptTold,
  nextAttemptAt: number,
): Script<number> => run(postponeDelivery, nextAttemptAt, status, reason, accountNo, deliveryNo);

export const moveWaitingDeliveries = (byMs: number, releasedUntilMs: number): Script<number> =>
  run(moveDeliveries, byMs, releasedUntilMs);

export const moveEndpointTimes = (byMs: number): Script<number> => run(moveEndpoints, byMs);

export const endpointSucceeded = (accountNo: number, endpointNo: number, nowMs: number): Script<number> =>
  run(succeedEndpoint, nowMs, accountNo, endpointNo);

export interface EndpointFailure {
  readonly accountNo: number;
  readonly endpointNo: number;
  readonly nowMs: number;
  readonly quietUntil: number | null;
  /** The receiver asked never to be called again. */
  readonly disables: boolean;
  /** Without a success for so long, it is called failing, and then is not called any more. */
  readonly failingMs: number;
  readonly disabledMs: number;
}

export function endpointFailed(failure: EndpointFailure): Script<number> {
  const { accountNo, endpointNo, nowMs, quietUntil, disables, failingMs, disabledMs } = failure;
  const values = [nowMs, quietUntil, disables ? 1 : 0, failingMs, disabledMs, accountNo, endpointNo];
  return run(failEndpoint, ...values);
}

export const enableEndpointRow = (accountNo: number, endpointNo: number): Script<number> =>
  run(enable, accountNo, endpointNo);

export function* anyUnfinishedDelivery(): Script<boolean> {
  return (yield* get(anyUnfinishedSql)) !== undefined;
}

export interface ListedDeliveryRow {
  readonly deliveryNo: number;
  readonly accountNo: number;
  readonly accountId: string;
  readonly endpointNo: number;
  readonly address: Uint8Array;
  readonly taskId: string;
  readonly state: 'held' | 'armed' | 'waiting' | 'delivered' | 'given_up';
  readonly createdAt: number;
  readonly attemptCount: number;
  readonly nextAttemptAt: number | null;
  readonly releasedAt: number | null;
  readonly finishedAt: number | null;
  readonly lastStatus: number | null;
  readonly lastReason: string | null;
  readonly bodyBytes: number;
}

export interface DeliveryFilter {
  readonly accountId: string | null;
  readonly state: string | null;
  readonly endpointNo: number | null;
  readonly deliveryNo: number | null;
}

/** The newest first. */
export const listedDeliveries = (
  { accountId, state, endpointNo, deliveryNo }: DeliveryFilter,
  countMax: number,
): Script<readonly ListedDeliveryRow[]> =>
  all<ListedDeliveryRow>(listDeliveriesSql, accountId, state, endpointNo, deliveryNo, countMax);

export interface ListedEndpointRow {
  readonly endpointNo: number;
  readonly accountNo: number;
  readonly accountId: string;
  readonly address: Uint8Array;
  readonly state: 'ok' | 'failing' | 'disabled';
  readonly failingSince: number | null;
  readonly lastSuccessAt: number | null;
  readonly quietUntil: number | null;
  readonly waitingCount: number;
}

export const listedEndpoints = (accountId: string | null): Script<readonly ListedEndpointRow[]> =>
  all<ListedEndpointRow>(listEndpointsSql, accountId);

/** 1, or 0 where there is nothing to send again. */
export const replayDelivery = (accountNo: number, deliveryNo: number, nowMs: number): Script<number> =>
  run(replaySql, nowMs, accountNo, deliveryNo);

export const blankDeliveriesFinishedBefore = (timeMs: number): Script<number> => run(blankBodies, timeMs);
export const forgetDeliveriesFinishedBefore = (timeMs: number): Script<number> =>
  run(forgetDeliveries, timeMs);
