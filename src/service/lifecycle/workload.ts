/** What is being worked on, what waits, and how fast it goes. */
import type { Clock } from '../../base/clock.ts';
import type { PendingOperation } from '../match-queue.ts';
import { createSpeed, type Backlog } from './forecast.ts';

export interface Workload {
  /** Works on an operation until it is over. */
  begin(operation: PendingOperation): void;
  isBegun(opSeq: number): boolean;
  /** Whether the bytes of an operation may be kept at hand; beyond the bound they are read from the store. */
  canHold(byteCount: number): boolean;
  /** Resolves when fewer operations are worked on than a bound. */
  room(): Promise<void>;
  /** One more operation waits, of so many members. */
  waitsFor(memberCount: number): void;
  /** All that waits, counted. */
  setWaiting(backlog: Backlog): void;
  /** How long all that waits takes; null: not known. */
  workMs(): number | null;
  /** Counts something else as work. */
  track(work: Promise<unknown>): void;
  /** Resolves when everything begun so far is over. */
  idle(): Promise<void>;
}

/** Bytes of operations kept at hand for the matching thread. */
const heldBytesMax = 256 * 1024 * 1024;
/** Operations from the store that are worked on at once: enough that the matching thread never waits for the next. */
const begunCountMax = 128;

/** `untilOver` resolves with whether the operation was folded, and never rejects. */
export function createWorkload(
  untilOver: (operation: PendingOperation) => Promise<boolean>,
  clock: Pick<Clock, 'monotonic'>,
): Workload {
  const speed = createSpeed();
  const begun = new Set<number>();
  let waiting: Backlog = { operationCount: 0, memberCount: 0 };
  let heldBytes = 0;
  let tail: Promise<unknown> = Promise.resolve();
  let freed: () => void = () => {};

  const move = (operations: number, members: number): void => {
    const { operationCount, memberCount } = waiting;
    waiting = {
      operationCount: Math.max(0, operationCount + operations),
      memberCount: Math.max(0, memberCount + members),
    };
  };
  const track = (work: Promise<unknown>): void => {
    tail = Promise.allSettled([tail, work]);
  };
  return {
    begin(operation) {
      const { opSeq, memberCount } = operation;
      const bytes = operation.operation?.length ?? 0;
      const fromMs = clock.monotonic();
      heldBytes += bytes;
      begun.add(opSeq);
      const over = (isFolded: boolean): void => {
        heldBytes -= bytes;
        begun.delete(opSeq);
        move(-1, -memberCount);
        if (isFolded) speed.note(memberCount, fromMs, clock.monotonic());
        freed();
      };
      track(untilOver(operation).then(over));
    },
    isBegun: (opSeq) => begun.has(opSeq),
    canHold: (byteCount) => heldBytes + byteCount <= heldBytesMax,
    async room() {
      while (begun.size >= begunCountMax) await new Promise<void>((resolve) => (freed = resolve));
    },
    waitsFor: (memberCount) => move(1, memberCount),
    setWaiting: (backlog) => (waiting = backlog),
    workMs: () => speed.workMs(waiting),
    track,
    async idle() {
      await tail;
    },
  };
}
