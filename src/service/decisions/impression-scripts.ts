/** Impressions as the ad server reports them: counted once, by day and package, with what they cost. */
import { AppError } from '../../base/faults.ts';
import { addDelivery } from '../../store/delivery-rows.ts';
import {
  findBatch,
  forgetBatches,
  insertBatch,
  packagesNamed,
  type ReportedPackageRow,
} from '../../store/impression-rows.ts';
import type { Script } from '../../store/script.ts';
import { spendOfImpressions } from '../buys/money.ts';
import type { ImpressionAnswer, ImpressionReport, RejectedReason } from './api.ts';

export interface CountImpressionsInput {
  readonly batchHash: Uint8Array;
  /** Of the whole report. */
  readonly digest: Uint8Array;
  readonly reports: readonly ImpressionReport[];
  readonly nowMs: number;
}

/** Clocks of ad servers differ by a little. */
const futureMsMax = 5 * 60_000;
/** How late a report may come. */
const lateMsMax = 30 * 24 * 3_600_000;
/** A report that is repeated within this time is answered as before. */
const batchMemoryMs = 8 * 24 * 3_600_000;

export function createImpressionScripts() {
  return {
    *countImpressions(input: CountImpressionsInput): Script<ImpressionAnswer> {
      const { batchHash, digest, reports, nowMs } = input;
      const known = yield* findBatch(batchHash);
      if (known !== undefined) {
        if (Buffer.compare(known.digest, digest) !== 0) {
          throw new AppError('IDEMPOTENCY_CONFLICT', 'This batch_id was used for another report.', {
            field: 'batch_id',
            suggestion:
              'Send a new batch_id with new impressions; repeat a report unchanged to get its answer again.',
          });
        }
        return { ...(JSON.parse(known.answer) as ImpressionAnswer), replayed: true };
      }
      const packages = new Map(
        (yield* packagesNamed([...new Set(reports.map(({ packageId }) => packageId))])).map((row) => [
          row.packageId,
          row,
        ]),
      );
      const rejected: { index: number; reason: RejectedReason }[] = [];
      const accepted: { row: ReportedPackageRow; report: ImpressionReport }[] = [];
      const totals = new Map([...packages.values()].map((row) => [row.packageId, row.impressions]));
      reports.forEach((report, index) => {
        const row = packages.get(report.packageId);
        const total = (totals.get(report.packageId) ?? 0) + report.impressions;
        const reason = reasonOf(row, report.atMs ?? nowMs, nowMs) ?? reasonOfTotal(row, total);
        if (reason !== null) rejected.push({ index, reason });
        else if (row !== undefined) {
          accepted.push({ row, report });
          totals.set(report.packageId, total);
        }
      });
      yield* addAll(accepted, nowMs);
      const impressions = accepted.reduce((sum, { report }) => sum + report.impressions, 0);
      const answer: ImpressionAnswer = { impressions, rejected, replayed: false };
      yield* insertBatch(batchHash, digest, nowMs, JSON.stringify(answer));
      return answer;
    },

    *forgetImpressionBatches({ nowMs }: { readonly nowMs: number }): Script<void> {
      yield* forgetBatches(nowMs - batchMemoryMs);
    },
  };
}

function reasonOf(row: ReportedPackageRow | undefined, atMs: number, nowMs: number): RejectedReason | null {
  if (row === undefined) return 'unknown_package';
  if (atMs > nowMs + futureMsMax) return 'in_future';
  if (atMs < nowMs - lateMsMax) return 'too_late';
  return atMs >= row.startAt && atMs < row.endAt ? null : 'outside_flight';
}

/** What a buyer is shown is a sum over packages, in whole numbers. */
const spendMicrosMax = Number.MAX_SAFE_INTEGER / 1_000;

function reasonOfTotal(row: ReportedPackageRow | undefined, impressions: number): RejectedReason | null {
  const isCountable =
    row === undefined || spendOfImpressions(row.rateMicros, 0, impressions) <= spendMicrosMax;
  return isCountable ? null : 'too_much_spend';
}

interface Day {
  readonly row: ReportedPackageRow;
  readonly day: string;
  impressions: number;
  clicks: number;
}

/** One row for each package and day, in the order of packages: spend follows from how many came before. */
function* addAll(
  accepted: readonly { readonly row: ReportedPackageRow; readonly report: ImpressionReport }[],
  nowMs: number,
): Script<void> {
  const days = new Map<string, Day>();
  for (const { row, report } of accepted) {
    const day = new Date(report.atMs ?? nowMs).toISOString().slice(0, 10);
    const name = `${row.packageNo} ${day}`;
    const one = days.get(name) ?? { row, day, impressions: 0, clicks: 0 };
    one.impressions += report.impressions;
    one.clicks += report.clicks;
    days.set(name, one);
  }
  const counted = new Map<number, number>();
  for (const { row, day, impressions, clicks } of days.values()) {
    const before = counted.get(row.packageNo) ?? row.impressions;
    counted.set(row.packageNo, before + impressions);
    const spendMicros = spendOfImpressions(row.rateMicros, before, impressions);
    const { packageNo } = row;
    yield* addDelivery(row.accountNo, { packageNo, day, impressions, clicks, spendMicros });
  }
}
