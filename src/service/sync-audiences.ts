/** The sync of audiences from call to answer: accept durably, wait for matching within a budget, answer. */
import type { Clock, Random } from '../base/clock.ts';
import type { TaskId } from '../base/brand.ts';
import { AppError } from '../base/faults.ts';
import type { Store } from '../store/store.ts';
import type { Account, SyncAnswer, SyncCall, SyncOutcome } from './api.ts';
import { requireSyncable } from './account-gates.ts';
import type { MatchQueue } from './match-queue.ts';
import { countAsRead, type RateLimits } from './rate-limit.ts';
import type { AcceptedFold, AcceptSyncInput, AcceptSyncOutput, SyncScripts } from './sync-scripts.ts';

export interface SyncSettings {
  /** How long an answer waits for matching; 0 never waits. */
  readonly waitMs: number;
  readonly replayTtlMs: number;
  /** Names the work of this process. */
  readonly nodeNo: number;
}

export interface SyncDeps {
  readonly store: Store<SyncScripts>;
  readonly queue: MatchQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: SyncSettings;
  readonly resolveAccount: (call: SyncCall) => Promise<Account>;
  readonly limits: RateLimits;
  /** Audiences were deleted: their members may wait to be erased. */
  readonly membersErased: () => void;
  /** A notification can be delivered. */
  readonly notifies: () => void;
  /** One-way, keyed: request keys may hold anything, so only this is stored. */
  readonly hashRequestKey: (requestKey: string) => Uint8Array;
  /** The same for addresses of callers. */
  readonly hashAddress: (address: string) => Uint8Array;
}

export async function syncAudiences(deps: SyncDeps, call: SyncCall): Promise<SyncAnswer> {
  refuseUnsafeDeletion(call);
  const account = await deps.resolveAccount(call);
  const { principalNo } = call.caller;
  const kind = call.audiences === null ? 'read' : 'write';
  deps.limits.take(kind, principalNo, account.accountNo);
  requireSyncable(account, call.audiences !== null);
  const nowMs = deps.clock.now();
  const taskId = deps.random.uuidAt(nowMs) as TaskId;
  const keyHash = call.requestKey === null ? null : deps.hashRequestKey(call.requestKey);
  const accepted = await deps.store.write('acceptSync', {
    accountNo: account.accountNo,
    sandbox: account.sandbox,
    principalNo,
    taskId,
    generation: call.generation,
    keyHash,
    digest: call.requestDigest,
    nowMs,
    expiresAtMs: nowMs + deps.settings.replayTtlMs,
    audiences: call.audiences,
    deleteMissing: call.deleteMissing,
    invalidMembers: call.invalidMembers,
    nodeNo: deps.settings.nodeNo,
    callback: promisedCallback(deps, call, account),
    context: call.context ?? null,
    answersAtOnce: waitMsOf(deps) === 0 || call.wantsTask === true,
    answersWithTask: answersWithTask(call),
    alwaysNotifies: call.wantsTask === true,
  });
  if (call.deleteMissing || call.audiences?.some((audience) => audience.delete) === true)
    deps.membersErased();
  const answered = await answer(deps, call, account, keyHash, taskId, accepted);
  if (answered.replayed && kind === 'write') countAsRead(deps.limits, principalNo, account.accountNo);
  return answered;
}

/** Callers of before 3.1 know no submitted answer: they are told `processing`, and their notification follows all the same. */
function answersWithTask({ callback, generation, wantsTask }: SyncCall): boolean {
  return wantsTask === true || (callback !== null && generation === '3.1');
}

function promisedCallback(
  { random, hashAddress }: SyncDeps,
  { callback }: SyncCall,
  { accountId }: Account,
): AcceptSyncInput['callback'] {
  if (callback === null) return null;
  const registration = { ...callback, accountId, eventKey: random.uuid() };
  return { addressHash: hashAddress(callback.url), registration };
}

