/** The parts behind every door, joined: store, threads, service. Commands on a stopped server use it too. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

import { systemClock, systemRandom } from '../platform/clock.ts';
import { errorFields, type Log } from '../platform/log.ts';
import { workerUrl } from '../platform/worker-url.ts';
import type { AdvertiserService } from '../service/advertiser-api.ts';
import type { RollcallService } from '../service/api.ts';
import type { BuyService, Product } from '../service/buys/api.ts';
import type { Troubled } from '../service/lifecycle/fold-work.ts';
import type { MatchSchedule } from '../service/lifecycle/schedule.ts';
import { createDecisionBook, type DecisionBook, type DecisionFacts } from '../service/decisions/book.ts';
import type { DecisionService } from '../service/decisions/api.ts';
import { createMatchQueue, type MatchQueue, type MatchQueueDeps } from '../service/match-queue.ts';
import { createSweeper, type Sweeper } from '../service/replace-blocks.ts';
import type { Store, StorePlace } from '../store/store.ts';
import { openStoreAt, placeOf, type StoreUser } from './open-place.ts';
import { stagedNamePattern } from './graph/staging.ts';
import { createDecisionService } from './decisions/decision-service.ts';
import { createScripts, type Scripts, type ScriptSettings } from './scripts.ts';
import { createService } from './service.ts';
import { loadSecrets, type Secrets } from './secrets.ts';
import type { SyndicationService } from '../service/syndication/api.ts';
import { createRateLimits, type RateLimits } from '../service/rate-limit.ts';
import type { SignerService } from '../service/signers/api.ts';
import { createGraphRefresh, startSharing, type Sharing } from './sharing.ts';
import { createSignerService } from './signer-service.ts';
import { createSyndicationControl, type SyndicationControl } from './syndication/control.ts';
import { createSyndicationService } from './syndication/syndication-service.ts';
import { createWebhookControl, type WebhookControl } from './webhooks/control.ts';
import { tokensOfNothing } from '../engine/forensics/nothing-tokens.ts';
import { createTokeniser } from '../engine/token/tokeniser.ts';
import { nodePrimitives } from '../platform/primitives.ts';
import { createIngestPool, type IngestPool } from './threads/ingest-pool.ts';
import { startMatchThread, type MatchThread } from './threads/match-thread.ts';

export interface CoreOptions {
  readonly dataDir: string;
  /** Empty: the embedded database. */
  readonly databaseUrl: string;
  readonly minimumSize: number;
  readonly waitMs: number;
  readonly buyerAccounts: boolean;
  readonly sandbox: boolean;
  /** Callers may switch forwarding on for their accounts. */
  readonly forwarding: boolean;
  readonly allowNetwork: readonly string[];
  /** Calls a second of one caller for one account; 0: no limit. */
  readonly writeRate: number;
  readonly readRate: number;
  /** What can be bought. */
  readonly products: readonly Product[];
  /** Tests may force states of sandbox accounts. */
  readonly testController: boolean;
  /** When accepted operations are matched. */
  readonly schedule: MatchSchedule;
  /** The pause before an operation is tried again, where a test cannot wait as long as a server. */
  readonly pauseMs?: (attemptCount: number) => number;
  /** Ends the wait for a database that another server has. */
  readonly signal?: AbortSignal;
  /** Hexadecimal; empty: from the environment or the data directory. */
  readonly secret?: string;
  readonly log: Log;
  /** The process must end; what is on disk is whole. */
  readonly fatal: (reason: string) => void;
}

export interface Core {
  readonly store: Store<Scripts>;
  readonly secrets: Secrets;
  readonly place: StorePlace;
  /** Names the work of this process; 0: no other shares the store. */
  readonly nodeNo: number;
  readonly service: RollcallService & AdvertiserService & SyndicationService & BuyService;
  readonly ingest: IngestPool;
  readonly queue: MatchQueue;
  readonly matchThread: MatchThread;
  readonly limits: RateLimits;
  readonly signers: SignerService;
  readonly decisions: DecisionService;
  /** What decisions lean on may have moved. */
  readonly decisionsWoken: () => void;
  /** The stored graph is another one. */
  readonly graphMoved: () => Promise<void>;
  /** Something may be deliverable. */
  readonly webhooksWoken: () => void;
  close(): Promise<void>;
}

