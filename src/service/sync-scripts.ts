/** The transactions of a sync: accept, and answer before everything settled. */
import { must } from '../base/assert.ts';
import type { TaskId } from '../base/brand.ts';
import { AppError } from '../base/faults.ts';
import type { JsonObject } from '../engine/types.ts';
import {
  audienceEverExisted,
  liveAudienceByNo,
  liveAudiences,
  type AudienceRow,
} from '../store/audience-rows.ts';
import { findIdempotency, fixResponse, insertIdempotency } from '../store/idempotency-rows.ts';
import type { Script } from '../store/script.ts';
import { insertTask, insertTaskPart, taskParts, taskRow } from '../store/task-rows.ts';
import type { AudienceRequest, Generation, SyncOutcome } from './api.ts';
import { applyEntry, deleteAudience } from './apply-entry.ts';
import {
  currentOutcome,
  outcomeIn,
  outcomeOf,
  sizeRule,
  type SizeRules,
  type StoredOutcome,
} from './finish-sync.ts';
import { planSync, type KnownAudience, type SyncState } from './plan-sync.ts';
import { factsOf } from './read-facts.ts';
import type { Sealer } from './seal.ts';
import { discover, type DraftEntry, type SyncDraft } from './sync-draft.ts';
import type { ForwardKeys } from './syndication/forward-keys.ts';
import type { Outbox, PromisedCallback } from './webhooks/outbox.ts';

export interface AcceptSyncInput {
  readonly accountNo: number;
  readonly sandbox: boolean;
  readonly principalNo: number;
  /** For the task if one is made. */
  readonly taskId: string;
  readonly generation: Generation;
  /** Null: a legacy caller without a key; nothing is remembered. */
  readonly keyHash: Uint8Array | null;
  readonly digest: Uint8Array;
  readonly nowMs: number;
  readonly expiresAtMs: number;
  /** Null: discovery. */
  readonly audiences: readonly AudienceRequest[] | null;
  readonly deleteMissing: boolean;
  readonly invalidMembers: 'fail' | 'skip';
  /** Who folds what is accepted; 0 where one process does everything. */
  readonly nodeNo: number;
  /** Where the outcome goes if the answer is not it. */
  readonly callback: Pick<PromisedCallback, 'addressHash' | 'registration'> | null;
  readonly context: JsonObject | null;
  /** Nobody waits for matching: the answer is fixed here, which saves a transaction. */
  readonly answersAtOnce: boolean;
  /** An answer that is fixed here is the task's handle instead of `processing` results. */
  readonly answersWithTask: boolean;
  /** The answer never holds the outcome, so that it is sent even when it is known at once. */
  readonly alwaysNotifies: boolean;
}

export interface AcceptedFold {
  readonly audienceNo: number;
  readonly opSeq: number;
  readonly memberCount: number;
  /** Place of its audience in the request. */
  readonly position: number;
}

export type AcceptSyncOutput =
  | { readonly kind: 'conflict' }
  | { readonly kind: 'expired' }
  | {
      readonly kind: 'answered';
      readonly outcome: SyncOutcome;
      readonly replayed: boolean;
      readonly taskId: string | null;
      /** A notification was written and can be delivered. */
      readonly notifies?: boolean;
    }
  /** Answered, with folds still to be done. */
  | {
      readonly kind: 'answered_early';
      readonly outcome: SyncOutcome;
      readonly taskId: string;
      readonly folds: readonly AcceptedFold[];
    }
  | {
      readonly kind: 'waiting';
      readonly taskId: string;
      readonly folds: readonly AcceptedFold[];
      readonly replayed: boolean;
    };

export interface AnswerEarlyInput {
  readonly accountNo: number;
  readonly principalNo: number;
  readonly keyHash: Uint8Array | null;
  readonly taskId: string;
  readonly sandbox: boolean;
  /** Answer with the task's handle instead of `processing` results. */
  readonly asSubmitted: boolean;
  readonly nowMs: number;
}

export type SyncScripts = ReturnType<typeof createSyncScripts>;

