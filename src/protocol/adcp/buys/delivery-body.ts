/** The body of get_media_buy_delivery. Source: AdCP `media-buy/get-media-buy-delivery-response.json`. */
import type { JsonObject } from '../../../engine/types.ts';
import type { BuyDelivery, DeliveredDay, DeliveryReport } from '../../../service/buys/api.ts';
import { amountOf } from '../../../service/buys/money.ts';

interface Totals {
  readonly impressions: number;
  readonly clicks: number;
  readonly spendMicros: number;
}

function totalOf(days: readonly DeliveredDay[]): Totals {
  const sum = { impressions: 0, clicks: 0, spendMicros: 0 };
  for (const day of days) {
    sum.impressions += day.impressions;
    sum.clicks += day.clicks;
    sum.spendMicros += day.spendMicros;
  }
  return sum;
}

const totalsBody = ({ impressions, clicks, spendMicros }: Totals): JsonObject => ({
  impressions,
  clicks,
  spend: amountOf(spendMicros),
});

function dayBody({ day, impressions, spendMicros }: DeliveredDay): JsonObject {
  return { date: day, impressions, spend: amountOf(spendMicros) };
}

function deliveryBody({ buy, packages }: BuyDelivery, wantsDays: boolean): JsonObject {
  return {
    media_buy_id: buy.mediaBuyId,
    status: buy.status,
    totals: totalsBody(totalOf(packages.flatMap(({ days }) => days))),
    by_package: packages.map(({ package: one, days }) => ({
      package_id: one.packageId,
      ...totalsBody(totalOf(days)),
      pricing_model: 'cpm',
      rate: amountOf(one.rateMicros),
      currency: buy.currency,
      paused: one.paused,
      ...(wantsDays ? { daily_breakdown: days.map(dayBody) } : {}),
    })),
  };
}

/** Without a buy there is no currency to tell; the schema wants one. */
const currencyOfNothing = 'USD';

export function deliveryReportBody(report: DeliveryReport, wantsDays: boolean): JsonObject {
  const { deliveries } = report;
  const currency = deliveries[0]?.buy.currency ?? currencyOfNothing;
  const isOneCurrency = deliveries.every(({ buy }) => buy.currency === currency);
  const everyDay = deliveries.flatMap(({ packages }) => packages.flatMap(({ days }) => days));
  return {
    reporting_period: {
      start: new Date(report.startAtMs).toISOString(),
      end: new Date(report.endAtMs).toISOString(),
    },
    currency,
    // Sums over several currencies would mean nothing.
    ...(isOneCurrency
      ? { aggregated_totals: { ...totalsBody(totalOf(everyDay)), media_buy_count: deliveries.length } }
      : {}),
    media_buy_deliveries: deliveries.map((one) => deliveryBody(one, wantsDays)),
    ...(deliveries.length > 0 && deliveries.every(({ buy }) => buy.sandbox) ? { sandbox: true } : {}),
  };
}
