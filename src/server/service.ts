/** The service that the protocols see, over one store. */
import { randomBytes } from 'node:crypto';

import type { GraphVersion } from '../base/brand.ts';
import { AppError } from '../base/faults.ts';
import { identifierTypes, type IdentifierType } from '../base/identifier-types.ts';
import { systemClock, systemRandom } from '../platform/clock.ts';
import { isWithin, networksOf } from '../platform/outbound/public-address.ts';
import { parseKey } from '../protocol/auth/key-format.ts';
import type {
  Account,
  AccountReference,
  AccountsAnswer,
  AccountsCall,
  CapabilityFacts,
  Principal,
  RollcallService,
  TaskView,
} from '../service/api.ts';
import type { AdvertiserService } from '../service/advertiser-api.ts';
import { accountNotFound } from '../service/account-scripts.ts';
import { createAuthenticator } from '../service/authenticate.ts';
import { createKeyedHash } from '../service/keyed-hash.ts';
import type { MatchQueue } from '../service/match-queue.ts';
import { countAsRead, type RateLimits } from '../service/rate-limit.ts';
import { syncAudiences, type SyncDeps } from '../service/sync-audiences.ts';
import type { Store } from '../store/store.ts';
import type { BuyService, Product } from '../service/buys/api.ts';
import { createBuyService } from './buy-service.ts';
import { createAdvertiserService } from './advertiser-service.ts';
import type { Scripts } from './scripts.ts';
import type { Secrets } from './secrets.ts';

const replayTtlMs = 24 * 3_600_000;
const latencyWindowMs = 30 * 24 * 3_600_000;

/**
 * The hashed ones are no uids. A nullifier is accepted from whoever sends one, but not listed: clients of 3.0
 * that name no release check the list against an enum without it.
 */
const unlistedUidTypes = new Set<IdentifierType>(['hashed_email', 'hashed_phone', 'world_id_nullifier']);

export interface ServiceParts {
  readonly store: Store<Scripts>;
  readonly secrets: Secrets;
  /** Names the work of this process. */
  readonly nodeNo: number;
  readonly queue: MatchQueue;
  /** Members may wait to be erased. */
  readonly membersErased: () => void;
  readonly minimumSize: number;
  readonly waitMs: number;
  /** Buyers may declare accounts. */
  readonly buyerAccounts: boolean;
  /** Sandbox accounts are served. */
  readonly sandbox: boolean;
  readonly graphVersion: () => number;
  /** A notification can be delivered. */
  readonly notifies: () => void;
  /** A buy was made or changed. */
  readonly buysMoved: () => void;
  /** A sync was accepted and answered. */
  readonly synced: () => void;
  readonly limits: RateLimits;
  /** What can be bought. */
  readonly products: readonly Product[];
  /** Tests may force states of sandbox accounts. */
  readonly testController: boolean;
}

export function createService(parts: ServiceParts): RollcallService & AdvertiserService & BuyService {
  const { store, secrets, queue } = parts;
  const startedAtMs = systemClock.now();
  const hashRequestKey = createKeyedHash(secrets.pepper);
  const syncDeps: SyncDeps = {
    store,
    queue,
    clock: systemClock,
    random: systemRandom,
    settings: { waitMs: parts.waitMs, replayTtlMs, nodeNo: parts.nodeNo },
    resolveAccount: async ({ caller, account }) => servedAccount(parts, caller, account),
    hashRequestKey,
    hashAddress: createKeyedHash(secrets.pepper),
    limits: parts.limits,
    membersErased: parts.membersErased,
    notifies: parts.notifies,
  };
  const accountNoOf = async (
    { principalNo }: Principal,
    reference?: AccountReference,
  ): Promise<number | null> =>
    reference === undefined
      ? null
      : (await store.read('resolveAccount', { principalNo, reference })).accountNo;
  return {
    authenticate: authenticatorOf(parts),
    syncAudiences: async (call) => {
      const answer = await syncAudiences(syncDeps, call);
      parts.synced();
      return answer;
    },
    listAccounts: async ({ principalNo }, query) => {
      parts.limits.take('read', principalNo, 0);
      return store.read('accountsOfCaller', { principalNo, query });
    },
    syncAccounts: async (call) => {
      parts.limits.take('write', call.caller.principalNo, 0);
      const keyHash = call.requestKey === null ? null : hashRequestKey(call.requestKey);
      return syncAccounts(parts, call, keyHash);
    },
    getTask: async (caller, taskId, account) => {
      parts.limits.take('read', caller.principalNo, 0);
      const accountNo = await accountNoOf(caller, account);
      const task = await store.read('taskOfCaller', { principalNo: caller.principalNo, taskId, accountNo });
      return foreseen(queue, task);
    },
    listTasks: async (caller, { filter: { account, ...filter }, ...query }) => {
      parts.limits.take('read', caller.principalNo, 0);
      const accountNo = await accountNoOf(caller, account);
      const page = await store.read('tasksOfCaller', {
        principalNo: caller.principalNo,
        query: { ...query, filter, accountNo },
      });
      return { ...page, tasks: page.tasks.map((task) => foreseen(queue, task)) };
    },
    capabilityFacts: async () => capabilityFacts(parts, startedAtMs),
    ...buyServiceOf(parts, hashRequestKey),
    ...createAdvertiserService({ ...parts, newAccountId, hashRequestKey, replayTtlMs }),
  };
}