async function answer(
  deps: SyncDeps,
  call: SyncCall,
  account: Account,
  keyHash: Uint8Array | null,
  newTaskId: TaskId,
  accepted: AcceptSyncOutput,
): Promise<SyncAnswer> {
  switch (accepted.kind) {
    case 'conflict':
      throw new AppError('IDEMPOTENCY_CONFLICT', undefined, {
        suggestion:
          'Send a new idempotency_key with a new request; repeat the request unchanged to get its answer again.',
      });
    case 'expired':
      throw new AppError('IDEMPOTENCY_EXPIRED');
    case 'answered': {
      const { outcome, replayed, taskId } = accepted;
      if (accepted.notifies === true) deps.notifies();
      return answerOf(deps, call, outcome, { replayed, taskId: taskId as TaskId | null });
    }
    case 'answered_early': {
      enqueueFolds(deps, call, account, newTaskId, accepted.folds);
      return answerOf(deps, call, accepted.outcome, { replayed: false, taskId: newTaskId });
    }
    case 'waiting': {
      const taskId = accepted.replayed ? (accepted.taskId as TaskId) : newTaskId;
      // A repeat may have come to another process than the one that works on it.
      const settled = accepted.replayed
        ? untilEnded(deps, account, taskId)
        : deps.queue.waitFor(taskId, waitMsOf(deps));
      enqueueFolds(deps, call, account, taskId, accepted.folds);
      const outcome = (await settled) ?? (await answerEarly(deps, call, account, keyHash, taskId));
      return answerOf(deps, call, outcome, { replayed: accepted.replayed, taskId });
    }
  }
}

/** The outcome of a task that somebody works on, or null when the waiting time is over. */
async function untilEnded(
  deps: SyncDeps,
  { accountNo }: Account,
  taskId: string,
): Promise<SyncOutcome | null> {
  const { store, queue, clock } = deps;
  const waitMs = waitMsOf(deps);
  const untilMs = clock.monotonic() + waitMs;
  for (;;) {
    const told = await queue.waitFor(taskId, Math.min(lookMs, Math.max(0, untilMs - clock.monotonic())));
    const outcome = told ?? (await store.read('endedOutcome', { accountNo, taskId }));
    if (outcome !== null || clock.monotonic() >= untilMs) return outcome;
  }
}

/** So often a task that another process may end is looked at. */
const lookMs = 100;

/** Nobody waits for what the schedule puts off. */
function waitMsOf({ queue, settings }: SyncDeps): number {
  return queue.opensWithin(settings.waitMs) ? settings.waitMs : 0;
}

function answerOf(
  deps: SyncDeps,
  call: SyncCall,
  outcome: SyncOutcome,
  facts: Pick<SyncAnswer, 'replayed' | 'taskId'>,
): SyncAnswer {
  return { ...facts, body: call.encode(outcome), retryAfterSeconds: retryAfterOf(deps, outcome) };
}

/** When the newest of what still waits should be known; null where nothing waits. */
function retryAfterOf({ queue, clock }: SyncDeps, outcome: SyncOutcome): number | null {
  const nowMs = clock.now();
  if (outcome.kind === 'submitted') return queue.forecast(nowMs).retryAfterSeconds;
  const open = outcome.audiences.filter(({ status }) => status === 'processing');
  if (open.length === 0) return null;
  const acceptedAtMs = open.reduce((newest, one) => Math.max(newest, one.lastSyncedAtMs ?? nowMs), 0);
  return queue.forecast(acceptedAtMs).retryAfterSeconds;
}

function enqueueFolds(
  { queue }: SyncDeps,
  call: SyncCall,
  { accountNo }: Account,
  taskId: string,
  folds: readonly AcceptedFold[],
): void {
  for (const { audienceNo, opSeq, memberCount, position } of folds) {
    const operation = call.audiences?.[position]?.operation;
    queue.enqueue({
      accountNo,
      audienceNo,
      opSeq,
      taskId,
      memberCount,
      ...(operation === undefined ? {} : { operation }),
    });
  }
}

/** The budget is spent: the answer is fixed now, and a replay will give the same one. */
async function answerEarly(
  { store, clock }: SyncDeps,
  call: SyncCall,
  { accountNo, sandbox }: Account,
  keyHash: Uint8Array | null,
  taskId: string,
): Promise<SyncOutcome> {
  const asSubmitted = answersWithTask(call);
  const { principalNo } = call.caller;
  return store.write('answerEarly', {
    accountNo,
    principalNo,
    keyHash,
    taskId,
    sandbox,
    asSubmitted,
    nowMs: clock.now(),
  });
}

/** Contract, sync rule 7: an omitted list must never be read as "delete everything". */
function refuseUnsafeDeletion({ audiences, deleteMissing }: SyncCall): void {
  if (audiences === null && deleteMissing) {
    throw new AppError('INVALID_REQUEST', '`delete_missing` needs `audiences`; nothing was deleted.', {
      field: 'audiences',
      suggestion: 'List the audiences to keep, or send an empty list to delete every audience of yours.',
    });
  }
  if (audiences !== null && audiences.length === 0 && !deleteMissing) {
    throw new AppError('INVALID_REQUEST', '`audiences` is empty.', {
      field: 'audiences',
      suggestion:
        'Leave `audiences` out to list what is there; an empty list is legal only with delete_missing.',
    });
  }
}
