/**
 * The work that follows an accepted sync: fold, settle, tell whoever waits. Operations are folded in the order of acceptance, at
 * once or when the schedule says. What was not finished when the process ended is found in the store at the next start.
 */
import type { Clock } from '../base/clock.ts';
import type { PendingRow } from '../store/operation-rows.ts';
import type { Store } from '../store/store.ts';
import type { SyncOutcome, TaskForecast } from './api.ts';
import { createFoldWork, type Troubled } from './lifecycle/fold-work.ts';
import { forecast } from './lifecycle/forecast.ts';
import { createMatchRuns } from './lifecycle/match-runs.ts';
import type { ParkScripts } from './lifecycle/park-scripts.ts';
import { nextOpeningMs, type MatchSchedule } from './lifecycle/schedule.ts';
import { createTaskWaiters } from './lifecycle/task-waiters.ts';
import { createWorkload } from './lifecycle/workload.ts';
import type { FoldRequest, Matcher } from './matching.ts';
import type { MatchScripts } from './match-scripts.ts';
import { createSettleQueue } from './settle-queue.ts';

export interface MatchQueueDeps {
  readonly store: Store<MatchScripts & ParkScripts>;
  readonly matcher: Matcher;
  readonly clock: Clock;
  readonly schedule: MatchSchedule;
  /** Names the work of this process where several share a store; 0: there is only this one. */
  readonly nodeNo: number;
  /** Something that must not fail did; it is tried again. */
  readonly troubled: Troubled;
  /** Another graph is stored than the matcher has: reads it. */
  readonly refreshGraph?: () => Promise<void>;
  /** The counts of some audience moved. */
  readonly settled?: () => void;
  /** A notification can be delivered. */
  readonly notifies?: () => void;
  /** The pause before an operation is tried again, by how often it failed. */
  readonly pauseMs?: (attemptCount: number) => number;
}

export interface PendingOperation extends FoldRequest, PendingRow {}

export interface MatchQueue {
  /** An operation was accepted. Begins with it unless the schedule has it wait. */
  enqueue(operation: PendingOperation): void;
  /** Resolves with the outcome when the task settles, or with null after `waitMs`. Ask before enqueueing. */
  waitFor(taskId: string, waitMs: number): Promise<SyncOutcome | null>;
  /** Takes up what an earlier process left, as the schedule says, and keeps the schedule. Gives the number of operations that wait. */
  recover(): Promise<number>;
  /** Keeps the schedule for all processes from now on; matching at once is everybody's own work. */
  lead(): void;
  /** Leaves that to another process. */
  follow(): void;
  /** Takes up what was given to this process, or waits for a window that is open. */
  wake(): void;
  /** Begins with everything that waits, whatever the schedule says. Gives the number of operations. */
  runNow(): Promise<number>;
  /** Counts every live audience again that was counted against another state of the graph. */
  rematchAll(graphVersion: number): Promise<number>;
  /** Whether what is accepted now is matched within so many milliseconds as far as the schedule goes. */
  opensWithin(ms: number): boolean;
  /** Of a task that was accepted at a time and is open. */
  forecast(acceptedAtMs: number): TaskForecast;
  /** Begins with nothing more and tries nothing again; what is under way ends. */
  stop(): void;
  /** Resolves when everything begun so far has settled. */
  idle(): Promise<void>;
}

/** After so long it is tried again what waits for an operation of another process. */
const laterMs = 1_000;

export function createMatchQueue(deps: MatchQueueDeps): MatchQueue {
  const { store, clock, schedule, troubled } = deps;
  const { waitFor, tell } = createTaskWaiters();
  const later = createLater(() => runs.wake());
  const settling = createSettleQueue(store, clock);
  const work = createFoldWork({ ...deps, settling, tell, leftForLater: later.soon });
  const load = createWorkload(work.untilOver, clock);
  const runs = createMatchRuns({
    ...{ store, schedule, clock, troubled, room: load.room, counted: load.setWaiting },
    nodeNo: deps.nodeNo === 0 || schedule.kind !== 'immediate' ? null : deps.nodeNo,
    take: (operation) => {
      if (load.isBegun(operation.opSeq)) return false;
      load.begin(operation);
      return true;
    },
  });

  const recounts = createRecounts(clock);

  return {
    enqueue: (operation) => {
      load.waitsFor(operation.memberCount);
      // Nothing overtakes what was accepted before it and is still being taken up.
      if (schedule.kind !== 'immediate' || runs.isBusy()) return runs.wake();
      const { operation: bytes, ...named } = operation;
      load.begin(load.canHold(bytes?.length ?? 0) ? operation : named);
    },
    waitFor,
    recover: async () => {
      const backlog = await store.read('waitingFolds', {});
      load.setWaiting(backlog);
      runs.start();
      return backlog.operationCount;
    },
    lead: runs.start,
    follow: runs.pause,
    wake: runs.wake,
    runNow: runs.runNow,
    rematchAll: async (graphVersion) => {
      const stale = await store.read('staleAudiences', { graphVersion });
      const due = stale.filter(({ audienceNo }) => recounts.begin(audienceNo));
      for (const audience of due)
        load.track(rematch(deps, audience).then(recounts.over(audience.audienceNo)));
      return due.length;
    },
    opensWithin: (ms) => nextOpeningMs(schedule, clock.now() + 1) <= clock.now() + 1 + ms,
    forecast: (acceptedAtMs) => {
      const isBegun = acceptedAtMs <= (runs.begunAtMs() ?? Number.NEGATIVE_INFINITY);
      return forecast(schedule, { workMs: load.workMs(), isBegun }, clock.now());
    },
    stop: () => {
      later.stop();
      runs.stop();
      work.stop();
    },
    idle: load.idle,
  };
}

/** Calls once, a while after it was asked to. */
function createLater(act: () => void) {
  let timer: NodeJS.Timeout | null = null;
  return {
    soon: (): void => {
      timer ??= setTimeout(() => {
        timer = null;
        act();
      }, laterMs).unref();
    },
    stop: (): void => {
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** What fails is not counted again at once. */
const recountPauseMs = 60_000;

/** Audiences that are counted again, or could not be a moment ago. */
function createRecounts(clock: Pick<Clock, 'monotonic'>) {
  const until = new Map<number, number>();
  return {
    begin: (audienceNo: number): boolean => {
      if ((until.get(audienceNo) ?? 0) > clock.monotonic()) return false;
      until.set(audienceNo, Number.POSITIVE_INFINITY);
      return true;
    },
    over: (audienceNo: number) => (isDone: boolean) => {
      if (isDone) until.delete(audienceNo);
      else until.set(audienceNo, clock.monotonic() + recountPauseMs);
    },
  };
}

/** False: it failed, and was told. */
async function rematch(
  { store, matcher, clock, troubled }: MatchQueueDeps,
  audience: { readonly accountNo: number; readonly audienceNo: number },
): Promise<boolean> {
  try {
    const reply = await matcher.rematch(audience);
    if (reply.kind === 'gone') return true;
    // Another process counted something meanwhile: it is found again, with what is stored then.
    if (!(await store.write('settleRematch', { ...audience, reply, nowMs: clock.now() })))
      matcher.forget(audience.audienceNo);
    return true;
  } catch (error) {
    matcher.forget(audience.audienceNo);
    const { accountNo, audienceNo } = audience;
    troubled('rematch.failed', error, { account_no: accountNo, audience_no: audienceNo });
    return false;
  }
}
