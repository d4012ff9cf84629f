/** The parts behind every door, joined: store, threads, service. Commands on a stopped server use it too. */
import { createHmac, randomBytes } from 'node:crypto';
import { cpus, totalmem } from 'node:os';

import { AppError } from '../base/faults.ts';
import { identifierTypes } from '../base/identifier-types.ts';
import type { GraphVersion } from '../base/brand.ts';
import { systemClock, systemRandom } from '../platform/clock.ts';
import { errorFields, type Log } from '../platform/log.ts';
import { workerUrl } from '../platform/worker-url.ts';
import { parseKey } from '../protocol/auth/key-format.ts';
import { createAuthenticator } from '../service/authenticate.ts';
import type {
  Account,
  AccountReference,
  CapabilityFacts,
  Principal,
  RollcallService,
} from '../service/api.ts';
import { createMatchQueue, type MatchQueue } from '../service/match-queue.ts';
import { syncAudiences, type SyncDeps } from '../service/sync-audiences.ts';
import { openSqliteStore } from '../store/sqlite/open-store.ts';
import type { Store } from '../store/store.ts';
import { createScripts, type Scripts, type ScriptSettings } from './scripts.ts';
import { loadSecrets, type Secrets } from './secrets.ts';
import { createIngestPool, type IngestPool } from './threads/ingest-pool.ts';
import { startMatchThread, type MatchThread } from './threads/match-thread.ts';

export interface CoreOptions {
  readonly dataDir: string;
  readonly minimumSize: number;
  readonly waitMs: number;
  readonly buyerAccounts: boolean;
  /** Hexadecimal; empty: from the environment or the data directory. */
  readonly secret?: string;
  readonly log: Log;
  /** The process must end; what is on disk is whole. */
  readonly fatal: (reason: string) => void;
}

export interface Core {
  readonly store: Store<Scripts>;
  readonly secrets: Secrets;
  readonly service: RollcallService;
  readonly ingest: IngestPool;
  readonly queue: MatchQueue;
  readonly matchThread: MatchThread;
  close(): Promise<void>;
}

const replayTtlMs = 24 * 3_600_000;
const latencyWindowMs = 30 * 24 * 3_600_000;
const sandboxMinimumSize = 1;
/** Decoded members held by the matching thread: about 45 bytes each, in a quarter of the machine's memory. */
const heldBytesPerMember = 45;
const housekeepingMs = 3_600_000;

/** Opens the store of a data directory: enough for accounts, keys and imports. */
export async function openStore(
  options: Pick<CoreOptions, 'dataDir' | 'minimumSize' | 'secret' | 'log' | 'fatal'>,
): Promise<{
  readonly store: Store<Scripts>;
  readonly secrets: Secrets;
}> {
  const { dataDir, log, fatal } = options;
  const given = options.secret === undefined || options.secret === '' ? process.env['ROLLCALL_SECRET'] : options.secret;
  const secrets = loadSecrets(dataDir, given, systemRandom);
  const sizes = { minimumSize: options.minimumSize, sandboxMinimumSize };
  const settings: ScriptSettings = { sealKey: secrets.sealKey, sizes };
  const store = await openSqliteStore({
    dataDir,
    workerUrl: workerUrl('threads/store-worker', import.meta.url),
    workerSettings: settings,
    scripts: createScripts(settings),
    clock: systemClock,
    log: ({ script }) => log('error', 'store_fault', { operation: script }),
    fatal,
  });
  return { store, secrets };
}

export async function openCore(options: CoreOptions): Promise<Core> {
  const { store, secrets } = await openStore(options);
  const { dataDir, log, fatal } = options;
  const { tokenKey, sealKey } = secrets;
  const heldRowCountMax = Math.floor(totalmem() / 4 / heldBytesPerMember);
  const matchThread = await startMatchThread({
    dataDir,
    heldRowCountMax,
    sealKey,
    tokenKey,
    storeMerge: async (merge) => store.write('replaceBlocks', merge),
    fatal,
  });
  const ingest = createIngestPool({ tokenKey, threadCount: cpus().length > 4 ? 2 : 1, fatal });
  const queue = createMatchQueue({
    store,
    matcher: matchThread,
    clock: systemClock,
    troubled: (event, cause) => log('error', 'job_fault', { reason: event, ...errorFields(cause) }),
  });
  const recovered = await queue.recover();
  if (recovered > 0) log('info', 'work_recovered', { job_count: recovered });
  await queue.rematchAll(matchThread.graphFacts().version);
  const housekeeping = setInterval(() => {
    void store.write('forgetOld', { nowMs: systemClock.now() }).catch(() => undefined);
  }, housekeepingMs);
  housekeeping.unref();
  const service = createService(options, store, secrets, queue, matchThread);
  return {
    store,
    secrets,
    service,
    ingest,
    queue,
    matchThread,
    close: async () => {
      clearInterval(housekeeping);
      await queue.idle();
      await Promise.all([ingest.close(), matchThread.close()]);
      await store.close();
    },
  };
}

