/** Work that one process at a time does for all: who does it, and who takes over. */
import type { Clock } from '../base/clock.ts';
import type { Store } from '../store/store.ts';
import type { LeaseFence } from '../store/writer-messages.ts';
import { leaseMsDefault, type LeaseScripts } from './lease-scripts.ts';

export interface LeadershipOptions {
  readonly store: Store<LeaseScripts>;
  /** Of the work. */
  readonly name: string;
  readonly holder: string;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** This process does it from now on, and writes for it under this lease. */
  readonly begun: (lease: LeaseFence) => void;
  /** It does it no more: somebody else may have begun. */
  readonly ended: () => void;
  /** For tests. */
  readonly leaseMs?: number;
}

export interface Leadership {
  /** Stops taking part, and gives the work to whoever is next. `ended` is told first. */
  close(): Promise<void>;
}

/** Whoever waits looks so many times while a lease lasts. */
const looksPerLease = 15;
const renewalsPerLease = 3;

/** Takes the lease whenever nobody has it, and keeps it. Whoever hears nothing of the database for as long as it lasts ends by itself. */
export function takePart(options: LeadershipOptions): Leadership {
  const { store, name, holder, clock, begun, ended, leaseMs = leaseMsDefault } = options;
  let lease: LeaseFence | null = null;
  let renewedAtMs = 0;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const end = (): void => {
    if (lease === null) return;
    lease = null;
    ended();
  };
  const take = async (): Promise<void> => {
    if (!(await store.read('leaseIsFree', { name }))) return;
    const askedAtMs = clock.monotonic();
    const leaseNo = await store.write('takeLease', { name, holder, leaseMs });
    if (leaseNo === null) return;
    lease = { kind: 'lease', name, leaseNo };
    renewedAtMs = askedAtMs;
    if (!isClosed) begun(lease);
  };
  const renew = async (leaseNo: number): Promise<void> => {
    const askedAtMs = clock.monotonic();
    const isRenewed = await store.write('renewLease', { name, leaseNo, leaseMs });
    if (isRenewed) renewedAtMs = askedAtMs;
    else end();
  };
  const step = async (): Promise<void> => {
    if (lease !== null && clock.monotonic() - renewedAtMs >= leaseMs) end();
    await (lease === null ? take() : renew(lease.leaseNo)).catch(() => undefined);
  };
  let stepping: Promise<void> = Promise.resolve();
  const next = (): void => {
    stepping = step().then(() => {
      const pauseMs = leaseMs / (lease === null ? looksPerLease : renewalsPerLease);
      if (!isClosed) timer = setTimeout(next, pauseMs);
    });
  };
  // A step that hangs with the database must not keep the work here.
  const watch = setInterval(() => {
    if (lease !== null && clock.monotonic() - renewedAtMs >= leaseMs) end();
  }, leaseMs / looksPerLease);
  next();
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      clearInterval(watch);
      const held = lease;
      end();
      await stepping;
      // What a last step took.
      const leaseNo = (lease as LeaseFence | null)?.leaseNo ?? held?.leaseNo;
      lease = null;
      if (leaseNo !== undefined) await store.write('releaseLease', { name, leaseNo }).catch(() => undefined);
    },
  };
}
