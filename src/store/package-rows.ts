import { all, get, run, type Script, type SqlValue } from './script.ts';

/** A package of a buy as it is stored. */
export interface PackageRow {
  readonly accountNo: number;
  readonly packageNo: number;
  readonly packageId: string;
  readonly buyNo: number;
  readonly productId: string;
  readonly budgetMicros: number;
  readonly rateMicros: number;
  readonly paused: number;
  readonly canceledAt: number | null;
  /** Null: with the buy. */
  readonly startAt: number | null;
  readonly endAt: number | null;
  /** Sealed. */
  readonly document: Uint8Array;
}

const columns = `account_no AS accountNo, package_no AS packageNo, package_id AS packageId, buy_no AS buyNo,
  product_id AS productId, budget_micros AS budgetMicros, rate_micros AS rateMicros, paused, canceled_at AS canceledAt,
  start_at AS startAt, end_at AS endAt, document`;
const nextNo = `INSERT INTO sequence (name, value) VALUES ('media_package', 1)
  ON CONFLICT (name) DO UPDATE SET value = sequence.value + 1 RETURNING value`;
const insert = `INSERT INTO media_package (account_no, package_no, package_id, buy_no, product_id, budget_micros, rate_micros,
  paused, canceled_at, start_at, end_at, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const ofBuy = `SELECT ${columns} FROM media_package WHERE account_no = ? AND buy_no = ? ORDER BY package_no`;
const change = `UPDATE media_package SET budget_micros = ?, rate_micros = ?, paused = ?, canceled_at = ?, start_at = ?, end_at = ?, document = ?
  WHERE account_no = ? AND package_no = ?`;
const addAudience = `INSERT INTO package_audience (account_no, package_no, audience_no, side) VALUES (?, ?, ?, ?)
  ON CONFLICT DO NOTHING`;
const dropAudiences = `DELETE FROM package_audience WHERE account_no = ? AND package_no = ?`;
const suspendedOfBuy = `SELECT DISTINCT p.package_id AS packageId, p.package_no AS packageNo, a.audience_no AS audienceNo, a.audience_id AS audienceId,
  a.suspended_at AS suspendedAt, a.suspended_code AS suspendedCode, a.suspended_reason AS suspendedReason
  FROM media_package p JOIN package_audience l ON l.account_no = p.account_no AND l.package_no = p.package_no
  JOIN audience a ON a.account_no = l.account_no AND a.audience_no = l.audience_no
  WHERE p.account_no = ? AND p.buy_no = ? AND p.canceled_at IS NULL AND a.state = 'live' AND a.suspended_reason IS NOT NULL
  ORDER BY a.suspended_at, a.audience_no, p.package_no`;
const everyPackage = `SELECT p.account_no AS accountNo, p.package_no AS packageNo, p.package_id AS packageId, p.buy_no AS buyNo,
  CASE WHEN p.start_at > b.start_at THEN p.start_at ELSE b.start_at END AS startAt,
  CASE WHEN p.end_at < b.end_at THEN p.end_at ELSE b.end_at END AS endAt,
  p.paused = 0 AND p.canceled_at IS NULL AND b.paused = 0 AND b.canceled_at IS NULL AND b.rejected_at IS NULL
  AND b.confirmed_at IS NOT NULL AS isLive
  FROM media_package p JOIN media_buy b ON b.account_no = p.account_no AND b.buy_no = p.buy_no ORDER BY p.package_no`;
const everyAudience = `SELECT package_no AS packageNo, audience_no AS audienceNo, side FROM package_audience
  ORDER BY package_no, audience_no`;

export type NewPackage = Omit<PackageRow, 'packageNo'>;

/** Gives its number. */
export function* insertPackage(row: NewPackage): Script<number> {
  const packageNo = (yield* get<{ value: number }>(nextNo))?.value ?? 0;
  const values: readonly SqlValue[] = [
    row.accountNo,
    packageNo,
    row.packageId,
    row.buyNo,
    row.productId,
    row.budgetMicros,
    row.rateMicros,
    row.paused,
    row.canceledAt,
    row.startAt,
    row.endAt,
    row.document,
  ];
  yield* run(insert, ...values);
  return packageNo;
}

export const packagesOfBuy = (accountNo: number, buyNo: number): Script<readonly PackageRow[]> =>
  all<PackageRow>(ofBuy, accountNo, buyNo);

export const changePackage = (row: PackageRow): Script<number> =>
  run(
    change,
    row.budgetMicros,
    row.rateMicros,
    row.paused,
    row.canceledAt,
    row.startAt,
    row.endAt,
    row.document,
    row.accountNo,
    row.packageNo,
  );

/** Numbers of the audiences that a package leans on, by side. */
export interface PackageAudiences {
  readonly include: readonly number[];
  readonly exclude: readonly number[];
}

/** Replaces what the package leans on. */
export function* setPackageAudiences(
  accountNo: number,
  packageNo: number,
  audiences: PackageAudiences,
): Script<void> {
  yield* run(dropAudiences, accountNo, packageNo);
  for (const side of ['include', 'exclude'] as const) {
    for (const audienceNo of audiences[side]) yield* run(addAudience, accountNo, packageNo, audienceNo, side);
  }
}

/** One suspended audience that one package of a buy leans on, on either side. */
export interface SuspendedLink {
  readonly packageId: string;
  readonly audienceNo: number;
  readonly audienceId: string;
  readonly suspendedAt: number | null;
  readonly suspendedCode: string | null;
  readonly suspendedReason: string;
}

/** Longest suspended first; of packages that are not canceled. */
export const suspendedLinks = (accountNo: number, buyNo: number): Script<readonly SuspendedLink[]> =>
  all<SuspendedLink>(suspendedOfBuy, accountNo, buyNo);

export interface EveryPackageRow {
  readonly accountNo: number;
  readonly packageNo: number;
  readonly packageId: string;
  readonly buyNo: number;
  readonly startAt: number;
  readonly endAt: number;
  readonly isLive: number;
}

/** Of every account, for our own decisions. */
export const everyPackageRow = (): Script<readonly EveryPackageRow[]> => all<EveryPackageRow>(everyPackage);
export const everyPackageAudience = (): Script<
  readonly { readonly packageNo: number; readonly audienceNo: number; readonly side: 'include' | 'exclude' }[]
> => all(everyAudience);