const sandboxMinimumSize = 1;
/** Decoded members held by the matching thread: about 45 bytes each, in a quarter of the machine's memory. */
const heldBytesPerMember = 45;
const stagingMsMax = 24 * 3_600_000;

/** Opens the store of a data directory: enough for accounts, keys and imports. */
export async function openStore(
  options: Pick<
    CoreOptions,
    'dataDir' | 'databaseUrl' | 'minimumSize' | 'secret' | 'signal' | 'log' | 'fatal'
  >,
  user: StoreUser,
): Promise<{
  readonly store: Store<Scripts>;
  readonly secrets: Secrets;
  readonly place: StorePlace;
  readonly nodeNo: number;
  readonly holder: string;
}> {
  const { dataDir, databaseUrl, log, fatal } = options;
  const given =
    options.secret === undefined || options.secret === '' ? process.env['ROLLCALL_SECRET'] : options.secret;
  const secrets = loadSecrets(dataDir, given, systemRandom);
  const sizes = { minimumSize: options.minimumSize, sandboxMinimumSize };
  dropStaleStaging(dataDir);
  const { sealKey, forwardKey, auditKey, auditSeed } = secrets;
  const settings: ScriptSettings = { sealKey, forwardKey, auditKey, auditSeed, sizes };
  const place = placeOf(dataDir, databaseUrl);
  const opened = await openStoreAt(place, {
    dataDir,
    workerUrl: workerUrl('threads/store-worker', import.meta.url),
    workerSettings: settings,
    scripts: createScripts(settings),
    clock: systemClock,
    log: ({ script, name, databaseText, databaseCode }) =>
      log('error', 'store_fault', {
        operation: script,
        error_name: name,
        reason: databaseText,
        code: String(databaseCode),
      }),
    user,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    note: log,
    fatal,
  });
  return { ...opened, secrets, place };
}

/** What an import that was broken off left behind. A day is longer than any import that still runs. */
function dropStaleStaging(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    const path = join(dataDir, name);
    const isOld = stagedNamePattern.test(name) && systemClock.now() - statSync(path).mtimeMs > stagingMsMax;
    if (isOld) rmSync(path, { force: true });
  }
}

/** Five seconds' worth at once: agents come in bursts. Source: AdCP security, insert-rate budgets. */
function rateLimitsOf({ writeRate, readRate }: CoreOptions): RateLimits {
  const rate = (perSecond: number) => ({ perSecond, burst: perSecond * 5 });
  return createRateLimits({ read: rate(readRate), write: rate(writeRate) }, systemClock);
}

/** The queue, with what an earlier process left and what an import since then made stale. */
async function startQueue(
  { schedule, pauseMs, log }: CoreOptions,
  {
    matchThread,
    ...parts
  }: Pick<MatchQueueDeps, 'troubled' | 'settled' | 'notifies' | 'nodeNo' | 'refreshGraph'> & {
    readonly store: Store<Scripts>;
    readonly matchThread: MatchThread;
  },
): Promise<MatchQueue> {
  const { nodeNo } = parts;
  const queue = createMatchQueue({
    ...{ ...parts, matcher: matchThread, clock: systemClock, schedule },
    ...(pauseMs === undefined ? {} : { pauseMs }),
  });
  // Where others share the store, whoever looks after such things gives out what was left.
  if (nodeNo > 0) return queue;
  const waiting = await queue.recover();
  if (waiting > 0) log('info', 'work_recovered', { job_count: waiting });
  await queue.rematchAll(matchThread.graphFacts().version);
  return queue;
}

