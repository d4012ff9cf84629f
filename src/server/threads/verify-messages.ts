import type { VerifiedAudience, VerifyProblem } from '../../service/verify/problem.ts';
import type { StorePlace } from '../../store/store.ts';

/** Null: all of them, and what belongs to no audience. */
export interface VerifyScope {
  readonly accountId: string | null;
  readonly audienceId: string | null;
}

export interface VerifyWorkerData {
  readonly place: StorePlace;
  readonly scope: VerifyScope;
}

export interface VerifyReport {
  readonly audiences: readonly VerifiedAudience[];
  readonly problems: readonly VerifyProblem[];
  /** Null: not looked at. */
  readonly graphPieceCount: number | null;
  /** Whether the database looked at itself: the embedded one does. */
  readonly databaseChecked: boolean;
}

export type VerifyWorkerReply =
  /** Members read so far, and those that were counted. */
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly report: VerifyReport }
  | { readonly kind: 'failed'; readonly reason: string };
