/** When a notification that was not taken is tried again. */
import { limits } from '../base/limits.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * Waits before the first attempt and after each failure: seconds at first, so that a receiver that restarts misses nothing,
 * then hours, so that one that is down for a long weekend misses nothing either. Source: Standard Webhooks, retry schedule.
 */
export const attemptWaitsMs: readonly number[] = [
  0,
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** After those, until the horizon: a receiver that comes back in the last hours gets it still. */
export const lastWaitsMs: number = hour;

/** Share of a wait by which it is made longer or shorter, so that failures of one moment do not come back in one moment. */
export const jitterShare = 0.1;

/** Longest wait that a receiver can ask for. */
export const retryAfterMsMax: number = 6 * hour;

export interface Failure {
  /** Attempts made so far, the failed one among them. */
  readonly attemptCount: number;
  readonly failedAtMs: number;
  /** When the outcome came. */
  readonly releasedAtMs: number;
  /** What the receiver asked for, counted from the failure; null: nothing. */
  readonly retryAfterMs: number | null;
}

/**
 * When to try again, or null when that would be beyond the horizon. A receiver that asks for a
 * pause gets at least that; it cannot ask for less than the schedule. `random`: from 0 to 1.
 */
export function nextAttemptMs(
  { attemptCount, failedAtMs, releasedAtMs, retryAfterMs }: Failure,
  random: number,
): number | null {
  const waitMs = attemptWaitsMs[attemptCount] ?? lastWaitsMs;
  const jittered = Math.round(waitMs * (1 + jitterShare * (2 * random - 1)));
  const asked = Math.min(Math.max(retryAfterMs ?? 0, 0), retryAfterMsMax);
  const next = failedAtMs + Math.max(jittered, asked);
  return next > releasedAtMs + limits.webhookHorizonMs ? null : next;
}
