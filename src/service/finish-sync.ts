/** How a sync's task comes to its outcome, as parts of larger transactions. */
import { assert, must } from '../base/assert.ts';
import { liveAudiences } from '../store/audience-rows.ts';
import { fixResponse } from '../store/idempotency-rows.ts';
import type { Script } from '../store/script.ts';
import { advanceTask, endTask, taskParts, taskRow, type TaskPart } from '../store/task-rows.ts';
import type { JsonObject } from '../engine/types.ts';
import type { ItemFault, SyncOutcome } from './api.ts';
import type { AudienceFacts, SizeRule } from './audience-facts.ts';
import { factsOf } from './read-facts.ts';
import type { Sealer } from './seal.ts';
import { completeDraft, type EntryState, type SyncDraft } from './sync-draft.ts';
import type { Outbox, TaskEnd } from './webhooks/outbox.ts';

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
  | {
      readonly kind: 'draft';
      readonly draft: SyncDraft;
      /** The call's answer was fixed when it was accepted. */
      readonly answered?: boolean;
    }
  | {
      readonly kind: 'outcome';
      readonly outcome: SyncOutcome;
      /** Audiences that the call named: the first ones of the outcome. */
      readonly namedCount?: number;
      /** Why the task failed: nothing of the call could be applied. */
      readonly error?: ItemFault;
    }
  /** Of a task that is no sync: the body that its call would have had. */
  | { readonly kind: 'body'; readonly body: JsonObject };

/** The outcome of a sync that has ended. */
export function outcomeIn(stored: Exclude<StoredOutcome, { kind: 'draft' }>): SyncOutcome {
  assert(stored.kind === 'outcome', () => 'a sync ends with an outcome');
  return stored.outcome;
}

/** The outcome as the audiences stand now. */
export function* currentOutcome(
  rules: SizeRules,
  accountNo: number,
  draft: SyncDraft,
  parts: readonly PartState[],
): Script<SyncOutcome> {
  const facts = (yield* liveAudiences(accountNo)).map(factsOf);
  return outcomeOf(rules, draft, parts, facts);
}

/** Whether the members of one entry changed; of a task's parts this is all that an outcome needs. */
export type PartState = Pick<TaskPart, 'opSeq' | 'state'>;

export function outcomeOf(
  rules: SizeRules,
  draft: SyncDraft,
  parts: readonly PartState[],
  audiences: readonly AudienceFacts[],
): SyncOutcome {
  const states = new Map<number, EntryState>(parts.map(({ opSeq, state }) => [opSeq, state]));
  return completeDraft(draft, states, audiences, sizeRule(rules, draft.sandbox));
}

/** Facts of an account's audiences, read when they are first asked for. */
export function audiencesOnce(accountNo: number): () => Script<readonly AudienceFacts[]> {
  let facts: readonly AudienceFacts[] | null = null;
  return function* () {
    return (facts ??= (yield* liveAudiences(accountNo)).map(factsOf));
  };
}

/** A task of which parts have just settled. */
export interface SettledTask {
  readonly accountNo: number;
  readonly taskId: string;
  /** The parts that settled. */
  readonly settled: readonly PartState[];
  /** Members of their operations. */
  readonly memberCount: number;
}

export interface FinishedTask {
  readonly outcome: SyncOutcome;
  /** A notification was written and can be delivered. */
  readonly notifies: boolean;
}

/**
 * After parts of a task settled: ends the task when they were the last ones, and fixes the answer of the call if none was given
 * yet. Null while parts are open, and for a task that was forgotten because it ended long ago.
 */
export function* finishIfSettled(
  sealer: Sealer,
  rules: SizeRules,
  { accountNo, taskId, settled, memberCount }: SettledTask,
  outbox: Outbox,
  audiences: () => Script<readonly AudienceFacts[]>,
  nowMs: number,
): Script<FinishedTask | null> {
  const task = yield* taskRow(accountNo, taskId);
  if (task === undefined) return null;
  const isWhole = settled.length === task.audienceTotal;
  const parts: readonly PartState[] = isWhole ? settled : yield* taskParts(accountNo, taskId);
  const open = parts.filter(({ state }) => state === 'pending').length;
  if (open > 0) {
    const step = { audienceDone: parts.length - open, moreMembersDone: memberCount };
    yield* advanceTask(accountNo, taskId, step, nowMs);
    return null;
  }
  const stored = sealer.open<StoredOutcome>(must(task.outcome, () => 'a task has a draft'));
  // The first end stands, whatever is repaired later.
  if (stored.kind !== 'draft') return { outcome: outcomeIn(stored), notifies: false };
  const outcome = outcomeOf(rules, stored.draft, parts, yield* audiences());
  const namedCount = stored.draft.entries.length;
  const error = failureOf(outcome, namedCount, parts);
  const isFailed = error !== null;
  const whole: StoredOutcome = { kind: 'outcome', outcome, namedCount, ...(isFailed ? { error } : {}) };
  const status = isFailed ? 'failed' : 'completed';
  yield* endTask(accountNo, taskId, status, sealer.seal(whole), memberCount, nowMs);
  if (stored.answered !== true) yield* fixResponse(accountNo, taskId, sealer.seal(outcome));
  const end: TaskEnd = isFailed ? { status: 'failed', error } : { status: 'completed', outcome, namedCount };
  return { outcome, notifies: yield* outbox.release(task, end, nowMs) };
}

/**
 * Why a task failed as a whole: of the audiences that it named none could be changed, and of some that was our fault. Null where
 * something was done: then each result tells its own end.
 */
function failureOf(outcome: SyncOutcome, namedCount: number, parts: readonly PartState[]): ItemFault | null {
  if (outcome.kind !== 'answered' || parts.every(({ state }) => state !== 'failed')) return null;
  const named = outcome.audiences.slice(0, namedCount);
  if (named.some(({ action }) => action !== 'failed')) return null;
  const errors = named.flatMap((result) => result.errors ?? []);
  return errors.find(({ code }) => code === 'OPERATION_UNAPPLIED') ?? null;
}
