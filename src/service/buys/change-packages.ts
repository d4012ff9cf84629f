/** Changes of the packages of a buy, as parts of the transaction that changes it. */
import { AppError } from '../../base/faults.ts';
import { deliveryOfBuy } from '../../store/delivery-rows.ts';
import {
  changePackage,
  packagesOfBuy,
  setPackageAudiences,
  type PackageRow,
} from '../../store/package-rows.ts';
import type { Script } from '../../store/script.ts';
import type { Sealer } from '../seal.ts';
import type { PackageChange } from './api.ts';
import { checkBudget, checkFloor } from './price-packages.ts';
import { audiencesNamed, checkEnd, checkWindow } from './put-packages.ts';
import type { PackageDocument } from './stored.ts';

/** Every day there is. */
const allDays = ['0000-00-00', '9999-99-99'] as const;

/** What each package of a buy has spent, by its number. */
function* spentOf(accountNo: number, buyNo: number): Script<ReadonlyMap<number, number>> {
  const spent = new Map<number, number>();
  for (const { packageNo, spendMicros } of yield* deliveryOfBuy(accountNo, buyNo, ...allDays)) {
    spent.set(packageNo, (spent.get(packageNo) ?? 0) + spendMicros);
  }
  return spent;
}

function refuseOver(row: PackageRow, { path, canceled }: PackageChange): void {
  if (row.canceledAt === null) return;
  throw new AppError(canceled ? 'NOT_CANCELLABLE' : 'INVALID_STATE', `${path} is canceled already.`, {
    field: `${path}.package_id`,
  });
}

function rateAfter(row: PackageRow, document: PackageDocument, { path, bidMicros }: PackageChange): number {
  // A price that is fixed is not bid for; what was bid is echoed all the same.
  if (bidMicros === undefined || document.floorMicros === null) return row.rateMicros;
  checkFloor(bidMicros, document.floorMicros, `${path}.bid_price`);
  return bidMicros;
}

function changedRow(
  sealer: Sealer,
  row: PackageRow,
  change: PackageChange,
  spentMicros: number,
  nowMs: number,
): PackageRow {
  const { path, budgetMicros = row.budgetMicros } = change;
  const document = sealer.open<PackageDocument>(row.document);
  if (change.budgetMicros !== undefined) {
    checkBudget(budgetMicros, Math.max(document.minBudgetMicros, spentMicros), `${path}.budget`);
  }
  const next: PackageDocument = {
    ...document,
    cancellationReason: change.canceled ? (change.cancellationReason ?? null) : null,
    words: { ...document.words, ...change.words },
  };
  return {
    ...row,
    budgetMicros,
    rateMicros: rateAfter(row, document, change),
    paused: change.paused === undefined ? row.paused : change.paused ? 1 : 0,
    canceledAt: change.canceled ? nowMs : row.canceledAt,
    startAt: change.startAtMs ?? row.startAt,
    endAt: change.endAtMs ?? row.endAt,
    document: sealer.seal(next),
  };
}

/** Gives the ids of the packages that were named. `buy`: as it will be. */
export function* changePackages(
  sealer: Sealer,
  buy: {
    readonly accountNo: number;
    readonly buyNo: number;
    readonly startAt: number;
    readonly endAt: number;
  },
  changes: readonly PackageChange[],
  nowMs: number,
): Script<readonly string[]> {
  if (changes.length === 0) return [];
  const { accountNo, buyNo } = buy;
  const spent = yield* spentOf(accountNo, buyNo);
  for (const change of changes) {
    // Read anew: a call may name a package twice.
    const rows = yield* packagesOfBuy(accountNo, buyNo);
    const row = rows.find(({ packageId }) => packageId === change.packageId);
    if (row === undefined)
      throw new AppError('PACKAGE_NOT_FOUND', undefined, { field: `${change.path}.package_id` });
    refuseOver(row, change);
    const next = changedRow(sealer, row, change, spent.get(row.packageNo) ?? 0, nowMs);
    checkEnd(change.path, change.endAtMs, nowMs);
    checkWindow(buy, change.path, next.startAt, next.endAt);
    yield* changePackage(next);
    if (change.audiences === undefined) continue;
    const audiences = yield* audiencesNamed(accountNo, change.path, change.audiences);
    yield* setPackageAudiences(accountNo, row.packageNo, audiences);
  }
  return changes.map(({ packageId }) => packageId);
}
