/** Refused credentials as the audit log has them: how many in a minute, and from how many places. */
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/faults.ts';
import { addressGroup } from '../protocol/auth/failure-budget.ts';
import type { FailureBudget } from '../protocol/failure-budget.ts';
import type { Store } from '../store/store.ts';
import type { Scripts } from './scripts.ts';

export interface RefusalAudit {
  readonly failures: FailureBudget;
  /** Writes what was counted since the last time. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const everyMs = 60_000;
/** Places that are told apart; beyond them the count is a lower bound. */
const placeCountMax = 10_000;

/**
 * Counts what a budget refuses. One record a minute and not one for each: whoever guesses would else fill the disk. Addresses are
 * somebody's, so that only their number is kept.
 */
export function auditRefusals(
  budget: FailureBudget,
  store: Pick<Store<Scripts>, 'write'>,
  clock: Pick<Clock, 'now'>,
): RefusalAudit {
  const places = new Set<string>();
  let bad = 0;
  let unseen = 0;
  const counted = async <T>(address: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      const code = error instanceof AppError ? error.code : null;
      if (code === 'RATE_LIMITED') unseen++;
      else if (code === 'AUTH_INVALID' || code === 'SIGNATURE_REFUSED') bad++;
      else throw error;
      if (places.size < placeCountMax) places.add(addressGroup(address));
      throw error;
    }
  };
  const flush = async (): Promise<void> => {
    if (bad + unseen === 0) return;
    const record = { bad, unseen, placeCount: places.size };
    [bad, unseen] = [0, 0];
    places.clear();
    await store.write('noteRefusals', { ...record, nowMs: clock.now() }).catch(() => undefined);
  };
  const timer = setInterval(() => void flush(), everyMs);
  timer.unref();
  return {
    failures: {
      watch: async (address, shown, look) => counted(address, budget.watch(address, shown, look)),
      watchKey: async (address, shown, look) => counted(address, budget.watchKey(address, shown, look)),
    },
    flush,
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}
