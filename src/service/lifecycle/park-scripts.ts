/** The transactions of operations that cannot be applied: count the attempts, give up, and take up again. */
import { resumeAudience, suspendAudience } from '../../store/audience-rows.ts';
import {
  countFailedAttempt,
  earlierPending,
  parkedOperations,
  parkOperations,
  unparkOperations,
  type ParkedRow,
} from '../../store/operation-rows.ts';
import type { Script } from '../../store/script.ts';
import { moveTaskPart } from '../../store/task-rows.ts';
import type { SyncOutcome } from '../api.ts';
import { audiencesOnce, finishIfSettled, type SizeRules } from '../finish-sync.ts';
import type { Sealer } from '../seal.ts';
import type { Outbox } from '../webhooks/outbox.ts';
import { foldAttemptCountMax, unappliedReason } from './unapplied.ts';

export interface FailedAttempt {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly opSeq: number;
  readonly nowMs: number;
}

/** What a failed attempt at an operation comes to. */
export type AttemptVerdict =
  /** Try again: one before it is not done, so that this was not its own fault. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'again'; readonly attemptCount: number }
  /** Nobody is to try it any more; its task may have ended, and others with it. */
  | { readonly kind: 'over'; readonly parkedCount: number; readonly ended: readonly EndedTask[] };

export interface EndedTask {
  readonly taskId: string;
  readonly outcome: SyncOutcome;
  readonly notifies: boolean;
}

/** The parked operations of an audience, as the operator names them. */
export interface ParkedAudience {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly nowMs: number;
  /** Who tries them again; 0: whoever comes first. */
  readonly nodeNo: number;
}

const listedCountMax = 1_000;

export function createParkScripts(sealer: Sealer, rules: SizeRules, outbox: Outbox) {
  /**
   * Operations of an audience take effect in the order of acceptance, so that those behind one that cannot be applied cannot be
   * either. The audience is suspended: it misses what was promised.
   */
  function* park({ accountNo, audienceNo, opSeq, nowMs }: FailedAttempt): Script<AttemptVerdict> {
    const parked = yield* parkOperations(accountNo, audienceNo, opSeq, nowMs);
    yield* suspendAudience(accountNo, audienceNo, {
      reason: unappliedReason,
      code: 'seller_removed',
      atMs: nowMs,
    });
    const audiences = audiencesOnce(accountNo);
    const ended: EndedTask[] = [];
    for (const { opSeq: parkedSeq, taskId } of parked) {
      yield* moveTaskPart(accountNo, taskId, parkedSeq, 'failed');
      const settled = [{ opSeq: parkedSeq, state: 'failed' as const }];
      const task = { accountNo, taskId, settled, memberCount: 0 };
      const finished = yield* finishIfSettled(sealer, rules, task, outbox, audiences, nowMs);
      if (finished !== null) ended.push({ taskId, ...finished });
    }
    return { kind: 'over', parkedCount: parked.length, ended };
  }

  return {
    /** After an attempt that failed. What is parked already, or settled, is over. */
    *countFailure(attempt: FailedAttempt): Script<AttemptVerdict> {
      const { accountNo, audienceNo, opSeq } = attempt;
      const earlier = yield* earlierPending(accountNo, audienceNo, opSeq);
      if (earlier === 'parked') return yield* park(attempt);
      if (earlier === 'waiting') return { kind: 'wait' };
      const attemptCount = yield* countFailedAttempt(accountNo, audienceNo, opSeq);
      if (attemptCount === undefined) return { kind: 'over', parkedCount: 0, ended: [] };
      if (attemptCount < foldAttemptCountMax) return { kind: 'again', attemptCount };
      return yield* park(attempt);
    },

    *parkedOperations(_: object): Script<readonly ParkedRow[]> {
      return yield* parkedOperations(listedCountMax);
    },

    /** Lets all that is parked of an audience be tried again, from its first attempt. Gives how many operations. */
    *unpark({ accountNo, audienceNo, nodeNo }: ParkedAudience): Script<number> {
      yield* resumeAudience(accountNo, audienceNo, unappliedReason);
      return yield* unparkOperations(accountNo, audienceNo, nodeNo);
    },
  };
}

export type ParkScripts = ReturnType<typeof createParkScripts>;
