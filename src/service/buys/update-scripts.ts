/** The transaction that changes a media buy. */
import { must } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import { changeBuy, ownBuy, type BuyRow } from '../../store/buy-rows.ts';
import { packagesOfBuy } from '../../store/package-rows.ts';
import type { Script } from '../../store/script.ts';
import type { Sealer } from '../seal.ts';
import type { PackageChange, PricedPackage } from './api.ts';
import { changePackages } from './change-packages.ts';
import { checkDates, type BuyWritten } from './create-scripts.ts';
import { checkTotal, oneCurrency } from './price-packages.ts';
import { putPackages } from './put-packages.ts';
import { recallBuy, rememberBuy, type KeyedCall } from './recall.ts';
import { isOver, statusOf } from './states.ts';
import type { BuyDocument } from './stored.ts';
import { viewBuy } from './view-buy.ts';

export interface UpdateBuyInput extends KeyedCall {
  readonly operation: 'update_media_buy';
  readonly sandbox: boolean;
  /** Accounts where the buy is looked for too. */
  readonly otherNos: readonly number[];
  readonly mediaBuyId: string;
  /** What the caller thinks that the buy is; null: it does not say. */
  readonly revision: number | null;
  readonly paused: boolean | null;
  readonly canceled: boolean;
  readonly cancellationReason: string | null;
  /** 'asap': now; null: stays. */
  readonly startAtMs: number | 'asap' | null;
  readonly endAtMs: number | null;
  readonly packages: readonly PackageChange[];
  readonly newPackages: readonly PricedPackage[];
  readonly newPackageIds: readonly string[];
}

/** Source: AdCP media-buy lifecycle: what is over stays, and a second cancellation has a word of its own. */
function refuseOver(buy: BuyRow, { canceled, nowMs }: UpdateBuyInput): void {
  const status = statusOf(buy, nowMs);
  if (!isOver(status)) return;
  if (canceled) throw new AppError('NOT_CANCELLABLE', `The media buy is ${status}.`, { field: 'canceled' });
  throw new AppError('INVALID_STATE', `The media buy is ${status} and cannot be changed.`, {
    field: 'media_buy_id',
  });
}

function refuseOlder({ revision }: BuyRow, wanted: number | null): void {
  if (wanted === null || wanted === revision) return;
  throw new AppError('CONFLICT', 'The media buy was changed since this revision.', {
    field: 'revision',
    suggestion: 'Read it with get_media_buys, and send its revision.',
  });
}

/** The flight after the change. What has begun cannot begin at another time. */
function datesAfter(
  buy: BuyRow,
  { startAtMs, endAtMs, nowMs }: UpdateBuyInput,
): Pick<BuyRow, 'startAt' | 'endAt'> {
  if (startAtMs === null && endAtMs === null) return buy;
  const startAt = startAtMs === null ? buy.startAt : startAtMs === 'asap' ? nowMs : startAtMs;
  const endAt = endAtMs ?? buy.endAt;
  const startIsNew = startAtMs !== null && startAt !== buy.startAt;
  if (startIsNew && buy.startAt <= nowMs) {
    throw new AppError('VALIDATION_ERROR', 'start_time cannot change: the media buy has begun.', {
      field: 'start_time',
    });
  }
  checkDates(startAt, endAt, nowMs, startIsNew);
  return { startAt, endAt };
}

/** Packages with dates of their own must still fit; those that the call changes have been looked at. */
function* checkPackageWindows(before: BuyRow, next: BuyRow): Script<void> {
  for (const row of yield* packagesOfBuy(next.accountNo, next.buyNo)) {
    if (row.canceledAt !== null) continue;
    const startAt = row.startAt ?? next.startAt;
    const endAt = row.endAt ?? next.endAt;
    if (startAt >= next.startAt && endAt <= next.endAt && startAt < endAt) continue;
    const isEnd = endAt > next.endAt || (startAt >= next.startAt && next.startAt === before.startAt);
    const field = isEnd ? 'end_time' : 'start_time';
    throw new AppError('VALIDATION_ERROR', `${field} leaves out the dates of a package.`, {
      field,
      suggestion: 'Change the dates of that package in the same call.',
    });
  }
}

/** The budgets of what is left and of what was added. */
function* checkBudgets(
  { accountNo, buyNo }: BuyRow,
  { packages, newPackages }: UpdateBuyInput,
): Script<void> {
  if (packages.length === 0 && newPackages.length === 0) return;
  const live = (yield* packagesOfBuy(accountNo, buyNo)).filter(({ canceledAt }) => canceledAt === null);
  checkTotal(
    live.map(({ budgetMicros }) => budgetMicros),
    newPackages.length > 0 ? 'new_packages' : 'packages',
  );
}

function changed(sealer: Sealer, buy: BuyRow, input: UpdateBuyInput): BuyRow {
  const document = sealer.open<BuyDocument>(buy.document);
  const next = { ...document, cancellationReason: input.canceled ? input.cancellationReason : null };
  return {
    ...buy,
    ...datesAfter(buy, input),
    paused: input.paused === null ? buy.paused : input.paused ? 1 : 0,
    canceledAt: input.canceled ? input.nowMs : null,
    updatedAt: input.nowMs,
    document: sealer.seal(next),
  };
}

function* addPackages(sealer: Sealer, buy: BuyRow, input: UpdateBuyInput): Script<readonly string[]> {
  if (input.newPackages.length === 0) return [];
  oneCurrency(input.newPackages, buy.currency);
  const before = yield* packagesOfBuy(buy.accountNo, buy.buyNo);
  if (before.length + input.newPackages.length > limits.packageCountPerBuyMax) {
    const says = `A media buy has at most ${limits.packageCountPerBuyMax} packages.`;
    throw new AppError('VALIDATION_ERROR', says, { field: 'new_packages' });
  }
  yield* putPackages(sealer, buy, input.newPackages, input.newPackageIds, input.nowMs);
  return input.newPackageIds;
}

function* findBuy({
  accountNo,
  otherNos,
  principalNo,
  mediaBuyId,
}: UpdateBuyInput): Script<BuyRow | undefined> {
  for (const of of [accountNo, ...otherNos]) {
    const buy = yield* ownBuy(of, principalNo, mediaBuyId);
    if (buy !== undefined) return buy;
  }
  return undefined;
}

export function createUpdateBuyScripts(sealer: Sealer) {
  return {
    *updateBuy(input: UpdateBuyInput): Script<BuyWritten> {
      const earlier = yield* recallBuy(sealer, input);
      if (earlier !== null) return { outcome: earlier, replayed: true };
      const { principalNo, mediaBuyId, nowMs } = input;
      const buy = yield* findBuy(input);
      if (buy === undefined) throw new AppError('MEDIA_BUY_NOT_FOUND', undefined, { field: 'media_buy_id' });
      refuseOver(buy, input);
      refuseOlder(buy, input.revision);
      const next = changed(sealer, buy, input);
      const named = yield* changePackages(sealer, next, input.packages, nowMs);
      const added = yield* addPackages(sealer, next, input);
      if (next.startAt !== buy.startAt || next.endAt !== buy.endAt) yield* checkPackageWindows(buy, next);
      yield* checkBudgets(next, input);
      yield* changeBuy(next);
      const row = must(yield* ownBuy(buy.accountNo, principalNo, mediaBuyId), () => 'the buy is there');
      const view = yield* viewBuy(sealer, row, input.sandbox, nowMs);
      const outcome = { kind: 'done' as const, buy: view, affected: [...named, ...added] };
      yield* rememberBuy(sealer, input, null, outcome);
      return { outcome, replayed: false };
    },
  };
}
