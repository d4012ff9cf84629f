import type { IdentifierType } from '../../base/identifier-types.ts';
import type { Decision } from './book.ts';

/** A user as a request for an ad knows them: one identifier, the seller's own id among others. */
export interface UserIdentifier {
  readonly type: IdentifierType;
  /** SHA-256 of the value as it is compared, 32 bytes. */
  readonly digest: Uint8Array;
}

export interface UserAsk {
  readonly user: UserIdentifier;
  /** Null: every package that is live and not in a sandbox. */
  readonly packageIds: readonly string[] | null;
}

/** Audiences of one account, by the buyer's ids. */
export interface OverlayAsk {
  readonly accountId: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface OverlayProblem {
  readonly side: 'include' | 'exclude';
  /** Place in its list. */
  readonly index: number;
  /** `unknown`: never synced, or deleted. Others are accepted in a buy and keep it from being served. */
  readonly reason: 'unknown' | 'processing' | 'too_small' | 'suspended';
}

export interface OverlayAnswer {
  /** No audience of it is unknown: a buy may use it. */
  readonly isValid: boolean;
  readonly problems: readonly OverlayProblem[];
  /** Users it reaches now; null: it includes nothing, or names an unknown audience. */
  readonly reach: number | null;
}

/** Impressions of one package at one time. */
export interface ImpressionReport {
  readonly packageId: string;
  /** Null: now. */
  readonly atMs: number | null;
  readonly impressions: number;
  readonly clicks: number;
}

/** `outside_flight`: before the package began or after it ended. */
export type RejectedReason =
  'unknown_package' | 'in_future' | 'too_late' | 'outside_flight' | 'too_much_spend';

export interface ImpressionAnswer {
  /** Counted, of what was not rejected. */
  readonly impressions: number;
  readonly rejected: readonly { readonly index: number; readonly reason: RejectedReason }[];
  /** The report was counted before, and is not counted again. */
  readonly replayed: boolean;
}

/** What the seller's ad server asks. Refuses with AppError. */
export interface DecisionService {
  /** From memory: nothing is read. */
  decide(asks: readonly UserAsk[]): readonly Decision[];
  /** Whether a buy may use an overlay, what keeps it from being served, and whom it reaches. */
  overlay(ask: OverlayAsk): Promise<OverlayAnswer>;
  /** Counts a report, once however often it comes. `digest`: of its contents. */
  countImpressions(
    batchId: string,
    digest: Uint8Array,
    reports: readonly ImpressionReport[],
  ): Promise<ImpressionAnswer>;
}
