/**
 * The work that follows an accepted sync: fold, settle, tell whoever waits. Operations are folded in the
 * order of acceptance. What was not finished when the process ended is found in the store at the next start.
 */
import type { Clock } from '../base/clock.ts';
import type { Store } from '../store/store.ts';
import type { SyncOutcome } from './api.ts';
import type { FoldRequest, Matcher } from './matching.ts';
import type { MatchScripts } from './match-scripts.ts';
import { createSettleQueue, type SettleQueue } from './settle-queue.ts';

export interface MatchQueueDeps {
  readonly store: Store<MatchScripts>;
  readonly matcher: Matcher;
  readonly clock: Clock;
  /** Something that must not fail did; the operation stays pending and is tried again at the next start. */
  readonly troubled: (event: string, cause: unknown) => void;
  /** The counts of some audience moved. */
  readonly settled?: () => void;
  /** A notification can be delivered. */
  readonly notifies?: () => void;
}

export interface PendingOperation extends FoldRequest {
  readonly taskId: string;
}

export interface MatchQueue {
  enqueue(operation: PendingOperation): void;
  /** Resolves with the outcome when the task settles, or with null after `waitMs`. Ask before enqueueing. */
  waitFor(taskId: string, waitMs: number): Promise<SyncOutcome | null>;
  /** Takes up what an earlier process left. Gives the number of operations. */
  recover(): Promise<number>;
  /** Counts every live audience again that was counted against another state of the graph. */
  rematchAll(graphVersion: number): Promise<number>;
  /** Resolves when everything enqueued so far has settled. */
  idle(): Promise<void>;
}

type Waiter = (outcome: SyncOutcome | null) => void;

/** Bytes of operations kept at hand for the matching thread; beyond them it reads from the store. */
const heldBytesMax = 256 * 1024 * 1024;
/** Attempts to settle one fold before the operation is left for the next start. */
const settleAttemptCountMax = 5;

export function createMatchQueue(deps: MatchQueueDeps): MatchQueue {
  const settling = createSettleQueue(deps.store, deps.clock);
  const waiters = new Map<string, Set<Waiter>>();
  let heldBytes = 0;
  let tail: Promise<unknown> = Promise.resolve();

  const tell = (taskId: string, outcome: SyncOutcome): void => {
    for (const waiter of waiters.get(taskId) ?? []) waiter(outcome);
    waiters.delete(taskId);
  };
  const track = <T>(work: Promise<T>): void => {
    tail = Promise.allSettled([tail, work]);
  };
  const enqueue = (operation: PendingOperation): void => {
    const bytes = operation.operation?.length ?? 0;
    const { operation: _bytes, ...named } = operation;
    const request = heldBytes + bytes > heldBytesMax ? named : operation;
    const held = request === operation ? bytes : 0;
    heldBytes += held;
    track(
      foldAndSettle(deps, settling, request, tell).finally(() => {
        heldBytes -= held;
      }),
    );
  };

  return {
    enqueue,
    waitFor: async (taskId, waitMs) =>
      new Promise((resolve) => {
        const set = waiters.get(taskId) ?? new Set<Waiter>();
        waiters.set(taskId, set);
        const done: Waiter = (outcome) => {
          clearTimeout(timer);
          set.delete(done);
          if (set.size === 0 && waiters.get(taskId) === set) waiters.delete(taskId);
          resolve(outcome);
        };
        const timer = setTimeout(() => done(null), waitMs);
        set.add(done);
      }),
    recover: async () => {
      const left = await deps.store.read('pendingFolds', {});
      for (const operation of left) enqueue(operation);
      return left.length;
    },
    rematchAll: async (graphVersion) => {
      const stale = await deps.store.read('staleAudiences', { graphVersion });
      for (const audience of stale) track(rematch(deps, audience));
      return stale.length;
    },
    idle: async () => {
      await tail;
    },
  };
}

async function foldAndSettle(
  { matcher, troubled, settled: tellSettled, notifies }: MatchQueueDeps,
  settling: SettleQueue,
  operation: PendingOperation,
  tell: (taskId: string, outcome: SyncOutcome) => void,
): Promise<void> {
  const { accountNo, audienceNo, opSeq, taskId } = operation;
  for (let attempt = 1; ; attempt++) {
    try {
      const reply = await matcher.fold(operation);
      const settled = await settling.settle(accountNo, { audienceNo, opSeq, taskId, reply });
      if (!settled.counted) matcher.forget(audienceNo);
      if (settled.outcome !== null) tell(taskId, settled.outcome);
      tellSettled?.();
      if (settled.notifies) notifies?.();
      return;
    } catch (error) {
      matcher.forget(audienceNo);
      if (attempt >= settleAttemptCountMax) {
        troubled('match.failed', error);
        return;
      }
      troubled('match.retried', error);
      await new Promise((resolve) => setTimeout(resolve, 50 * 4 ** attempt));
    }
  }
}

async function rematch(
  { store, matcher, clock, troubled }: MatchQueueDeps,
  audience: { readonly accountNo: number; readonly audienceNo: number },
): Promise<void> {
  try {
    const reply = await matcher.rematch(audience);
    if (reply.kind === 'gone') return;
    await store.write('settleRematch', { ...audience, reply, nowMs: clock.now() });
  } catch (error) {
    matcher.forget(audience.audienceNo);
    troubled('rematch.failed', error);
  }
}
