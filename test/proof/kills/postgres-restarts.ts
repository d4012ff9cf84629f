/** R11: while everybody writes, the database is restarted, crashes, or ends all sessions. */
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { startPostgres, type PostgresServer } from '../../../src/store/testing/postgres-server.ts';
import { createDice, type Dice } from '../../fuzz/dice.ts';
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from '../proof.ts';
import { openCarelessStore } from './careless-store.ts';
import { openContractStore } from './commit-cuts.ts';
import { createLedger, type Ledger, type LedgerStore } from './ledger.ts';

const callerCount = 4;
const failuresPerLook = 10;
/** R11: so soon after the server is up, callers are answered. */
const answeredMsMax = 10_000;
const progressMsMax = 30_000;

const kinds = ['fast', 'immediate', 'killed', 'sessions'] as const;
/** `fast`: sessions are ended and all is written; `immediate`: as in a crash; `killed`: the first process alone; `sessions`: no restart. */
type Kind = (typeof kinds)[number];

async function asked<T extends object>(url: string, sql: string): Promise<readonly T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** The processes of a server whose first one was killed end by themselves; until then no other can begin. */
async function killServer(postgres: PostgresServer, url: string): Promise<void> {
  const others = await asked<{ pid: number }>(
    url,
    'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
  );
  await postgres.stop('SIGKILL');
  while (others.some(({ pid }) => isAlive(pid))) await sleep(20);
}

async function fail(postgres: PostgresServer, url: string, kind: Kind, awayMs: number): Promise<void> {
  if (kind === 'sessions') {
    await asked(
      url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    return;
  }
  if (kind === 'killed') await killServer(postgres, url);
  else await postgres.stop(kind === 'fast' ? 'SIGINT' : 'SIGQUIT');
  await sleep(awayMs);
  await postgres.start();
}

/** Calls as fast as it is answered, until it is over. */
async function load(ledger: Ledger, store: LedgerStore, isOver: () => boolean): Promise<void> {
  while (!isOver()) await ledger.write(store);
}

/** Waits for one more acknowledged write; gives for how long, or null when none came. */
async function untilAnswered(ledger: Ledger): Promise<number | null> {
  const before = ledger.acknowledged();
  const began = performance.now();
  while (ledger.acknowledged() === before) {
    if (performance.now() - began > progressMsMax) return null;
    await sleep(5);
  }
  return performance.now() - began;
}

interface World {
  readonly postgres: PostgresServer;
  readonly url: string;
  readonly ledger: Ledger;
  readonly stores: readonly LedgerStore[];
  readonly dice: Dice;
}

/** Fails some times under a load; gives the longest wait for an answer after the server was up, and what was wrong. */
async function failUnderLoad(
  { postgres, url, ledger, stores, dice }: World,
  failures: readonly Kind[],
): Promise<{ readonly waitedMs: number; readonly broken: readonly string[] }> {
  let isOver = false;
  let waitedMs = 0;
  const broken: string[] = [];
  const loads = Promise.all(
    stores.flatMap((store) =>
      Array.from({ length: callerCount / stores.length }, async () => load(ledger, store, () => isOver)),
    ),
  );
  for (const kind of failures) {
    await sleep(dice.below(100));
    await fail(postgres, url, kind, dice.below(300));
    const waited = await untilAnswered(ledger);
    waitedMs = Math.max(waitedMs, waited ?? progressMsMax);
    if (waited === null || waited > answeredMsMax) broken.push(`no answer in time after: ${kind}`);
  }
  isOver = true;
  await loads;
  for (const store of stores) await ledger.refused(store);
  broken.push(...(await ledger.faults(stores[0]!)));
  return { waitedMs, broken };
}

interface How {
  readonly open: (url: string, fatal: (reason: string) => void) => Promise<LedgerStore>;
  readonly settings: readonly string[];
  readonly kinds: readonly Kind[];
  /** Processes that write. */
  readonly storeCount: number;
}

async function run({ count, seed, say }: ProofOptions, how: How): Promise<ProofResult> {
  const dice = createDice(seed);
  const postgres = await startPostgres({ settings: how.settings });
  const ledger = createLedger(dice);
  const broken: string[] = [];
  const counts = { fast: 0, immediate: 0, killed: 0, sessions: 0 };
  let waitedMsMax = 0;
  let tried = 0;
  try {
    const url = await postgres.createDatabase();
    const fatal = (reason: string): void => void broken.push(reason);
    // The tables.
    await (await openContractStore(url, fatal)).close();
    const stores: LedgerStore[] = [];
    for (let at = 0; at < how.storeCount; at++) stores.push(await how.open(url, fatal));
    const world: World = { postgres, url, ledger, stores, dice };
    while (tried < count && broken.length === 0) {
      // In turn, so that a short run has each.
      const failures = Array.from(
        { length: Math.min(failuresPerLook, count - tried) },
        (_, at) => how.kinds[(tried + at) % how.kinds.length]!,
      );
      const seen = await failUnderLoad(world, failures);
      for (const kind of failures) counts[kind]++;
      tried += failures.length;
      waitedMsMax = Math.max(waitedMsMax, seen.waitedMs);
      broken.push(...seen.broken);
      say(`${tried} failures, ${ledger.acknowledged()} writes, ${broken.length} broken`);
    }
    await Promise.all(stores.map(async (store) => store.close()));
  } finally {
    await postgres.destroy();
  }
  const figures = {
    'restarts, fast': counts.fast,
    'restarts, immediate': counts.immediate,
    'kills of the first process': counts.killed,
    'ends of all sessions': counts.sessions,
    'writes acknowledged': ledger.acknowledged(),
    'longest wait for an answer after the server was up, ms': Math.round(waitedMsMax),
  };
  return { tried, figures, broken: broken.slice(0, brokenShown) };
}

export const postgresRestarts: Proof = {
  name: 'postgres-restarts',
  promise:
    'When Postgres restarts, crashes or ends sessions under a load, what was acknowledged is there once, nobody who called is refused, and callers are answered within 10 s of its return.',
  unit: 'failures',
  shortCount: 4,
  longCount: 100,
  run: async (options) => run(options, { open: openContractStore, settings: [], kinds, storeCount: 2 }),
  planted: [
    {
      name: 'writes are acknowledged before the server has flushed them',
      count: 2,
      run: async (options) =>
        run(options, {
          open: async (url) => openCarelessStore(url, 'acknowledges before the flush'),
          // The server's own flushing, rare enough that a crash comes before it.
          settings: ['wal_writer_delay=10s', 'wal_writer_flush_after=1GB'],
          kinds: ['immediate'],
          storeCount: 1,
        }),
    },
  ],
};
