/** How many calls a caller may make, by the token bucket: so many at once, and then so many a second. */
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/faults.ts';

export interface Rate {
  /** Calls a second in the long run; 0: no limit. */
  readonly perSecond: number;
  /** Calls at once after a rest. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Buckets that are remembered. The one that was used longest ago is forgotten, and is full when it comes again. */
const bucketCountMax = 20_000;

/** Of one kind of call. Names are the server's own numbers, never a caller's words. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** Takes one; or gives the milliseconds after which there will be one. */
  take(name: string): number {
    const { perSecond, burst } = this.#rate;
    if (perSecond === 0) return 0;
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(name) ?? { tokens: burst, atMs: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.atMs) / 1_000) * perSecond);
    this.#buckets.delete(name);
    const taken = tokens >= 1;
    this.#buckets.set(name, { tokens: taken ? tokens - 1 : tokens, atMs: now });
    if (this.#buckets.size > bucketCountMax) {
      const [oldest] = this.#buckets.keys();
      this.#buckets.delete(oldest!);
    }
    return taken ? 0 : Math.max(1, ((1 - tokens) / perSecond) * 1_000);
  }

  /** Puts one back that was not needed. */
  giveBack(name: string): void {
    const bucket = this.#buckets.get(name);
    if (bucket !== undefined) bucket.tokens = Math.min(this.#rate.burst, bucket.tokens + 1);
  }
}

export type CallKind = 'read' | 'write';

/** The limits of a server: reads and writes apart, for each caller and account. Source: AdCP security, insert-rate budgets. */
export interface RateLimits {
  /** Refuses with RATE_LIMITED. `accountNo` 0: a call that is about no account. */
  take(kind: CallKind, principalNo: number, accountNo: number): void;
  giveBack(kind: CallKind, principalNo: number, accountNo: number): void;
}

export function createRateLimits(rates: Record<CallKind, Rate>, clock: Clock): RateLimits {
  const limits = { read: new RateLimit(rates.read, clock), write: new RateLimit(rates.write, clock) };
  const nameOf = (principalNo: number, accountNo: number): string => `${principalNo}:${accountNo}`;
  return {
    take(kind, principalNo, accountNo) {
      const waitMs = limits[kind].take(nameOf(principalNo, accountNo));
      if (waitMs > 0) throw limited(rates[kind], waitMs, accountNo === 0 ? 'global' : 'account');
    },
    giveBack: (kind, principalNo, accountNo) => limits[kind].giveBack(nameOf(principalNo, accountNo)),
  };
}

/** For a change that turned out to be made already: what is given again costs as much as reading it, and no less. */
export function countAsRead(limits: RateLimits, principalNo: number, accountNo: number): void {
  limits.giveBack('write', principalNo, accountNo);
  limits.take('read', principalNo, accountNo);
}

function limited({ perSecond }: Rate, waitMs: number, scope: 'global' | 'account'): AppError {
  return new AppError('RATE_LIMITED', 'Too many calls; slow down.', {
    retryAfterSeconds: Math.ceil(waitMs / 1_000),
    suggestion: 'Wait as long as retry_after says; the same idempotency_key can be used then.',
    details: { limit: perSecond, remaining: 0, window_seconds: 1, scope },
  });
}
