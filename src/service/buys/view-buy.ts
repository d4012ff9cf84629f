/** A buy as its caller sees it: what is stored, the state by the clock, and what impairs it now. */
import { createHash } from 'node:crypto';

import type { BuyRow } from '../../store/buy-rows.ts';
import {
  packagesOfBuy,
  suspendedLinks,
  type PackageRow,
  type SuspendedLink,
} from '../../store/package-rows.ts';
import type { Script } from '../../store/script.ts';
import type { Sealer } from '../seal.ts';
import type { BuyView, Impairment, PackageView } from './api.ts';
import { isOver, statusOf } from './states.ts';
import type { BuyDocument, PackageDocument } from './stored.ts';

/** Reasons that fit an audience. Source: AdCP `enums/impairment-reason-code.json`. */
export const audienceReasonCodes = [
  'policy_violation',
  'consent_expired',
  'ttl_expired',
  'pii_audit_failed',
  'seller_removed',
] as const;

/** What a suspension is called of which nobody said more. */
const plainReason = 'seller_removed';

function reasonCodeOf(code: string | null): string {
  return audienceReasonCodes.find((one) => one === code) ?? plainReason;
}

/** The same as long as the suspension lasts, and another for the next one. */
function impairmentIdOf(mediaBuyId: string, audienceNo: number, sinceMs: number): string {
  const hash = createHash('sha256').update(`${mediaBuyId} ${audienceNo} ${sinceMs}`).digest('hex');
  return `imp_${hash.slice(0, 32)}`;
}

/** One entry for each suspended audience, with every package that leans on it. */
function impairmentsOf(buy: BuyRow, links: readonly SuspendedLink[]): readonly Impairment[] {
  const byAudience = new Map<number, SuspendedLink[]>();
  for (const link of links)
    byAudience.set(link.audienceNo, [...(byAudience.get(link.audienceNo) ?? []), link]);
  return [...byAudience.values()].flatMap((of) => {
    const [first] = of;
    if (first === undefined) return [];
    const sinceMs = first.suspendedAt ?? buy.createdAt;
    return [
      {
        impairmentId: impairmentIdOf(buy.mediaBuyId, first.audienceNo, sinceMs),
        audienceId: first.audienceId,
        packageIds: of.map(({ packageId }) => packageId),
        reasonCode: reasonCodeOf(first.suspendedCode),
        observedAtMs: sinceMs,
      },
    ];
  });
}

export function viewPackage(sealer: Sealer, row: PackageRow): PackageView {
  const document = sealer.open<PackageDocument>(row.document);
  return {
    packageId: row.packageId,
    productId: row.productId,
    pricingOptionId: document.pricingOptionId,
    budgetMicros: row.budgetMicros,
    rateMicros: row.rateMicros,
    paused: row.paused === 1,
    canceledAtMs: row.canceledAt,
    cancellationReason: document.cancellationReason,
    startAtMs: row.startAt,
    endAtMs: row.endAt,
    words: document.words,
  };
}

export function* viewBuy(sealer: Sealer, buy: BuyRow, sandbox: boolean, nowMs: number): Script<BuyView> {
  const document = sealer.open<BuyDocument>(buy.document);
  const packages = yield* packagesOfBuy(buy.accountNo, buy.buyNo);
  const status = statusOf(buy, nowMs);
  const links = isOver(status) ? [] : yield* suspendedLinks(buy.accountNo, buy.buyNo);
  return {
    mediaBuyId: buy.mediaBuyId,
    sandbox,
    status,
    paused: buy.paused === 1,
    revision: buy.revision,
    startAtMs: buy.startAt,
    endAtMs: buy.endAt,
    confirmedAtMs: buy.confirmedAt,
    canceledAtMs: buy.canceledAt,
    cancellationReason: document.cancellationReason,
    rejectionReason: document.rejectionReason,
    createdAtMs: buy.createdAt,
    updatedAtMs: buy.updatedAt,
    currency: buy.currency,
    context: document.context,
    packages: packages.map((row) => viewPackage(sealer, row)),
    impairments: impairmentsOf(buy, links),
  };
}
