/**
 * What one process does for all that share a store: it delivers notifications, pushes audiences on, keeps the schedule of matching, takes up
 * what processes left that live no more, counts again what a change of the graph made stale, and forgets what is over. Alone on its
 * store, a process does it from the start.
 */
import { systemClock } from '../platform/clock.ts';
import type { MatchQueue } from '../service/match-queue.ts';
import type { Sweeper } from '../service/replace-blocks.ts';
import type { Store } from '../store/store.ts';
import type { LeaseFence } from '../store/writer-messages.ts';
import { createPatientTime } from './patient-time.ts';
import type { Scripts } from './scripts.ts';

/** A part of the server that works in one process at a time. */
export interface SoleWork {
  /** `lease`: what it writes under; undefined where there is no other process. */
  begin(lease?: LeaseFence): void;
  end(): void;
  /** Another process may have left something to do. */
  look(): void;
}

export interface DutyParts {
  readonly store: Store<Scripts>;
  readonly nodeNo: number;
  readonly queue: MatchQueue;
  readonly sweeper: Sweeper;
  readonly graphVersion: () => number;
  readonly others: readonly SoleWork[];
  readonly troubled: (event: string, cause: unknown) => void;
}

const housekeepingMs = 3_600_000;
/** After so long a silent process is struck off for good. */
const silentMs = 24 * 3_600_000;
/** So often it is looked for what ended processes left. */
const lostMs = 1_000;
const sweepMs = 60_000;

export function createDuties(parts: DutyParts): SoleWork {
  const { store, nodeNo, queue, sweeper, others, troubled } = parts;
  const patientNow = createPatientTime(systemClock);
  let timers: NodeJS.Timeout[] = [];
  let isCounting = false;
  const every = (ms: number, act: () => Promise<unknown>): void => {
    const timer = setInterval(() => void act().catch(() => undefined), ms);
    timers.push(timer.unref());
  };
  const recount = async (): Promise<void> => {
    if (isCounting || timers.length === 0) return;
    isCounting = true;
    try {
      await queue.rematchAll(parts.graphVersion());
    } catch (cause) {
      troubled('rematch.failed', cause);
    } finally {
      isCounting = false;
    }
  };
  return {
    begin(lease) {
      for (const one of others) one.begin(lease);
      queue.lead();
      every(housekeepingMs, async () => keepHouse(store, patientNow, lease));
      if (nodeNo === 0) return;
      every(lostMs, async () => takeUpLost(parts, lease));
      every(lostMs, recount);
      every(sweepMs, async () => {
        if ((await store.write('releaseLostPieces', {}, lease)) > 0) sweeper.wake();
      });
      sweeper.wake();
    },
    end() {
      for (const timer of timers) clearInterval(timer);
      timers = [];
      queue.follow();
      for (const one of others) one.end();
    },
    look() {
      if (timers.length === 0) return;
      for (const one of others) one.look();
      queue.wake();
    },
  };
}

/** Operations of processes that live no more become this one's. */
async function takeUpLost(
  { store, nodeNo, queue, troubled }: DutyParts,
  lease: LeaseFence | undefined,
): Promise<void> {
  try {
    if (!(await store.read('anyLostOperation', {}))) return;
    await store.write('adoptLostOperations', { nodeNo }, lease);
    queue.wake();
  } catch (cause) {
    troubled('match.run_failed', cause);
  }
}

async function keepHouse(
  store: Store<Scripts>,
  patientNow: () => number,
  lease: LeaseFence | undefined,
): Promise<void> {
  const nowMs = patientNow();
  for (const name of [
    'forgetOld',
    'forgetOldDeliveries',
    'forgetImpressionBatches',
    'forgetOldSigningKeys',
    'forgetNonces',
  ] as const)
    void store.write(name, { nowMs }, lease).catch(() => undefined);
  void store.write('signAudit', { nowMs: systemClock.now() }, lease).catch(() => undefined);
  await store.write('forgetSilentNodes', { silentMs }, lease);
  // A piece at a time, so that other writes come between.
  while ((await store.write('forgetOldAudit', { nowMs }, lease)) > 0);
}
