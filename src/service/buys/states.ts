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

/**
 * Source: AdCP media-buy lifecycle, which knows no way from paused back to pending_start: a buy that is paused before it begins is
 * pending until then, and begins paused. What the buyer or the seller ended stays so.
 */
export function statusOf(facts: BuyFacts, nowMs: number): BuyStatus {
  if (facts.rejectedAt !== null) return 'rejected';
  if (facts.canceledAt !== null) return 'canceled';
  if (nowMs >= facts.endAt) return 'completed';
  if (nowMs < facts.startAt) return 'pending_start';
  return isPaused(facts) ? 'paused' : 'active';
}

export function isPaused({ paused }: Pick<BuyFacts, 'paused'>): boolean {
  return paused === true || paused === 1;
}

export function isOver(status: BuyStatus): boolean {
  return status === 'completed' || status === 'rejected' || status === 'canceled';
}

export const buyStatuses = [
  'pending_creatives',
  'pending_start',
  'active',
  'paused',
  'completed',
  'rejected',
  'canceled',
] as const satisfies readonly BuyStatus[];

/** Words of AdCP for what a buyer can do now, in both releases. Source: `enums/media-buy-valid-action.json`. */
export function actionsIn(status: BuyStatus, paused: boolean): readonly string[] {
  if (isOver(status)) return [];
  return [
    paused ? 'resume' : 'pause',
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
      return { ...facts, ...begun, paused: 1 };
    case 'completed':
      return now === 'pending_start' ? null : { ...facts, endAt: nowMs };
    case 'canceled':
      return { ...facts, canceledAt: nowMs };
    case 'rejected':
      return now === 'pending_start' ? { ...facts, rejectedAt: nowMs } : null;
    // What has begun cannot be about to begin; and there are no creatives here to wait for.
    case 'pending_start':
    case 'pending_creatives':
      return null;
  }
}