function buyServiceOf(parts: ServiceParts, hash: (text: string) => Uint8Array): BuyService {
  return createBuyService({
    ...{ ...parts, replayTtlMs, hashRequestKey: hash, hashAddress: hash },
    servedAccount: async (caller, account) => servedAccount(parts, caller, account),
  });
}

/** What is known of the end of a task that is open. */
function foreseen(queue: MatchQueue, task: TaskView): TaskView {
  const waits = task.completedAtMs === null && task.taskType === 'sync_audiences';
  return waits ? { ...task, forecast: queue.forecast(task.createdAtMs) } : task;
}

function authenticatorOf({ store, secrets: { pepper } }: ServiceParts): RollcallService['authenticate'] {
  const isWithinNamed = (address: string, networks: readonly string[]): boolean =>
    isWithin(address, networksOf(networks));
  return createAuthenticator({ store, clock: systemClock, pepper, parseKey, isWithin: isWithinNamed });
}

async function syncAccounts(
  { store, buyerAccounts, sandbox, limits }: ServiceParts,
  call: AccountsCall,
  keyHash: Uint8Array | null,
): Promise<AccountsAnswer> {
  const nowMs = systemClock.now();
  const answer = await store.write('syncAccounts', {
    principalNo: call.caller.principalNo,
    keyHash,
    digest: call.requestDigest,
    accounts: call.accounts,
    newIds: call.accounts.map(() => newAccountId()),
    deleteMissing: call.deleteMissing,
    dryRun: call.dryRun,
    allowsDeclaring: buyerAccounts,
    refusesSandbox: !sandbox,
    nowMs,
    expiresAtMs: nowMs + replayTtlMs,
  });
  if (answer.kind === 'conflict') throw new AppError('IDEMPOTENCY_CONFLICT');
  if (answer.kind === 'expired') throw new AppError('IDEMPOTENCY_EXPIRED');
  if (answer.replayed) countAsRead(limits, call.caller.principalNo, 0);
  return { body: call.encode(answer.outcome), replayed: answer.replayed };
}

async function capabilityFacts(parts: ServiceParts, startedAtMs: number): Promise<CapabilityFacts> {
  const latency = await parts.store.read('matchingLatency', { sinceMs: systemClock.now() - latencyWindowMs });
  const hours = (ms: number): number => ms / 3_600_000;
  const isMeasured = latency.low !== null && latency.high !== null;
  return {
    minimumAudienceSize: parts.minimumSize,
    supportedUidTypes: identifierTypes.filter((type) => !unlistedUidTypes.has(type)),
    matchingLatencyHours: isMeasured ? { min: hours(latency.low ?? 0), max: hours(latency.high ?? 0) } : null,
    replayTtlSeconds: replayTtlMs / 1000,
    inFlightSecondsMax: Math.max(60, Math.ceil(parts.waitMs / 1000) * 2),
    buyerDeclaredAccounts: parts.buyerAccounts,
    sandbox: parts.sandbox,
    graphVersion: parts.graphVersion() as GraphVersion,
    lastChangedAtMs: startedAtMs,
  };
}

/** 128 random bits: an account id is not to be guessed. */
export function newAccountId(): string {
  return `acc_${randomBytes(16).toString('hex')}`;
}

/** What names no account has no bucket of an account; looking for it counts among the caller's other reads. */
async function servedAccount(
  parts: ServiceParts,
  caller: Principal,
  reference: AccountReference,
): Promise<Account> {
  try {
    const account = await resolveAccount(parts, caller, reference);
    if (account.sandbox && !parts.sandbox) throw accountNotFound(reference);
    return account;
  } catch (error) {
    const isUnknown = error instanceof AppError && error.code === 'ACCOUNT_NOT_FOUND';
    if (isUnknown) parts.limits.take('read', caller.principalNo, 0);
    throw error;
  }
}

/** A natural key that is not known yet becomes an account on first use where buyers may declare accounts. */
async function resolveAccount(
  { store, buyerAccounts, sandbox: servesSandbox, limits }: ServiceParts,
  { principalNo }: Principal,
  reference: AccountReference,
): Promise<Account> {
  try {
    return await store.read('resolveAccount', { principalNo, reference });
  } catch (error) {
    const isUnknown = error instanceof AppError && error.code === 'ACCOUNT_NOT_FOUND';
    if (!isUnknown || reference.kind === 'id' || !buyerAccounts) throw error;
    if (reference.sandbox && !servesSandbox) throw error;
    // Each new account comes with a full bucket of its own, so making them is counted in one for all.
    limits.take('write', principalNo, 0);
    const { brandDomain, brandId, operator, sandbox } = reference;
    const account = { accountId: newAccountId(), brandDomain, brandId, operator, sandbox, name: null };
    return store.write('declareAccount', { ...account, principalNo, nowMs: systemClock.now() });
  }
}
