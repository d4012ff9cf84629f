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
  const good = createGoodCredentials();
  const turns = createTurns();
  const check = (group: string): void => {
    const waitMs = addresses.take(group);
    if (waitMs === 0) return addresses.giveBack(group);
    throw new AppError('RATE_LIMITED', 'Too many bad credentials from this address; wait.', {
      retryAfterSeconds: Math.ceil(waitMs / 1_000),
      details: { limit: perMinute, remaining: 0, window_seconds: 60, scope: 'global' },
    });
  };
  const counted = async <T>(group: string, look: () => Promise<T>): Promise<T> => {
    try {
      return await look();
    } catch (error) {
      if (isBadCredential(error)) addresses.take(group);
      throw error;
    }
  };
  const checked = async <T>(group: string, look: () => Promise<T>): Promise<T> => {
    check(group);
    return counted(group, look);
  };
  return {
    async watch(address, shown, look) {
      if (perMinute === 0) return look();
      const group = addressGroup(address);
      return good.has(group, shown) ? counted(group, look) : checked(group, look);
    },
    async watchKey(address, shown, look) {
      if (perMinute === 0) return look();
      const group = addressGroup(address);
      if (good.has(group, shown)) return counted(group, look);
      check(group);
      const seen = await turns.take(group, async () => checked(group, look));
      good.add(group, shown);
      return seen;
    },
  };
}

export function isBadCredential(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'AUTH_INVALID' || error.code === 'SIGNATURE_REFUSED');
}

/** What was good, with the address that it came from; the one that was found first is forgotten first. */
function createGoodCredentials() {
  const good = new Set<string>();
  const nameOf = (group: string, shown: string): string =>
    createHash('sha256').update(`${group} ${shown}`).digest('base64');
  return {
    has: (group: string, shown: string): boolean => shown !== '' && good.has(nameOf(group, shown)),
    add(group: string, shown: string): void {
      good.add(nameOf(group, shown));
      if (good.size <= goodCountMax) return;
      const [oldest] = good;
      good.delete(oldest!);
    },
  };
}

/** One after the other, for each name. There are never more names than requests under way, which are bounded. */
function createTurns() {
  const lastOf = new Map<string, Promise<unknown>>();
  return {
    async take<T>(name: string, act: () => Promise<T>): Promise<T> {
      const before = lastOf.get(name) ?? Promise.resolve();
      const turn = before.then(act);
      // Those who wait want to know that it is over, not how it ended.
      const over = turn.then(
        () => undefined,
        () => undefined,
      );
      lastOf.set(name, over);
      try {
        return await turn;
      } finally {
        if (lastOf.get(name) === over) lastOf.delete(name);
      }
    },
  };
}
