/** Delivery that a test makes up: it is added to what was counted, and told where counted delivery is told. */
import type { JsonObject } from '../../engine/types.ts';
import { addDelivery, deliveryOfBuy, type DeliveryRow } from '../../store/delivery-rows.ts';
import { limits } from '../../base/limits.ts';
import { ownAccountById } from '../../store/account-rows.ts';
import { ownBuys, type BuyRow } from '../../store/buy-rows.ts';
import { packagesOfBuy } from '../../store/package-rows.ts';
import type { Script } from '../../store/script.ts';
import { findBuy, neededText, type ControllerParts, type ControllerScope } from './controller-scope.ts';
import { Refused } from './controller-words.ts';
import { boundedIn, objectIn, textIn } from './json-parts.ts';
import { isOver, statusOf } from './states.ts';
import { amountOf, microsOf, spendOfImpressions } from './money.ts';

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function* rowsOf({ accountNo, buyNo }: BuyRow): Script<readonly DeliveryRow[]> {
  return yield* deliveryOfBuy(accountNo, buyNo, '0000-00-00', '9999-99-99');
}

const sum = (rows: readonly DeliveryRow[], of: (row: DeliveryRow) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

function count(scope: ControllerScope, name: string): number {
  const value =
    boundedIn(scope.params, name, limits.impressionCountMax) ??
    (Object.hasOwn(scope.params, name) ? null : 0);
  if (value !== null && Number.isSafeInteger(value)) return value;
  throw new Refused(
    'INVALID_PARAMS',
    `params.${name} must be a whole number from 0 to ${limits.impressionCountMax}.`,
  );
}

function spendSaid(scope: ControllerScope, currency: string): number | null {
  if (!Object.hasOwn(scope.params, 'reported_spend')) return null;
  const said = objectIn(scope.params, 'reported_spend') ?? {};
  const amount = boundedIn(said, 'amount', limits.budgetMax);
  if (typeof amount === 'number' && textIn(said, 'currency') === currency) return microsOf(amount);
  throw new Refused(
    'INVALID_PARAMS',
    `params.reported_spend must be an amount in ${currency}, as the media buy is, of at most ${limits.budgetMax}.`,
  );
}

/** Adds, as long as all of it together can be counted. */
function* add({ accountNo }: BuyRow, before: readonly DeliveryRow[], row: DeliveryRow): Script<void> {
  const all = [...before, row];
  const sums = [
    sum(all, (one) => one.impressions),
    sum(all, (one) => one.clicks),
    sum(all, (one) => one.spendMicros),
  ];
  if (sums.some((one) => one > Number.MAX_SAFE_INTEGER)) {
    throw new Refused('INVALID_STATE', 'That would be more than can be counted.');
  }
  yield* addDelivery(accountNo, row);
}

/** Goes to the first package that is not canceled. */
export function* simulateDelivery(_: ControllerParts, scope: ControllerScope): Script<JsonObject> {
  const buy = yield* findBuy(scope);
  const { accountNo, currency } = buy;
  const impressions = count(scope, 'impressions');
  const clicks = count(scope, 'clicks');
  const said = spendSaid(scope, currency);
  const target = (yield* packagesOfBuy(accountNo, buy.buyNo)).find(({ canceledAt }) => canceledAt === null);
  if (target === undefined) throw new Refused('INVALID_STATE', 'The media buy has no package to deliver.');
  const before = yield* rowsOf(buy);
  const counted = sum(
    before.filter(({ packageNo }) => packageNo === target.packageNo),
    (row) => row.impressions,
  );
  const spendMicros = said ?? spendOfImpressions(target.rateMicros, counted, impressions);
  const row = { packageNo: target.packageNo, day: dayOf(scope.nowMs), impressions, clicks, spendMicros };
  yield* add(buy, before, row);
  const told = (rows: readonly DeliveryRow[]): JsonObject => ({
    impressions: sum(rows, (one) => one.impressions),
    clicks: sum(rows, (one) => one.clicks),
    reported_spend: { amount: amountOf(sum(rows, (one) => one.spendMicros)), currency },
  });
  return { success: true, simulated: told([row]), cumulative: told([...before, row]) };
}

/** The buy that is named, or those of the account that is, which are not over. */
function* buysToSpend(scope: ControllerScope): Script<readonly BuyRow[]> {
  if (Object.hasOwn(scope.params, 'media_buy_id')) return [yield* findBuy(scope)];
  const account = yield* ownAccountById(scope.principalNo, neededText(scope, 'account_id'));
  if (account === undefined || !scope.accountNos.includes(account.accountNo)) {
    throw new Refused('NOT_FOUND', 'No sandbox account of yours has this account_id.');
  }
  const buys = yield* ownBuys(account.accountNo, scope.principalNo, limits.buyCountPerCallerMax);
  return buys.filter((buy) => !isOver(statusOf(buy, scope.nowMs)));
}

function* spendShare(buy: BuyRow, percentage: number, day: string): Script<void> {
  const rows = yield* rowsOf(buy);
  for (const { packageNo, budgetMicros } of yield* packagesOfBuy(buy.accountNo, buy.buyNo)) {
    const spent = sum(
      rows.filter((row) => row.packageNo === packageNo),
      (row) => row.spendMicros,
    );
    const missing = Math.round((budgetMicros * percentage) / 100) - spent;
    if (missing <= 0) continue;
    // At most a budget, so that it can be counted.
    yield* addDelivery(buy.accountNo, { packageNo, day, impressions: 0, clicks: 0, spendMicros: missing });
  }
}

/** Brings the spend of every package to a share of its budget, where it is lower. */
export function* simulateSpend(_: ControllerParts, scope: ControllerScope): Script<JsonObject> {
  const percentage = boundedIn(scope.params, 'spend_percentage', 100) ?? null;
  if (percentage === null) {
    throw new Refused('INVALID_PARAMS', 'params.spend_percentage must be a number from 0 to 100.');
  }
  const buys = yield* buysToSpend(scope);
  for (const buy of buys) yield* spendShare(buy, percentage, dayOf(scope.nowMs));
  const [buy] = buys;
  // Spends of several buys may be of several currencies, so that only that of one is told.
  if (buy === undefined || buys.length > 1) {
    return { success: true, simulated: { spend_percentage: percentage } };
  }
  const spend = amountOf(sum(yield* rowsOf(buy), (row) => row.spendMicros));
  return {
    success: true,
    simulated: { spend_percentage: percentage, spend: { amount: spend, currency: buy.currency } },
  };
}
