/**
 * What a sync has come to when it is accepted, before its members are matched; and how draft and audiences
 * together become the outcome. Pure.
 */
import type { AudienceResult, ItemFault, SyncOutcome } from './api.ts';
import { unappliedFault } from './lifecycle/unapplied.ts';
import { describeAudience, type AudienceFacts, type SizeRule } from './audience-facts.ts';

export interface DraftEntry {
  readonly audienceId: string;
  /** The life of the audience that this entry touched; null where it touched none. */
  readonly audienceNo: number | null;
  /** The operation that waits to be matched; null where members are not touched. */
  readonly opSeq: number | null;
  readonly kind: 'created' | 'changed' | 'deleted' | 'failed';
  /** Name, tags or the like differ from before: reason enough for `updated`. */
  readonly detailsChanged: boolean;
  readonly uploadedCount: number;
  readonly errors: readonly ItemFault[];
  readonly rejected: AudienceResult['rejected'] | null;
}

export interface SyncDraft {
  readonly sandbox: boolean;
  readonly entries: readonly DraftEntry[];
  /** Ids deleted because the request did not name them. */
  readonly missing: readonly string[];
}

/** Whether the members of an entry changed, known once its operation is folded; `failed`: it cannot be. */
export type EntryState = 'pending' | 'changed' | 'unchanged' | 'failed';

/** Entries of the request first, in request order, then every other audience of the account as `unchanged`. */
export function completeDraft(
  draft: SyncDraft,
  states: ReadonlyMap<number, EntryState>,
  audiences: readonly AudienceFacts[],
  rule: SizeRule,
): SyncOutcome {
  const byNo = new Map(audiences.map((facts) => [facts.audienceNo as number, facts]));
  const named = new Set(draft.entries.map(({ audienceId }) => audienceId));
  const results = draft.entries.map((entry, position) =>
    isUnapplied(entry, states)
      ? failedResult(entry, [unappliedFault(position)])
      : completeEntry(entry, states, byNo, rule),
  );
  const missing = draft.missing.map((audienceId) => deletedResult(audienceId));
  const gone = new Set(draft.missing);
  const others = audiences
    .filter(({ audienceId }) => !named.has(audienceId) && !gone.has(audienceId))
    .map((facts): AudienceResult => ({
      ...describeAudience(facts, rule),
      action: 'unchanged',
      uploadedCount: 0,
    }));
  return { kind: 'answered', sandbox: draft.sandbox, audiences: [...results, ...missing, ...others] };
}

/** Discovery: every audience of the account, nothing changed. */
export function discover(audiences: readonly AudienceFacts[], rule: SizeRule, sandbox: boolean): SyncOutcome {
  return completeDraft({ sandbox, entries: [], missing: [] }, new Map(), audiences, rule);
}

function completeEntry(
  entry: DraftEntry,
  states: ReadonlyMap<number, EntryState>,
  byNo: ReadonlyMap<number, AudienceFacts>,
  rule: SizeRule,
): AudienceResult {
  if (entry.kind === 'failed') return failedResult(entry, entry.errors);
  const facts = entry.audienceNo === null ? undefined : byNo.get(entry.audienceNo);
  // A later call may have deleted the audience while this one waited for its matching.
  if (entry.kind === 'deleted' || facts === undefined) return deletedResult(entry.audienceId);
  const membersChanged = entry.opSeq !== null && states.get(entry.opSeq) !== 'unchanged';
  const changed = membersChanged || entry.detailsChanged;
  return {
    ...describeAudience(facts, rule),
    action: entry.kind === 'created' ? 'created' : changed ? 'updated' : 'unchanged',
    uploadedCount: entry.uploadedCount,
    ...rejectedOf(entry),
  };
}

function isUnapplied({ opSeq }: DraftEntry, states: ReadonlyMap<number, EntryState>): boolean {
  return opSeq !== null && states.get(opSeq) === 'failed';
}

function failedResult(entry: DraftEntry, errors: readonly ItemFault[]): AudienceResult {
  return {
    audienceId: entry.audienceId as AudienceResult['audienceId'],
    sellerId: null,
    action: 'failed',
    uploadedCount: 0,
    errors,
    ...rejectedOf(entry),
  };
}

const rejectedOf = ({ rejected }: DraftEntry): Pick<AudienceResult, 'rejected'> =>
  rejected === null || rejected === undefined ? {} : { rejected };

function deletedResult(audienceId: string): AudienceResult {
  return {
    audienceId: audienceId as AudienceResult['audienceId'],
    sellerId: null,
    action: 'deleted',
    uploadedCount: 0,
  };
}