function createService(
  options: CoreOptions,
  store: Store<Scripts>,
  secrets: Secrets,
  queue: MatchQueue,
  matchThread: MatchThread,
): RollcallService {
  const startedAtMs = systemClock.now();
  const hashRequestKey = (key: string): Uint8Array =>
    createHmac('sha256', secrets.pepper).update(key).digest();
  const resolve = async (caller: Principal, reference: AccountReference): Promise<Account> =>
    resolveAccount(options, store, caller, reference);
  const syncDeps: SyncDeps = {
    store,
    queue,
    clock: systemClock,
    random: systemRandom,
    settings: { waitMs: options.waitMs, replayTtlMs },
    resolveAccount: async (call) => resolve(call.caller, call.account),
    hashRequestKey,
  };
  const accountNoOf = async (caller: Principal, reference?: AccountReference): Promise<number | null> =>
    reference === undefined
      ? null
      : (await store.read('resolveAccount', { principalNo: caller.principalNo, reference })).accountNo;
  return {
    authenticate: createAuthenticator({ store, clock: systemClock, pepper: secrets.pepper, parseKey }),
    syncAudiences: async (call) => syncAudiences(syncDeps, call),
    listAccounts: async ({ principalNo }, query) => store.read('accountsOfCaller', { principalNo, query }),
    syncAccounts: async (call) => {
      const nowMs = systemClock.now();
      const answer = await store.write('syncAccounts', {
        principalNo: call.caller.principalNo,
        keyHash: call.requestKey === null ? null : hashRequestKey(call.requestKey),
        digest: call.requestDigest,
        accounts: call.accounts,
        newIds: call.accounts.map(() => newAccountId()),
        deleteMissing: call.deleteMissing,
        dryRun: call.dryRun,
        allowsDeclaring: options.buyerAccounts,
        nowMs,
        expiresAtMs: nowMs + replayTtlMs,
      });
      if (answer.kind === 'conflict') throw new AppError('IDEMPOTENCY_CONFLICT');
      if (answer.kind === 'expired') throw new AppError('IDEMPOTENCY_EXPIRED');
      return { body: call.encode(answer.outcome), replayed: answer.replayed };
    },
    getTask: async (caller, taskId, account) => {
      const accountNo = await accountNoOf(caller, account);
      return store.read('taskOfCaller', { principalNo: caller.principalNo, taskId, accountNo });
    },
    listTasks: async (caller, { filter: { account, ...filter }, ...query }) => {
      // A foreign account has no tasks for this caller: zero rows, not an error.
      const accountNo = await accountNoOf(caller, account).catch(() => -1);
      return store.read('tasksOfCaller', {
        principalNo: caller.principalNo,
        query: { ...query, filter, accountNo },
      });
    },
    capabilityFacts: async (): Promise<CapabilityFacts> => {
      const latency = await store.read('matchingLatency', { sinceMs: systemClock.now() - latencyWindowMs });
      const hours = (ms: number): number => ms / 3_600_000;
      return {
        minimumAudienceSize: options.minimumSize,
        supportedUidTypes: identifierTypes.filter(
          (type) => type !== 'hashed_email' && type !== 'hashed_phone',
        ),
        matchingLatencyHours:
          latency.low === null || latency.high === null
            ? null
            : { min: hours(latency.low), max: hours(latency.high) },
        replayTtlSeconds: replayTtlMs / 1000,
        inFlightSecondsMax: Math.max(60, Math.ceil(options.waitMs / 1000) * 2),
        buyerDeclaredAccounts: options.buyerAccounts,
        sandbox: true,
        graphVersion: matchThread.graphFacts().version as GraphVersion,
        lastChangedAtMs: startedAtMs,
      };
    },
  };
}

/** 128 random bits: an account id is not to be guessed. */
export function newAccountId(): string {
  return `acc_${randomBytes(16).toString('hex')}`;
}

/** A natural key that is not known yet becomes an account on first use where buyers may declare accounts. */
async function resolveAccount(
  options: CoreOptions,
  store: Store<Scripts>,
  { principalNo }: Principal,
  reference: AccountReference,
): Promise<Account> {
  try {
    return await store.read('resolveAccount', { principalNo, reference });
  } catch (error) {
    const isUnknown = error instanceof AppError && error.code === 'ACCOUNT_NOT_FOUND';
    if (!isUnknown || reference.kind === 'id' || !options.buyerAccounts) throw error;
    const { brandDomain, brandId, operator, sandbox } = reference;
    const account = { accountId: newAccountId(), brandDomain, brandId, operator, sandbox, name: null };
    return store.write('declareAccount', { ...account, principalNo, nowMs: systemClock.now() });
  }
}
