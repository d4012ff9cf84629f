import { all, get, run, type Script } from './script.ts';

const find = `SELECT digest, answer FROM impression_batch WHERE batch_hash = ?`;
const insert = `INSERT INTO impression_batch (batch_hash, digest, received_at, answer) VALUES (?, ?, ?, ?)`;
const forget = `DELETE FROM impression_batch WHERE received_at < ?`;
const packages = `SELECT p.account_no AS accountNo, p.package_no AS packageNo, p.package_id AS packageId,
  p.rate_micros AS rateMicros, CASE WHEN p.start_at > b.start_at THEN p.start_at ELSE b.start_at END AS startAt,
  CASE WHEN p.end_at < b.end_at THEN p.end_at ELSE b.end_at END AS endAt,
  (SELECT coalesce(sum(d.impressions), 0) FROM package_delivery d
    WHERE d.account_no = p.account_no AND d.package_no = p.package_no) AS impressions
  FROM media_package p JOIN media_buy b ON b.account_no = p.account_no AND b.buy_no = p.buy_no
  WHERE p.package_id IN (SELECT value FROM json_each(?))`;

export interface BatchRow {
  readonly digest: Uint8Array;
  /** JSON. */
  readonly answer: string;
}

export const findBatch = (batchHash: Uint8Array): Script<BatchRow | undefined> =>
  get<BatchRow>(find, batchHash);

export const insertBatch = (
  batchHash: Uint8Array,
  digest: Uint8Array,
  nowMs: number,
  answer: string,
): Script<number> => run(insert, batchHash, digest, nowMs, answer);

export const forgetBatches = (beforeMs: number): Script<number> => run(forget, beforeMs);

export interface ReportedPackageRow {
  readonly accountNo: number;
  readonly packageNo: number;
  readonly packageId: string;
  readonly rateMicros: number;
  readonly startAt: number;
  readonly endAt: number;
  /** Counted so far. */
  readonly impressions: number;
}

/** Of every account: for the seller's own ad server. */
export const packagesNamed = (packageIds: readonly string[]): Script<readonly ReportedPackageRow[]> =>
  all<ReportedPackageRow>(packages, JSON.stringify(packageIds));
