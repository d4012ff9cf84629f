/** How a sync's task comes to its outcome, as parts of larger transactions. */
import { must } from '../base/assert.ts';
import { liveAudiences } from '../store/audience-rows.ts';
import { fixResponse } from '../store/idempotency-rows.ts';
import type { Script } from '../store/script.ts';
import { advanceTask, completeTask, taskParts, taskRow, type TaskPart } from '../store/task-rows.ts';
import type { SyncOutcome } from './api.ts';
import type { SizeRule } from './audience-facts.ts';
import { factsOf } from './read-facts.ts';
import type { Sealer } from './seal.ts';
import { completeDraft, type EntryState, type SyncDraft } from './sync-draft.ts';

/** Sizes from which an audience is ready: sandbox accounts have one of their own. */
export interface SizeRules {
  readonly minimumSize: number;
  readonly sandboxMinimumSize: number;
}

export function sizeRule(rules: SizeRules, sandbox: boolean): SizeRule {
  return { minimumSize: sandbox ? rules.sandboxMinimumSize : rules.minimumSize };
}

/** What the `outcome` column of a task holds: a draft until everything settled, then the outcome. */
export type StoredOutcome =
  | { readonly kind: 'draft'; readonly draft: SyncDraft }
  | {
      readonly kind: 'outcome';
      readonly outcome: SyncOutcome;
      /** Audiences that the call named: the first ones of the outcome. */
      readonly namedCount?: number;
    };

/** The outcome as the audiences stand now. */
export function* currentOutcome(
  rules: SizeRules,
  accountNo: number,
  draft: SyncDraft,
  parts: readonly TaskPart[],
): Script<SyncOutcome> {
  const rows = yield* liveAudiences(accountNo);
  const states = new Map<number, EntryState>(parts.map(({ opSeq, state }) => [opSeq, state]));
  return completeDraft(draft, states, rows.map(factsOf), sizeRule(rules, draft.sandbox));
}

/**
 * After one part of a task settled: completes the task when it was the last one, and fixes the answer of the
 * call if none was given yet. Null while parts are open.
 */
export function* finishIfSettled(
  sealer: Sealer,
  rules: SizeRules,
  accountNo: number,
  taskId: string,
  nowMs: number,
): Script<SyncOutcome | null> {
  const parts = yield* taskParts(accountNo, taskId);
  const open = parts.filter(({ state }) => state === 'pending').length;
  if (open > 0) {
    yield* advanceTask(accountNo, taskId, parts.length - open, nowMs);
    return null;
  }
  const task = must(yield* taskRow(accountNo, taskId), () => 'the task of an operation');
  const stored = sealer.open<StoredOutcome>(must(task.outcome, () => 'a task has a draft'));
  if (stored.kind === 'outcome') return stored.outcome;
  const outcome = yield* currentOutcome(rules, accountNo, stored.draft, parts);
  yield* completeTask(
    accountNo,
    taskId,
    sealer.seal({
      kind: 'outcome',
      outcome,
      namedCount: stored.draft.entries.length,
    } satisfies StoredOutcome),
    nowMs,
  );
  yield* fixResponse(accountNo, taskId, sealer.seal(outcome));
  return outcome;
}