/** The thread that matches, and the book of decisions that it keeps in step. */
async function startMatching(
  { fatal, dataDir }: CoreOptions,
  { place, secrets }: Pick<Core, 'place' | 'secrets'>,
  store: Store<Scripts>,
  sweeper: Sweeper,
  troubled: Troubled,
): Promise<{ readonly matchThread: MatchThread; readonly book: DecisionBook }> {
  const matchThread = await startMatchThread({
    place,
    dataDir,
    nothingTokens: tokensOfNothing(createTokeniser(secrets.tokenKey, nodePrimitives), nodePrimitives),
    heldRowCountMax: Math.floor(totalmem() / 4 / heldBytesPerMember),
    storeMerge: async (merged) => sweeper.replace(merged),
    heard: (news) => book.hear(news),
    fatal,
  });
  const readFacts = async (): Promise<DecisionFacts> => store.read('decisionFacts', {});
  const book = createDecisionBook({ readFacts, track: matchThread.track, troubled });
  book.wake();
  return { matchThread, book };
}

/** Scanning is what costs: two share it where there is room. */
const ingestThreadCount = (): number => (cpus().length > 4 ? 2 : 1);

export async function openCore(options: CoreOptions): Promise<Core> {
  const opened = await openStore(options, 'server');
  const { store, secrets, place, nodeNo } = opened;
  const { log, fatal } = options;
  const { tokenKey, fingerprintKey } = secrets;
  const troubled: Troubled = (event, cause, facts = {}) =>
    log('error', 'job_fault', { reason: event, ...facts, ...errorFields(cause) });
  const sweeper = createSweeper(store, (cause) => troubled('sweep.failed', cause), nodeNo);
  sweeper.wake();
  const { matchThread, book } = await startMatching(options, opened, store, sweeper, troubled);
  const control = await createSyndicationControl({ ...options, place, store, secrets });
  const synced = (): void => {
    control.wake();
    book.wake();
  };
  const ingest = createIngestPool({
    tokenKey,
    fingerprintKey,
    forwards: control.forwards,
    threadCount: ingestThreadCount(),
    fatal,
  });
  const webhooks = await createWebhookControl({ ...options, place, store, secrets });
  const notifies = webhooks.wake;
  const refreshGraph = createGraphRefresh(store, matchThread, log);
  const parts = { store, nodeNo, matchThread, refreshGraph, troubled, settled: synced, notifies };
  const queue = await startQueue(options, parts);
  const graphVersion = (): number => matchThread.graphFacts().version;
  const shared = { ...opened, matchThread, refreshGraph, graphVersion, book, control, queue, sweeper };
  const sharing = startSharing({ ...shared, others: [webhooks, control], troubled, log });
  const limits = rateLimitsOf(options);
  const wakers = { membersErased: sweeper.wake, synced, notifies, buysMoved: book.wake };
  const service = createService({ ...options, ...wakers, ...opened, queue, graphVersion, limits });
  const { forwarding: callersMayForward, allowNetwork } = options;
  const syndication = createSyndicationService({ store, callersMayForward, allowNetwork, control });
  return {
    store,
    secrets,
    place,
    nodeNo,
    service: { ...service, ...syndication },
    ingest,
    queue,
    matchThread,
    limits,
    signers: createSignerService({ store, secrets, allowNetwork }),
    decisions: createDecisionService({ store, secrets, matchThread, book }),
    decisionsWoken: book.wake,
    graphMoved: sharing.graphMoved,
    webhooksWoken: webhooks.wake,
    close: async () =>
      closeCore({ store, sharing, book, control, queue, webhooks, ingest, matchThread, sweeper }),
  };
}

interface RunningParts {
  readonly store: Store<Scripts>;
  readonly sharing: Sharing;
  readonly book: DecisionBook;
  readonly control: SyndicationControl;
  readonly queue: MatchQueue;
  readonly webhooks: WebhookControl;
  readonly ingest: IngestPool;
  readonly matchThread: MatchThread;
  readonly sweeper: Sweeper;
}

/** What only looks first, then what others wait for, and the store last. */
async function closeCore(parts: RunningParts): Promise<void> {
  const { store, queue } = parts;
  await parts.sharing.close();
  parts.book.close();
  await parts.control.close();
  queue.stop();
  await queue.idle();
  await parts.webhooks.close();
  await Promise.all([parts.ingest.close(), parts.matchThread.close()]);
  await parts.sweeper.close();
  // So that the end of the log is known from now on, and not only from the next full hour.
  await store.write('signAudit', { nowMs: systemClock.now() }).catch(() => undefined);
  await store.close();
}
