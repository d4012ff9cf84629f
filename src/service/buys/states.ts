/** The state of a media buy, from what is stored and the clock. Nothing runs when a buy begins or ends. */
import type { BuyStatus } from './api.ts';

/** What a state follows from. Times are milliseconds since 1970; null: it has not happened. */
export interface BuyFacts {
  readonly startAt: number;
  readonly endAt: number;
  readonly paused: number | boolean;
  readonly canceledAt: number | null;
  readonly rejectedAt: number | null;
}

/** Source: AdCP media-buy lifecycle. What the buyer or the seller ended stays so; a buy that is over cannot be paused. */
export function statusOf(facts: BuyFacts, nowMs: number): BuyStatus {
  if (facts.rejectedAt !== null) return 'rejected';
  if (facts.canceledAt !== null) return 'canceled';
  if (nowMs >= facts.endAt) return 'completed';
  if (facts.paused === true || facts.paused === 1) return 'paused';
  return nowMs < facts.startAt ? 'pending_start' : 'active';
}

export function isOver(status: BuyStatus): boolean {
  return status === 'completed' || status === 'rejected' || status === 'canceled';
}

/** Words of AdCP for what a buyer can do now, in both releases. Source: `enums/media-buy-valid-action.json`. */
export function actionsIn(status: BuyStatus): readonly string[] {
  if (isOver(status)) return [];
  return [
    status === 'paused' ? 'resume' : 'pause',
    'cancel',
    'update_budget',
    'update_dates',
    'update_packages',
    'add_packages',
  ];
}

/**
 * What would bring a buy to a state, by the same rules as in production; null: nothing would. Staying is always possible.
 * For the test controller, which may move a buy's dates for it.
 */
export function forcedFacts<F extends BuyFacts>(facts: F, wanted: BuyStatus, nowMs: number): F | null {
  const now = statusOf(facts, nowMs);
  if (now === wanted) return facts;
  if (isOver(now)) return null;
  const begun = { startAt: Math.min(facts.startAt, nowMs) };
  switch (wanted) {
    case 'active':
      return { ...facts, ...begun, paused: 0 };
    case 'paused':
      return { ...facts, paused: 1 };
    case 'completed':
      return { ...facts, ...begun, endAt: nowMs };
    case 'canceled':
      return { ...facts, canceledAt: nowMs };
    case 'rejected':
      return now === 'pending_start' ? { ...facts, rejectedAt: nowMs } : null;
    case 'pending_start':
      return now === 'paused' && facts.startAt > nowMs ? { ...facts, paused: 0 } : null;
    // There are no creatives here to wait for.
    case 'pending_creatives':
      return null;
  }
}
