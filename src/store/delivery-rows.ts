import { all, run, type Script } from './script.ts';

/** What one package delivered on one day, in UTC. */
export interface DeliveryRow {
  readonly packageNo: number;
  /** YYYY-MM-DD */
  readonly day: string;
  readonly impressions: number;
  readonly clicks: number;
  /** Millionths of the buy's currency. */
  readonly spendMicros: number;
}

const add = `INSERT INTO package_delivery (account_no, package_no, day, impressions, clicks, spend_micros)
  VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account_no, package_no, day) DO UPDATE SET
  impressions = package_delivery.impressions + excluded.impressions, clicks = package_delivery.clicks + excluded.clicks,
  spend_micros = package_delivery.spend_micros + excluded.spend_micros`;
const ofBuy = `SELECT d.package_no AS packageNo, d.day, d.impressions, d.clicks, d.spend_micros AS spendMicros
  FROM media_package p JOIN package_delivery d ON d.account_no = p.account_no AND d.package_no = p.package_no
  WHERE p.account_no = ? AND p.buy_no = ? AND d.day >= ? AND d.day < ? ORDER BY d.package_no, d.day`;

/** Adds to what is there. */
export const addDelivery = (accountNo: number, row: DeliveryRow): Script<number> =>
  run(add, accountNo, row.packageNo, row.day, row.impressions, row.clicks, row.spendMicros);

/** From the first day on, up to the second without it. */
export const deliveryOfBuy = (
  accountNo: number,
  buyNo: number,
  fromDay: string,
  beforeDay: string,
): Script<readonly DeliveryRow[]> => all<DeliveryRow>(ofBuy, accountNo, buyNo, fromDay, beforeDay);
