/** How often somebody may be wrong. What is right costs nothing. */
import { createHash } from 'node:crypto';

import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/faults.ts';
import { RateLimit } from '../../service/rate-limit.ts';
import type { FailureBudget } from '../failure-budget.ts';

export interface FailureRate {
  /** Bad credentials from one address; 0: no limit. */
  readonly perMinute: number;
}

/** Good credentials that are remembered, as hashes, each with the address that it came from. */
const goodCountMax = 20_000;

/** IPv6 by the network of a household: its addresses are as good as free. */
export function addressGroup(address: string): string {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  if (!plain.includes(':')) return plain;
  const [head = ''] = plain.split('%');
  const [left = '', right] = head.split('::');
  const groups = left.split(':').filter((group) => group !== '');
  const missing =
    right === undefined ? 0 : 8 - groups.length - right.split(':').filter((one) => one !== '').length;
  const whole = [...groups, ...Array.from({ length: missing }, () => '0'), ...(right ?? '').split(':')];
  return `${whole.slice(0, 4).join(':')}::/64`;
}

/**
 * A bucket of the failures that are left, for each address: when it is empty, the next try is refused unseen. Keys have none: their
 * owners would be locked out by anybody who tries.
 */
export function createFailureBudget({ perMinute }: FailureRate, clock: Clock): FailureBudget {
  const addresses = new RateLimit({ perSecond: perMinute / 60, burst: perMinute }, clock);
  const good = new Map<string, true>();
  const nameOf = (address: string, shown: string): string =>
    createHash('sha256')
      .update(`${addressGroup(address)} ${shown}`)
      .digest('base64');
  return {
    check(address, shown) {
      const group = addressGroup(address);
      const waitMs = addresses.take(group);
      if (waitMs === 0) return addresses.giveBack(group);
      if (good.has(nameOf(address, shown))) return;
      throw new AppError('RATE_LIMITED', 'Too many bad credentials from this address; wait.', {
        retryAfterSeconds: Math.ceil(waitMs / 1_000),
        details: { limit: perMinute, remaining: 0, window_seconds: 60, scope: 'global' },
      });
    },
    failed: (address) => void addresses.take(addressGroup(address)),
    succeeded(address, shown) {
      const name = nameOf(address, shown);
      if (good.has(name)) return;
      good.set(name, true);
      if (good.size <= goodCountMax) return;
      const [oldest] = good.keys();
      good.delete(oldest!);
    },
  };
}
