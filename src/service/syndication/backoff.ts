import type { Random } from '../../base/clock.ts';
import { limits } from '../../base/limits.ts';

/**
 * How long to wait after the `failureCount`-th failure in a row: anything up to a time that doubles (full jitter, so that pushes that
 * failed together do not come back together), and no less than the other side asked for.
 */
export function retryAfter(failureCount: number, askedMs: number | null, random: Random): number {
  const exponent = Math.min(failureCount - 1, 30);
  const most = Math.min(limits.pushRetryMsMax, limits.pushRetryMsMin * 2 ** exponent);
  const share = new DataView(random.bytes(4).buffer).getUint32(0) / 2 ** 32;
  return Math.max(share * most, Math.min(askedMs ?? 0, limits.pushRetryMsMax));
}

/** How long to wait before another seller's counts are asked for again. */
export function pollAfter(pollCount: number): number {
  return Math.min(limits.pushPollMsMax, limits.pushPollMsMin * 2 ** Math.min(pollCount, 30));
}