export function createSyncScripts(sealer: Sealer, rules: SizeRules, keys: ForwardKeys, outbox: Outbox) {
  return {
    /** Idempotency, plan, operations, task: one transaction, durable before anything is answered. */
    *acceptSync(input: AcceptSyncInput): Script<AcceptSyncOutput> {
      const earlier = yield* recall(sealer, input);
      if (earlier !== null) return earlier;
      if (input.audiences === null) return yield* answerDiscovery(sealer, rules, input);
      const { draft, folds, rows } = yield* applyPlan(input, input.audiences, keys);
      const asItStands = (): SyncOutcome => outcomeOf(rules, draft, [], rows.map(factsOf));
      const outcome = folds.length === 0 ? asItStands() : null;
      const early = outcome === null && input.answersAtOnce ? earlyAnswer(input, asItStands) : null;
      yield* recordTask(sealer, input, draft, folds, outcome, early);
      // A call that is answered with its outcome promises nothing.
      const { taskId, callback } = input;
      if (callback !== null && (outcome === null || input.alwaysNotifies))
        yield* outbox.promise({ ...input, ...callback }, early !== null || input.alwaysNotifies);
      if (early !== null) return { kind: 'answered_early', outcome: early, taskId, folds };
      if (outcome !== null) {
        const notifies = yield* tellAtOnce(outbox, input, outcome, draft.entries.length);
        return { kind: 'answered', outcome, replayed: false, taskId, notifies };
      }
      return { kind: 'waiting', taskId, folds, replayed: false };
    },

    /** The outcome of a task that has ended; null while it has not. */
    *endedOutcome(input: {
      readonly accountNo: number;
      readonly taskId: string;
    }): Script<SyncOutcome | null> {
      const task = yield* taskRow(input.accountNo, input.taskId);
      if (task === undefined || task.outcome === null) return null;
      const stored = sealer.open<StoredOutcome>(task.outcome);
      return stored.kind === 'draft' ? null : outcomeIn(stored);
    },

    /** The answer of a call whose matching goes on. The first answer stays: a replay gives the same. */
    *answerEarly(input: AnswerEarlyInput): Script<SyncOutcome> {
      const { accountNo, principalNo, keyHash, taskId, asSubmitted } = input;
      const given = keyHash === null ? undefined : yield* findIdempotency(accountNo, principalNo, keyHash);
      if (given !== undefined && given.response !== null) return sealer.open<SyncOutcome>(given.response);
      const outcome: SyncOutcome = asSubmitted
        ? { kind: 'submitted', taskId: taskId as never }
        : yield* outcomeSoFar(sealer, rules, accountNo, taskId);
      yield* outbox.arm(accountNo, taskId);
      yield* fixResponse(accountNo, taskId, sealer.seal(outcome));
      return outcome;
    },
  };
}

/** Writes the notification of an outcome that is known with the acceptance, where it was promised. */
function* tellAtOnce(
  outbox: Outbox,
  { accountNo, taskId, callback, alwaysNotifies, nowMs }: AcceptSyncInput,
  outcome: SyncOutcome,
  namedCount: number,
): Script<boolean> {
  if (callback === null || !alwaysNotifies) return false;
  const task = must(yield* taskRow(accountNo, taskId), () => 'an accepted call has a task');
  return yield* outbox.release(task, { status: 'completed', outcome, namedCount }, nowMs);
}

function earlyAnswer(input: AcceptSyncInput, asItStands: () => SyncOutcome): SyncOutcome {
  return input.answersWithTask ? { kind: 'submitted', taskId: input.taskId as TaskId } : asItStands();
}

function* outcomeSoFar(
  sealer: Sealer,
  rules: SizeRules,
  accountNo: number,
  taskId: string,
): Script<SyncOutcome> {
  const task = must(yield* taskRow(accountNo, taskId), () => 'a waiting call has a task');
  const stored = sealer.open<StoredOutcome>(must(task.outcome, () => 'a task has a draft'));
  if (stored.kind !== 'draft') return outcomeIn(stored);
  return yield* currentOutcome(rules, accountNo, stored.draft, yield* taskParts(accountNo, taskId));
}

/** What a request key already stands for, or null when it is new. Source: AdCP security, idempotency. */
function* recall(sealer: Sealer, input: AcceptSyncInput): Script<AcceptSyncOutput | null> {
  const { accountNo, principalNo, keyHash, digest, nowMs } = input;
  if (keyHash === null) return null;
  const row = yield* findIdempotency(accountNo, principalNo, keyHash);
  if (row === undefined) return null;
  if (row.expiresAt < nowMs) return { kind: 'expired' };
  const same = row.operationName === 'sync_audiences' && Buffer.compare(row.digest, digest) === 0;
  if (!same) return { kind: 'conflict' };
  if (row.response !== null) {
    return { kind: 'answered', outcome: sealer.open(row.response), replayed: true, taskId: row.taskId };
  }
  return {
    kind: 'waiting',
    taskId: must(row.taskId, () => 'an unanswered key has a task'),
    folds: [],
    replayed: true,
  };
}

function* answerDiscovery(
  sealer: Sealer,
  rules: SizeRules,
  input: AcceptSyncInput,
): Script<AcceptSyncOutput> {
  const rows = yield* liveAudiences(input.accountNo);
  const outcome = discover(rows.map(factsOf), sizeRule(rules, input.sandbox), input.sandbox);
  if (input.keyHash !== null) yield* remember(input, input.keyHash, null, sealer.seal(outcome));
  return { kind: 'answered', outcome, replayed: false, taskId: null };
}

interface AppliedPlan {
  readonly draft: SyncDraft;
  readonly folds: readonly AcceptedFold[];
  /** The account's audiences after it. */
  readonly rows: readonly AudienceRow[];
}

