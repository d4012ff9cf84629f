/** Money in millionths of a currency, in whole numbers, so that sums are exact. */
import { assert } from '../../base/assert.ts';

const microsPerUnit = 1_000_000;

/** From the number of a request or a configuration, to the nearest millionth. */
export function microsOf(amount: number): number {
  return Math.round(amount * microsPerUnit);
}

export function amountOf(micros: number): number {
  return micros / microsPerUnit;
}

/**
 * What the impressions from the `before`-th on cost at a price of a thousand: the difference of two rounded totals, so that any way of
 * counting the same impressions comes to the same spend.
 */
export function spendOfImpressions(rateMicros: number, before: number, count: number): number {
  assert(before >= 0 && count >= 0, () => 'impressions are counted upwards');
  const total = (impressions: number): bigint => (BigInt(rateMicros) * BigInt(impressions) + 500n) / 1_000n;
  return Number(total(before + count) - total(before));
}
