/** Media buys read: lists, what was delivered, and what our own decisions need. */
import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import { ownBuy, ownBuys, type BuyRow } from '../../store/buy-rows.ts';
import { deliveryOfBuy } from '../../store/delivery-rows.ts';
import { everyPackageAudience, everyPackageRow, packagesOfBuy } from '../../store/package-rows.ts';
import { ownAccounts } from '../../store/account-rows.ts';
import type { Script } from '../../store/script.ts';
import type { Sealer } from '../seal.ts';
import type { BuyDelivery, BuyPage, BuyStatus, BuyView } from './api.ts';
import { afterCursor, cursorOf } from './pages.ts';
import { statusOf } from './states.ts';
import { viewBuy, viewPackage } from './view-buy.ts';

export interface BuysInput {
  readonly principalNo: number;
  /** Null: every account of the caller. */
  readonly accountNo: number | null;
  /** Accounts where buys that are named are found too. */
  readonly otherNos: readonly number[];
  readonly mediaBuyIds: readonly string[] | null;
  readonly statuses: readonly BuyStatus[] | null;
  readonly nowMs: number;
}

interface FoundBuy {
  readonly buy: BuyRow;
  readonly sandbox: boolean;
  /** Its state is one of those asked for. */
  readonly fits: boolean;
}

/** The caller's buys, oldest first; with ids, each once and in their order. What is not the caller's is not there. */
function* findBuys(input: BuysInput): Script<readonly FoundBuy[]> {
  const { principalNo, accountNo, otherNos, statuses, nowMs } = input;
  const mediaBuyIds = input.mediaBuyIds === null ? null : [...new Set(input.mediaBuyIds)];
  const looksAlso = mediaBuyIds === null ? [] : otherNos;
  const accounts = (yield* ownAccounts(principalNo)).filter(
    (one) =>
      (accountNo === null || one.accountNo === accountNo || looksAlso.includes(one.accountNo)) &&
      !['closed', 'rejected'].includes(one.status),
  );
  const found: FoundBuy[] = [];
  for (const { accountNo: of, sandbox } of accounts) {
    const rows: BuyRow[] = [];
    if (mediaBuyIds === null) rows.push(...(yield* ownBuys(of, principalNo, limits.buyCountPerCallerMax)));
    for (const id of mediaBuyIds ?? []) {
      const row = yield* ownBuy(of, principalNo, id);
      if (row !== undefined) rows.push(row);
    }
    const fits = (buy: BuyRow): boolean => statuses === null || statuses.includes(statusOf(buy, nowMs));
    found.push(...rows.map((buy) => ({ buy, sandbox: sandbox === 1, fits: fits(buy) })));
  }
  if (mediaBuyIds === null) return found.toSorted((a, b) => a.buy.buyNo - b.buy.buyNo);
  const byId = new Map(found.map((one) => [one.buy.mediaBuyId, one]));
  return mediaBuyIds.flatMap((id) => byId.get(id) ?? []);
}

/** A report that leaves some out would pass for the whole. */
function refuseTooMany(count: number): void {
  if (count <= limits.reportedBuyCountMax) return;
  const says = `More than ${limits.reportedBuyCountMax} media buys fit, which is more than one report holds.`;
  throw new AppError('INVALID_REQUEST', says, {
    field: 'media_buy_ids',
    suggestion: 'Name the media buys, or fewer states in status_filter.',
  });
}

/** A package of any account, as decisions at ad-request time need it. */
export interface PackageForDecisions {
  readonly packageId: string;
  readonly packageNo: number;
  readonly accountNo: number;
  readonly buyNo: number;
  /** From the first on, until the second: those of the package within those of its buy. */
  readonly startAt: number;
  readonly endAt: number;
  /** Neither paused nor canceled nor rejected, the package and its buy. */
  readonly isLive: boolean;
  /** Numbers of audiences, deleted ones too: nobody is in those, which is not the same as leaving them out. */
  readonly include: readonly number[];
  readonly exclude: readonly number[];
}

/** Every package of every account. For our own decisions; no caller sees this. */
export function* packagesForDecisions(): Script<readonly PackageForDecisions[]> {
  const sides = new Map<number, { include: number[]; exclude: number[] }>();
  for (const { packageNo, audienceNo, side } of yield* everyPackageAudience()) {
    const of = sides.get(packageNo) ?? { include: [], exclude: [] };
    of[side].push(audienceNo);
    sides.set(packageNo, of);
  }
  return (yield* everyPackageRow()).map(({ isLive, ...row }) => ({
    ...row,
    isLive: isLive === 1,
    ...(sides.get(row.packageNo) ?? { include: [], exclude: [] }),
  }));
}

export function createReadBuyScripts(sealer: Sealer) {
  function* deliveryOf(
    { buy, sandbox }: FoundBuy,
    from: string,
    before: string,
    nowMs: number,
  ): Script<BuyDelivery> {
    const rows = yield* deliveryOfBuy(buy.accountNo, buy.buyNo, from, before);
    const packages = yield* packagesOfBuy(buy.accountNo, buy.buyNo);
    return {
      buy: yield* viewBuy(sealer, buy, sandbox, nowMs),
      packages: packages.map((row) => ({
        package: viewPackage(sealer, row),
        days: rows.filter(({ packageNo }) => packageNo === row.packageNo),
      })),
    };
  }

  return {
    *buysOfCaller(
      input: BuysInput & { readonly pageSize: number; readonly cursor: string | null },
    ): Script<BuyPage> {
      const found = yield* findBuys(input);
      const ids = found.map(({ buy }) => buy.mediaBuyId);
      // Among all, those that do not fit too: the last one of the page before may have changed its state since.
      const start = input.cursor === null ? 0 : afterCursor(ids, input.cursor);
      const rest = found.slice(start).filter(({ fits }) => fits);
      const buys: BuyView[] = [];
      for (const { buy, sandbox } of rest.slice(0, input.pageSize)) {
        buys.push(yield* viewBuy(sealer, buy, sandbox, input.nowMs));
      }
      const last = buys.at(-1);
      return {
        buys,
        totalCount: found.filter(({ fits }) => fits).length,
        nextCursor: last === undefined || rest.length <= buys.length ? null : cursorOf(last.mediaBuyId),
      };
    },

    /** `from` and `before`: days as YYYY-MM-DD. */
    *deliveryOfCaller(
      input: BuysInput & { readonly from: string; readonly before: string },
    ): Script<readonly BuyDelivery[]> {
      const deliveries: BuyDelivery[] = [];
      const found = (yield* findBuys(input)).filter(({ fits }) => fits);
      refuseTooMany(found.length);
      for (const one of found) {
        deliveries.push(yield* deliveryOf(one, input.from, input.before, input.nowMs));
      }
      return deliveries;
    },

    *packagesForDecisions(_: object): Script<readonly PackageForDecisions[]> {
      return yield* packagesForDecisions();
    },
  };
}