function* applyPlan(
  input: AcceptSyncInput,
  audiences: readonly AudienceRequest[],
  keys: ForwardKeys,
): Script<AppliedPlan> {
  const rows = yield* liveAudiences(input.accountNo);
  const state = yield* syncState(input.accountNo, rows, audiences);
  const plan = planSync(state, {
    audiences,
    deleteMissing: input.deleteMissing,
    invalidMembers: input.invalidMembers,
  });
  const rowById = new Map(rows.map((row) => [row.audienceId, row]));
  const entries: DraftEntry[] = [];
  const folds: AcceptedFold[] = [];
  for (const [position, audience] of audiences.entries()) {
    const step = must(plan.entries[position], () => 'one plan an audience');
    const entry = yield* applyEntry(input, audience, step, rowById.get(audience.audienceId), keys);
    entries.push(entry);
    const { audienceNo, opSeq } = entry;
    const memberCount = audience.addCount + audience.removeCount;
    if (audienceNo !== null && opSeq !== null) folds.push({ audienceNo, opSeq, memberCount, position });
  }
  for (const { audienceNo } of plan.missing) yield* deleteAudience(input.accountNo, audienceNo, input.nowMs);
  const missing = plan.missing.map(({ audienceId }) => audienceId);
  const touched = [...entries, ...plan.missing].map(({ audienceNo }) => audienceNo);
  const after = yield* rowsAfter(input.accountNo, rows, touched);
  return { draft: { sandbox: input.sandbox, entries, missing }, folds, rows: after };
}

/** The list again, with only the touched rows read anew: an account may have thousands. New ones have the highest numbers. */
function* rowsAfter(
  accountNo: number,
  before: readonly AudienceRow[],
  touched: readonly (number | null)[],
): Script<readonly AudienceRow[]> {
  const byNo = new Map(before.map((row) => [row.audienceNo, row]));
  for (const audienceNo of touched) {
    if (audienceNo === null) continue;
    const row = yield* liveAudienceByNo(accountNo, audienceNo);
    if (row === undefined) byNo.delete(audienceNo);
    else byNo.set(audienceNo, row);
  }
  return [...byNo.values()];
}

function* syncState(
  accountNo: number,
  rows: readonly AudienceRow[],
  audiences: readonly AudienceRequest[],
): Script<SyncState> {
  const live = new Map(
    rows.map((row): [string, KnownAudience] => [row.audienceId, row as unknown as KnownAudience]),
  );
  const deletedOnce = new Set<string>();
  for (const { audienceId, delete: deletes } of audiences) {
    if (!deletes || live.has(audienceId)) continue;
    if (yield* audienceEverExisted(accountNo, audienceId)) deletedOnce.add(audienceId);
  }
  return { live, deletedOnce, liveCount: rows.length };
}

function* recordTask(
  sealer: Sealer,
  input: AcceptSyncInput,
  draft: SyncDraft,
  folds: readonly AcceptedFold[],
  outcome: SyncOutcome | null,
  early: SyncOutcome | null,
): Script<void> {
  const { accountNo, taskId, principalNo, generation, nowMs, context } = input;
  const stored: StoredOutcome =
    outcome === null
      ? { kind: 'draft', draft, answered: early !== null }
      : { kind: 'outcome', outcome, namedCount: draft.entries.length };
  yield* insertTask({
    accountNo,
    taskId,
    principalNo,
    taskType: 'sync_audiences',
    status: outcome === null ? 'submitted' : 'completed',
    generation,
    createdAt: nowMs,
    completedAt: outcome === null ? null : nowMs,
    hasWebhook: input.callback !== null,
    audienceTotal: folds.length,
    audienceDone: 0,
    memberTotal: folds.reduce((sum, fold) => sum + fold.memberCount, 0),
    context: context === null ? null : sealer.seal(context),
    outcome: sealer.seal(stored),
  });
  for (const { audienceNo, opSeq, position } of folds) {
    yield* insertTaskPart(accountNo, taskId, position, audienceNo, opSeq);
  }
  if (input.keyHash === null) return;
  const answer = outcome ?? early;
  yield* remember(input, input.keyHash, taskId, answer === null ? null : sealer.seal(answer));
}

function* remember(
  input: AcceptSyncInput,
  keyHash: Uint8Array,
  taskId: string | null,
  response: Uint8Array | null,
): Script<void> {
  const inserted = yield* insertIdempotency({
    accountNo: input.accountNo,
    principalNo: input.principalNo,
    keyHash,
    digest: input.digest,
    operationName: 'sync_audiences',
    taskId,
    createdAt: input.nowMs,
    expiresAt: input.expiresAtMs,
    response,
  });
  if (inserted !== 1) throw new AppError('SERVICE_UNAVAILABLE');
}
