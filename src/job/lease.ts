/** Holding what only one of several processes may hold, for as long as this one lives. */
import { setTimeout as sleep } from 'node:timers/promises';

import { AppError } from '../base/faults.ts';
import type { Store } from '../store/store.ts';
import type { LeaseScripts } from './lease-scripts.ts';

export interface LeaseOptions {
  readonly store: Store<LeaseScripts>;
  readonly name: string;
  /** Who holds it, for others to read. */
  readonly holder: string;
  /** Somebody else has it: the process was stopped, or cut off from the database, for too long. */
  readonly lost: () => void;
  /** Ends the wait for somebody else's lease, with a refusal. */
  readonly signal?: AbortSignal;
  /** For tests. */
  readonly leaseMs?: number;
}

export interface Lease {
  readonly leaseNo: number;
  /** Gives it back, so that nobody has to wait for its end. */
  release(): Promise<void>;
}

/** How long a process may be gone before another takes over; it renews three times as often. */
export const leaseMsDefault = 15_000;
const retryMs = 500;

/**
 * Takes a lease; waits for its end while somebody else holds it, unless `isPatient` is false, when it refuses.
 * `waiting` is told once who holds it.
 */
export async function takeLease(
  options: LeaseOptions,
  isPatient: boolean,
  waiting: (holder: string) => void,
): Promise<Lease> {
  const { store, name, holder, signal, leaseMs = leaseMsDefault } = options;
  for (let isFirst = true; ; isFirst = false) {
    const leaseNo = await store.write('takeLease', { name, holder, leaseMs });
    if (leaseNo !== null) return hold(options, leaseNo);
    const by = (await store.read('leaseHolder', { name })) ?? 'another process';
    if (!isPatient) {
      throw new AppError('CONFIGURATION_ERROR', `The database is in use by ${by}.`, {
        suggestion:
          'Run the command with the data directory of that server, on its machine, or stop the server.',
      });
    }
    if (isFirst) waiting(by);
    await sleep(retryMs, undefined, signal === undefined ? {} : { signal }).catch(() => {
      throw new AppError('SERVICE_UNAVAILABLE', 'The wait for the database was ended.');
    });
  }
}

function hold({ store, name, lost, leaseMs = leaseMsDefault }: LeaseOptions, leaseNo: number): Lease {
  let isHeld = true;
  const end = (): void => {
    if (!isHeld) return;
    isHeld = false;
    clearInterval(timer);
    lost();
  };
  const renew = async (): Promise<void> => {
    // While the database is away nobody can take over either.
    const isRenewed = await store.write('renewLease', { name, leaseNo, leaseMs }).catch(() => true);
    if (!isRenewed) end();
  };
  const timer = setInterval(() => void renew(), leaseMs / 3);
  return {
    leaseNo,
    async release() {
      isHeld = false;
      clearInterval(timer);
      await store.write('releaseLease', { name, leaseNo }).catch(() => undefined);
    },
  };
}
