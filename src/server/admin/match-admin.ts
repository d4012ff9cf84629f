/** What the operator sees and does of matching. */
import { AppError } from '../../base/faults.ts';
import { systemClock } from '../../platform/clock.ts';
import { scheduleWords } from '../../service/lifecycle/parse-schedule.ts';
import type { MatchSchedule } from '../../service/lifecycle/schedule.ts';
import type { MatchQueue } from '../../service/match-queue.ts';
import type { ParkedRow } from '../../store/operation-rows.ts';
import type { Store } from '../../store/store.ts';
import type { Scripts } from '../scripts.ts';

export interface MatchFacts {
  /** What the running server keeps, in words; null when none runs. */
  readonly schedule: string | null;
  /** Null while matching goes on by itself, and when no server runs. */
  readonly nextRunAtMs: number | null;
  /** When what waits is expected to be done; null when that is not known. */
  readonly expectedAtMs: number | null;
  readonly operationCount: number;
  readonly memberCount: number;
  /** When the oldest of it was accepted; null when nothing waits. */
  readonly oldestAcceptedAtMs: number | null;
  readonly parkedCount: number;
}

export interface MatchAdmin {
  matchFacts(input: object): Promise<MatchFacts>;
  /** Begins with all that waits, whatever the schedule says. Gives the number of operations. */
  matchNow(input: object): Promise<number>;
  /** Operations that could not be applied, in the order of acceptance, at most 1,000. */
  parkedOperations(input: object): Promise<readonly ParkedRow[]>;
  /** Tries them again: those of one audience, or all. Gives the number of operations. */
  retryParked(input: { readonly audienceNo: number | null }): Promise<number>;
}

/** The part of a running server that matches; null where a command works on a stopped one. */
export interface RunningMatch {
  readonly queue: MatchQueue;
  readonly schedule: MatchSchedule;
  readonly nodeNo: number;
}

export function createMatchAdmin(store: Store<Scripts>, running: RunningMatch | null): MatchAdmin {
  const parkedOperations = async (): Promise<readonly ParkedRow[]> => store.read('parkedOperations', {});
  const nodeNo = running?.nodeNo ?? 0;
  return {
    matchFacts: async () => {
      const { operationCount, memberCount, oldestAcceptedAt } = await store.read('waitingFolds', {});
      const forecast = running?.queue.forecast(systemClock.now());
      return {
        schedule: running === null ? null : scheduleWords(running.schedule),
        nextRunAtMs: forecast?.nextRunAtMs ?? null,
        expectedAtMs: operationCount === 0 ? null : (forecast?.expectedAtMs ?? null),
        operationCount,
        memberCount,
        oldestAcceptedAtMs: oldestAcceptedAt,
        parkedCount: (await parkedOperations()).length,
      };
    },
    matchNow: async () => {
      if (running !== null) return running.queue.runNow();
      throw new AppError('SERVICE_UNAVAILABLE', 'No server runs on this data directory.', {
        suggestion: 'Start it: rollcall serve. With --match-schedule immediate it matches all that waits.',
      });
    },
    parkedOperations,
    retryParked: async ({ audienceNo }) => {
      const parked = await parkedOperations();
      const audiences = new Map(parked.map((row) => [row.audienceNo, row.accountNo]));
      if (audienceNo !== null && !audiences.has(audienceNo)) {
        throw new AppError('AUDIENCE_NOT_FOUND', 'Nothing of an audience with this number is parked.', {
          suggestion: 'rollcall match parked lists what is.',
        });
      }
      let count = 0;
      for (const [number, accountNo] of audiences) {
        if (audienceNo !== null && number !== audienceNo) continue;
        count += await store.write('unpark', {
          accountNo,
          audienceNo: number,
          nowMs: systemClock.now(),
          nodeNo,
        });
      }
      // Without a server they are tried at its next start.
      if (count > 0) await running?.queue.runNow();
      return count;
    },
  };
}
