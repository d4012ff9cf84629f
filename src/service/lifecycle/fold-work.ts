/** One operation from its turn to its end: folded and settled, or tried until it is parked. */
import { setTimeout as pause } from 'node:timers/promises';

import type { Clock } from '../../base/clock.ts';
import type { Store } from '../../store/store.ts';
import type { SyncOutcome } from '../api.ts';
import type { FoldRequest, Matcher } from '../matching.ts';
import type { SettleQueue } from '../settle-queue.ts';
import { createAudienceLines } from './audience-lines.ts';
import type { AttemptVerdict, ParkScripts } from './park-scripts.ts';

export interface FoldWorkDeps {
  readonly store: Store<ParkScripts>;
  readonly matcher: Matcher;
  readonly settling: SettleQueue;
  readonly clock: Clock;
  readonly troubled: Troubled;
  readonly tell: (taskId: string, outcome: SyncOutcome) => void;
  /** Another graph is stored than the matcher has: reads it. */
  readonly refreshGraph?: () => Promise<void>;
  readonly settled?: () => void;
  readonly notifies?: () => void;
  readonly pauseMs?: (attemptCount: number) => number;
  /** Operations that wait for one which is not worked on here gave up their places. They are in the store. */
  readonly leftForLater?: () => void;
}

/** Something that must not fail did; what is named can be looked for in the store. */
export type Troubled = (event: string, cause: unknown, facts?: TroubledFacts) => void;

export interface TroubledFacts {
  readonly account_no?: number;
  readonly audience_no?: number;
  readonly operation_seq?: number;
}

interface TaskOperation extends FoldRequest {
  readonly taskId: string;
}

export interface FoldWork {
  /** True when it was folded; false when it was parked, or left for later because work stops. Never rejects. */
  untilOver(operation: TaskOperation): Promise<boolean>;
  /** What fails from now on is left for the next start. */
  stop(): void;
}

const pauseMsMax = 60_000;
/** So often the first of an audience's operations finds another before it that waits in the store. */
const waitCountMax = 3;
/** What another process is faster at is looked at again soon, and then less often: it may wait for that process to end. */
const stalePauseMs = (failureCount: number): number => Math.min(5 * 2 ** (failureCount - 1), 200);
/** What only waits for the one before it is looked at again within a second or so. */
const waitPauseCountMax = 2;
const defaultPauseMs = (attemptCount: number): number => Math.min(50 * 4 ** attemptCount, pauseMsMax);

type OverVerdict = AttemptVerdict & { readonly kind: 'over' };

const factsOf = ({ accountNo, audienceNo, opSeq }: TaskOperation): TroubledFacts => ({
  account_no: accountNo,
  audience_no: audienceNo,
  operation_seq: opSeq,
});

function pauseCount(verdict: AttemptVerdict | null, failureCount: number): number {
  if (verdict?.kind === 'again') return verdict.attemptCount;
  return verdict?.kind === 'wait' ? Math.min(failureCount, waitPauseCountMax) : failureCount;
}

export function createFoldWork(deps: FoldWorkDeps): FoldWork {
  const { matcher, troubled, pauseMs = defaultPauseMs } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;
  const lines = createAudienceLines();

  /** False: work stops. */
  const wait = async (ms: number): Promise<boolean> => pause(ms, true, { signal }).catch(() => false);

  /** Null when the store cannot even count: a fault of its own, which is waited out and not held against the operation. */
  const judge = async ({ accountNo, audienceNo, opSeq }: TaskOperation): Promise<AttemptVerdict | null> => {
    const failed = { accountNo, audienceNo, opSeq, nowMs: deps.clock.now() };
    return deps.store.write('countFailure', failed).catch(() => null);
  };

  /** One attempt after the other, until it is over. False: parked, or left for later. */
  const tryUntilOver = async (operation: TaskOperation): Promise<boolean> => {
    let waitCount = 0;
    for (let failureCount = 1; ; failureCount++) {
      if (!(await lines.turn(operation, failureCount > 1))) return false;
      try {
        if (await attemptFold(deps, operation)) return true;
        // Nobody's fault: another process was faster.
        if (!(await wait(stalePauseMs(failureCount)))) return false;
      } catch (error) {
        matcher.forget(operation.audienceNo);
        if (signal.aborted) return false;
        const verdict = await judge(operation);
        if (verdict?.kind === 'over') {
          giveUp(deps, verdict, error, factsOf(operation));
          return false;
        }
        if (verdict?.kind !== 'wait') troubled('match.retried', error, factsOf(operation));
        else if (++waitCount === waitCountMax) {
          lines.abandon(operation.audienceNo);
          deps.leftForLater?.();
          return false;
        }
        if (!(await wait(pauseMs(pauseCount(verdict, failureCount))))) return false;
      }
    }
  };

  return {
    async untilOver(operation) {
      lines.enter(operation);
      return tryUntilOver(operation).finally(() => lines.leave(operation));
    },
    stop: () => {
      stopping.abort();
      lines.close();
    },
  };
}

/** False: what it was folded onto is not what is counted any more. */
async function attemptFold(deps: FoldWorkDeps, operation: TaskOperation): Promise<boolean> {
  const { matcher, settling } = deps;
  const { accountNo, audienceNo, opSeq, taskId } = operation;
  const reply = await matcher.fold(operation);
  const settled = await settling.settle(accountNo, { audienceNo, opSeq, taskId, reply });
  if (settled.counted) matcher.confirm({ accountNo, audienceNo, opSeq });
  else matcher.forget(audienceNo);
  if (settled.stale === 'graph') await deps.refreshGraph?.();
  if (settled.stale === 'missing') throw new Error('an operation that waits cannot be read');
  if (settled.stale !== null) return false;
  if (settled.outcome !== null) deps.tell(taskId, settled.outcome);
  deps.settled?.();
  if (settled.notifies) deps.notifies?.();
  return true;
}

function giveUp(deps: FoldWorkDeps, verdict: OverVerdict, cause: unknown, facts: TroubledFacts): void {
  if (verdict.parkedCount > 0) deps.troubled('match.parked', cause, facts);
  for (const { taskId, outcome } of verdict.ended) deps.tell(taskId, outcome);
  deps.settled?.();
  if (verdict.ended.some(({ notifies }) => notifies)) deps.notifies?.();
}
