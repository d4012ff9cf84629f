/** Delivery that a test makes up: it is added to what was counted, and told where counted delivery is told. */
import type { JsonObject } from '../../engine/types.ts';
import { addDelivery, deliveryOfBuy, type DeliveryRow } from '../../store/delivery-rows.ts';
import { packagesOfBuy } from '../../store/package-rows.ts';
import type { BuyRow } from '../../store/buy-rows.ts';
import type { Script } from '../../store/script.ts';
import { findBuy, type ControllerParts, type ControllerScope } from './controller-scope.ts';
import { Refused } from './controller-words.ts';
import { numberIn, objectIn, textIn } from './json-parts.ts';
import { amountOf, microsOf, spendOfImpressions } from './money.ts';

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function* rowsOf({ accountNo, buyNo }: BuyRow): Script<readonly DeliveryRow[]> {
  return yield* deliveryOfBuy(accountNo, buyNo, '0000-00-00', '9999-99-99');
}

const sum = (rows: readonly DeliveryRow[], of: (row: DeliveryRow) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

function count(scope: ControllerScope, name: string): number {
  const value = numberIn(scope.params, name) ?? 0;
  if (!Number.isSafeInteger(value))
    throw new Refused('INVALID_PARAMS', `params.${name} must be a whole number.`);
  return value;
}

function spendSaid(scope: ControllerScope, currency: string): number | null {
  const said = objectIn(scope.params, 'reported_spend');
  if (said === undefined) return null;
  const amount = numberIn(said, 'amount');
  if (amount === undefined || textIn(said, 'currency') !== currency) {
    throw new Refused(
      'INVALID_PARAMS',
      `params.reported_spend must be an amount in ${currency}, as the media buy is.`,
    );
  }
  return microsOf(amount);
}

/** Goes to the first package that is not canceled. */
export function* simulateDelivery(_: ControllerParts, scope: ControllerScope): Script<JsonObject> {
  const buy = yield* findBuy(scope);
  const { accountNo, currency } = buy;
  const target = (yield* packagesOfBuy(accountNo, buy.buyNo)).find(({ canceledAt }) => canceledAt === null);
  if (target === undefined) throw new Refused('INVALID_STATE', 'The media buy has no package to deliver.');
  const impressions = count(scope, 'impressions');
  const clicks = count(scope, 'clicks');
  const before = (yield* rowsOf(buy)).filter(({ packageNo }) => packageNo === target.packageNo);
  const counted = sum(before, (row) => row.impressions);
  const spendMicros =
    spendSaid(scope, currency) ?? spendOfImpressions(target.rateMicros, counted, impressions);
  const row = { packageNo: target.packageNo, day: dayOf(scope.nowMs), impressions, clicks, spendMicros };
  yield* addDelivery(accountNo, row);
  const after = yield* rowsOf(buy);
  const told = (rows: readonly DeliveryRow[]): JsonObject => ({
    impressions: sum(rows, (one) => one.impressions),
    clicks: sum(rows, (one) => one.clicks),
    reported_spend: { amount: amountOf(sum(rows, (one) => one.spendMicros)), currency },
  });
  return { success: true, simulated: told([row]), cumulative: told(after) };
}

/** Brings the spend of every package to a share of its budget, where it is lower. */
export function* simulateSpend(_: ControllerParts, scope: ControllerScope): Script<JsonObject> {
  const percentage = numberIn(scope.params, 'spend_percentage');
  if (percentage === undefined || percentage > 1_000) {
    throw new Refused('INVALID_PARAMS', 'params.spend_percentage must be a number from 0 to 1000.');
  }
  const buy = yield* findBuy(scope);
  const rows = yield* rowsOf(buy);
  const day = dayOf(scope.nowMs);
  for (const { packageNo, budgetMicros } of yield* packagesOfBuy(buy.accountNo, buy.buyNo)) {
    const spent = sum(
      rows.filter((row) => row.packageNo === packageNo),
      (row) => row.spendMicros,
    );
    const missing = Math.round((budgetMicros * percentage) / 100) - spent;
    if (missing <= 0) continue;
    yield* addDelivery(buy.accountNo, { packageNo, day, impressions: 0, clicks: 0, spendMicros: missing });
  }
  const spend = amountOf(sum(yield* rowsOf(buy), (row) => row.spendMicros));
  return {
    success: true,
    simulated: { spend_percentage: percentage, spend: { amount: spend, currency: buy.currency } },
  };
}
