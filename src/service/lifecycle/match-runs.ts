/**
 * Takes up what was accepted and waits in the store: at the times of a schedule, after a start, and when the operator asks. Reads
 * it in pages, so that what waits is bounded by the disk and not by memory.
 */
import type { Clock } from '../../base/clock.ts';
import type { PendingRow } from '../../store/operation-rows.ts';
import type { Store } from '../../store/store.ts';
import type { MatchScripts } from '../match-scripts.ts';
import type { Troubled } from './fold-work.ts';
import type { Backlog } from './forecast.ts';
import { nextOpeningMs, type MatchSchedule } from './schedule.ts';

export interface MatchRunsDeps {
  readonly store: Store<MatchScripts>;
  readonly schedule: MatchSchedule;
  readonly clock: Clock;
  /** Whose work is taken up; null: everybody's. */
  readonly nodeNo: number | null;
  /** Begins with an operation; false when it is being worked on already. */
  readonly take: (operation: PendingRow) => boolean;
  /** Resolves when there is room for another page. */
  readonly room: () => Promise<void>;
  /** What waits, counted when a run begins. */
  readonly counted: (backlog: Backlog) => void;
  readonly troubled: Troubled;
}

export interface MatchRuns {
  /** Keeps the schedule from now on. */
  start(): void;
  /** Leaves it to another process from now on. */
  pause(): void;
  /** Something waits: takes it up if matching is open. */
  wake(): void;
  /** Takes up all that waits, whatever the schedule says. Gives the number of operations, once they are taken up. */
  runNow(): Promise<number>;
  /** Operations are being taken up: others must not overtake them. */
  isBusy(): boolean;
  /** When the last run began that took up everything accepted before it; null: none did. */
  begunAtMs(): number | null;
  /** Takes up nothing more. */
  stop(): void;
}

const pageCountMax = 128;
/** The clock is looked at again and again: it may be set, and the machine may sleep. */
const lookMsMax = 60_000;

export function createMatchRuns(deps: MatchRunsDeps): MatchRuns {
  const { schedule, clock, troubled } = deps;
  let isStopped = false;
  let isKept = false;
  let isWoken = false;
  let begunAtMs: number | null = null;
  const line = createLine();

  const isOpen = (): boolean =>
    schedule.kind !== 'every' && nextOpeningMs(schedule, clock.now()) <= clock.now();
  const run = async (mayGoOn: () => boolean, begun: () => void): Promise<number> =>
    line.add(async () => {
      begun();
      return takeUp(deps, () => !isStopped && mayGoOn());
    });
  const runNow = async (): Promise<number> =>
    run(
      () => true,
      () => (begunAtMs = clock.now()),
    );
  // Nothing is lost when a run fails: it waits in the store, and the next run finds it.
  const failed = (cause: unknown): void => troubled('match.run_failed', cause);
  const wake = (): void => {
    if (isStopped || isWoken || !(isKept || schedule.kind === 'immediate') || !isOpen()) return;
    isWoken = true;
    // A newer run begins with the oldest again: among what was accepted before may be what this one waits for.
    void run(
      () => !isWoken && isOpen(),
      () => (isWoken = false),
    ).catch(failed);
  };
  const clockwork = createClockwork(schedule, clock, () => {
    if (schedule.kind === 'windows') wake();
    else void runNow().catch(failed);
  });

  return {
    start: () => {
      isKept = true;
      clockwork.start();
      wake();
    },
    pause: () => {
      isKept = false;
      clockwork.stop();
    },
    wake,
    runNow,
    isBusy: line.isBusy,
    begunAtMs: () => begunAtMs,
    stop: () => {
      isStopped = true;
      clockwork.stop();
    },
  };
}

/** One piece of work after the other, failed ones included. */
function createLine() {
  let tail: Promise<unknown> = Promise.resolve();
  let count = 0;
  return {
    isBusy: (): boolean => count > 0,
    add: async <T>(work: () => Promise<T>): Promise<T> => {
      count++;
      const mine = tail.then(work);
      tail = mine.catch(() => undefined);
      return mine.finally(() => count--);
    },
  };
}

/** Calls at every opening of a schedule, and while a window is open now and then. */
function createClockwork(schedule: MatchSchedule, clock: Clock, opened: () => void) {
  let timer: NodeJS.Timeout | null = null;
  let nextAtMs = 0;
  const arm = (): void => {
    const soonMs = clock.now() + 1;
    const openingMs = nextOpeningMs(schedule, soonMs);
    // What is open now opens at every moment, and is woken by whatever is accepted.
    nextAtMs = openingMs === soonMs && schedule.kind === 'windows' ? soonMs + lookMsMax : openingMs;
    wait();
  };
  const wait = (): void => {
    timer = setTimeout(look, Math.min(Math.max(nextAtMs - clock.now(), 1), lookMsMax));
  };
  const look = (): void => {
    if (clock.now() < nextAtMs) return wait();
    opened();
    arm();
  };
  return {
    start: () => {
      if (schedule.kind !== 'immediate' && timer === null) arm();
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

async function takeUp(
  { store, nodeNo, take, room, counted }: MatchRunsDeps,
  mayGoOn: () => boolean,
): Promise<number> {
  const { newestSeq, ...backlog } = await store.read('waitingFolds', {});
  counted(backlog);
  let afterSeq = 0;
  let count = 0;
  while (mayGoOn()) {
    const range = { afterSeq, upToSeq: newestSeq, countMax: pageCountMax, nodeNo };
    const page = await store.read('pendingFolds', range);
    for (const operation of page) if (take(operation)) count++;
    const last = page.at(-1);
    if (last === undefined) break;
    afterSeq = last.opSeq;
    await room();
  }
  return count;
}
