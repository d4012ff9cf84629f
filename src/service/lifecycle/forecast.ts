/** When work will be done, and when it is worth asking: from the schedule and from how fast it went of late. */
import type { TaskForecast } from '../api.ts';
import { finishMs, nextOpeningMs, type MatchSchedule } from './schedule.ts';

/** What is accepted and not matched. */
export interface Backlog {
  readonly operationCount: number;
  readonly memberCount: number;
}

/** How long work takes, from the operations of late; recent ones weigh more. */
export interface Speed {
  /** An operation of so many members ended at a time and had been at work since another. */
  note(memberCount: number, fromMs: number, toMs: number): void;
  /** Null where nothing like it was measured. */
  workMs(backlog: Backlog): number | null;
}

/** Below this an operation costs what every operation costs, and tells nothing of members. */
const largeMemberCount = 1_000;
/** What an operation of before still weighs after the next one. */
const decay = 0.98;

export function createSpeed(): Speed {
  const perOperation = createMean();
  const perMember = createMean();
  let busyUntilMs = Number.NEGATIVE_INFINITY;
  return {
    note(memberCount, fromMs, toMs) {
      // Operations overlap in their waiting and are worked on one after the other.
      const tookMs = Math.max(toMs - Math.max(fromMs, busyUntilMs), 0);
      busyUntilMs = Math.max(busyUntilMs, toMs);
      if (memberCount < largeMemberCount) perOperation.note(tookMs, 1);
      else perMember.note(tookMs, memberCount);
    },
    workMs({ operationCount, memberCount }) {
      const each = perOperation.value();
      const member = perMember.value();
      const isLarge = memberCount >= operationCount * largeMemberCount;
      if (operationCount > 0 && (isLarge ? member : each) === null) return null;
      return operationCount * (each ?? 0) + memberCount * (member ?? 0);
    },
  };
}

function createMean() {
  let sum = 0;
  let weight = 0;
  return {
    note(value: number, of: number): void {
      sum = sum * decay + value;
      weight = weight * decay + of;
    },
    value: (): number | null => (weight > 0 ? sum / weight : null),
  };
}

export interface Waiting {
  /** Null: not known. */
  readonly workMs: number | null;
  /** The run that takes up what is asked about has begun. */
  readonly isBegun: boolean;
}

/** The end of everything that waits: a task may be done sooner, and not later. */
export function forecast(schedule: MatchSchedule, waiting: Waiting, nowMs: number): TaskForecast {
  const { workMs, isBegun } = waiting;
  const startMs = isBegun ? nowMs : startAfter(schedule, nowMs);
  // A run that has begun goes on until it is done; only what has not begun waits for a window.
  const endMs = workMs === null ? null : isBegun ? startMs + workMs : finishMs(schedule, startMs, workMs);
  return {
    nextRunAtMs: startMs > nowMs ? startMs : null,
    expectedAtMs: endMs === null ? null : Math.ceil(endMs),
    retryAfterSeconds: retryAfterSeconds(endMs ?? startMs, nowMs),
  };
}

/** What was accepted after a run began is not in it. */
function startAfter(schedule: MatchSchedule, nowMs: number): number {
  return nextOpeningMs(schedule, schedule.kind === 'every' ? nowMs + 1 : nowMs);
}

const secondsMin = 1;
/** Source: AdCP clients take hints from 1 s to 1 h. */
const secondsMax = 3_600;

/** The one rule for how long to wait before asking again about something that is expected at a time. */
export function retryAfterSeconds(expectedAtMs: number, nowMs: number): number {
  const seconds = Math.ceil((expectedAtMs - nowMs) / 1_000);
  return Math.min(Math.max(seconds, secondsMin), secondsMax);
}
