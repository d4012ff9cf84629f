import type { SyncOutcome } from '../api.ts';

/** Those who wait for the end of a task, each for its own time. */
export interface TaskWaiters {
  /** Resolves with the outcome when the task ends, or with null after `waitMs`. */
  waitFor(taskId: string, waitMs: number): Promise<SyncOutcome | null>;
  tell(taskId: string, outcome: SyncOutcome): void;
}

type Waiter = (outcome: SyncOutcome | null) => void;

export function createTaskWaiters(): TaskWaiters {
  const waiters = new Map<string, Set<Waiter>>();
  return {
    tell: (taskId, outcome) => {
      for (const waiter of waiters.get(taskId) ?? []) waiter(outcome);
      waiters.delete(taskId);
    },
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
  };
}
