/** Verification is started and asked about: it may take longer than a call. */
import { randomUUID } from 'node:crypto';

import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import type { VerifiedAudience } from '../../service/verify/problem.ts';
import type { StorePlace } from '../../store/store.ts';
import type { VerifyReport, VerifyScope } from '../threads/verify-messages.ts';
import { startVerification, type Verification } from '../threads/verify-thread.ts';

export interface VerifyProgress {
  /** Members read so far, and those that were counted. */
  readonly done: number;
  readonly total: number;
  /** Null: it goes on. Audiences are asked for page by page. */
  readonly report: (Omit<VerifyReport, 'audiences'> & { readonly audienceCount: number }) | null;
}

export interface VerifyAdmin {
  startVerify(scope: VerifyScope): Promise<{ readonly verifyId: string }>;
  verifyProgress(input: { readonly verifyId: string }): Promise<VerifyProgress>;
  /** Audiences of a report that is there, from a place on. */
  verifiedAudiences(input: {
    readonly verifyId: string;
    readonly from: number;
  }): Promise<readonly VerifiedAudience[]>;
  stopVerify(input: { readonly verifyId: string }): Promise<null>;
}

interface Running {
  readonly verifyId: string;
  readonly verification: Verification;
  report: VerifyReport | null;
  hasFailed: boolean;
}

/** One at a time: a second would read the same bytes. */
export function createVerifyAdmin(place: StorePlace): VerifyAdmin {
  let running: Running | null = null;
  const find = (verifyId: string): Running => {
    if (running?.verifyId === verifyId) return running;
    throw new AppError('SERVICE_UNAVAILABLE', 'This verification is over; begin again.');
  };
  return {
    startVerify: async (scope) => {
      if (running !== null && running.report === null && !running.hasFailed)
        throw new AppError('SERVICE_UNAVAILABLE', 'A verification is under way; try again when it is over.');
      const verification = startVerification({ place, scope });
      const started: Running = { verifyId: randomUUID(), verification, report: null, hasFailed: false };
      running = started;
      void verification.report.then(
        (report) => (started.report = report),
        () => (started.hasFailed = true),
      );
      return { verifyId: started.verifyId };
    },
    verifyProgress: async ({ verifyId }) => {
      const { verification, report, hasFailed } = find(verifyId);
      if (hasFailed) await verification.report;
      if (report === null) return { ...verification.progress(), report };
      const { audiences, ...rest } = report;
      return { ...verification.progress(), report: { ...rest, audienceCount: audiences.length } };
    },
    verifiedAudiences: async ({ verifyId, from }) =>
      (find(verifyId).report?.audiences ?? []).slice(from, from + limits.verifiedAudienceCountMax),
    stopVerify: async ({ verifyId }) => {
      find(verifyId).verification.stop();
      return null;
    },
  };
}
