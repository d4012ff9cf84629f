/** Decisions over HTTP: a real server with ten packages, asked alone and in batches, idle and while it takes uploads. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { assert } from '../../src/base/assert.ts';
import { openAdmin } from '../../src/server/admin/open-admin.ts';
import { upload } from './context.ts';
import { pause } from './http.ts';
import { digestsOf, syncBody } from './members.ts';
import { buyBenchPackages } from './packages.ts';
import { openRaw, rawPost } from './raw-http.ts';
import { startOurs, startSink, type BenchServer } from './servers.ts';
import { quantile } from './statistics.ts';
import type { UploadWork } from './upload-worker.ts';
import { accountId, knownSeed, makeWorld } from './world.ts';

export interface DecideHttpOptions {
  readonly directory: string;
  readonly isSmoke: boolean;
  /** What 100,000 decisions take Redis; null: not measured. */
  readonly redisMs: number | null;
  readonly say: (line: string) => void;
  /** Of the Postgres database to work over; empty or absent: the embedded one. */
  readonly databaseUrl?: string;
}

const packageCount = 10;
const audienceCount = 10;
const batchCount = 100;

interface Target {
  readonly server: BenchServer;
  readonly key: string;
  readonly buyerKey: string;
  readonly firstPackage: string;
  /** Requests about one user each. */
  readonly alone: readonly Buffer[];
  /** Requests about a hundred users each. */
  readonly batches: readonly Buffer[];
}

async function prepare({ directory, isSmoke, databaseUrl = '' }: DecideHttpOptions): Promise<Target> {
  const memberCount = isSmoke ? 400 : 100_000;
  const dataDir = join(directory, 'decide');
  const world = await makeWorld(dataDir, isSmoke ? 2_000 : 1_000_000, memberCount, databaseUrl);
  const server = await startOurs(dataDir, 30_000, databaseUrl);
  const each = memberCount / audienceCount;
  const names = Array.from({ length: audienceCount }, (_, at) => `a${at}`);
  for (const [at, name] of names.entries()) {
    const ranges = [{ first: at * each, count: each }];
    await upload(server, world.key, syncBody({ accountId, ranges, seed: knownSeed }), name);
  }
  const { admin, close } = await openAdmin(dataDir, () => {});
  const made = await admin.createKey({
    accountIds: [],
    name: 'ad server',
    expiresAtMs: null,
    scopes: ['decisions'],
  });
  await close();
  const packages = await buyBenchPackages(server, world.key, names, packageCount);
  await pause(1_000);
  const users = Array.from({ length: isSmoke ? 200 : 2_000 }, (_, i) => {
    const digest = digestsOf(knownSeed, (i * 37) % memberCount, 1).subarray(0, 32);
    return { hashed_email: digest.toString('hex') };
  });
  const ask = (body: unknown): Buffer => rawPost(server.url, '/v1/decisions', made.key, body);
  return {
    ...{ server, key: made.key, buyerKey: world.key, firstPackage: packages[0]! },
    alone: users.map((user) => ask({ user, packages, explain: false })),
    batches: Array.from({ length: 20 }, (_, at) =>
      ask({
        requests: Array.from({ length: batchCount }, (__, i) => ({
          user: users[(at * batchCount + i) % users.length],
          packages,
        })),
        explain: false,
      }),
    ),
  };
}

export interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuUsEach: number;
}

/** Asks on so many connections at once for a while. */
async function load(
  server: BenchServer,
  requests: readonly Buffer[],
  connections: number,
  windowMs: number,
): Promise<Load> {
  const links = await Promise.all(Array.from({ length: connections }, async () => openRaw(server.url)));
  const times: number[] = [];
  const cpu = server.cpuMs();
  const started = performance.now();
  await Promise.all(
    links.map(async (link, no) => {
      for (let at = no; performance.now() - started < windowMs; at++) {
        const from = performance.now();
        await link.call(requests[at % requests.length]!);
        times.push(performance.now() - from);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  for (const link of links) link.close();
  return {
    perSecond: times.length / seconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    cpuUsEach: ((server.cpuMs() - cpu) * 1_000) / times.length,
  };
}

/** Four callers that upload so many members each, one call after the other, until told to end. */
function uploading({ name, url }: BenchServer, key: string, members: number): () => Promise<number> {
  const workerData: UploadWork = { name, url, key, callers: 4, members };
  const worker = new Worker(new URL('./upload-worker.ts', import.meta.url), { workerData });
  const calls = new Promise<number>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });
  return async () => {
    worker.postMessage('end');
    return calls;
  };
}

interface Singles {
  readonly alone: Load;
  readonly quiet: Load;
  readonly busy: Load;
  readonly uploads: number;
}

/** One user a request: as fast as sixteen callers can, and by two, who do not wait for each other, with uploads and without. */
async function measureSingles(
  server: BenchServer,
  { alone: requests, buyerKey }: Pick<Target, 'alone' | 'buyerKey'>,
  isSmoke: boolean,
): Promise<Singles> {
  const windowMs = isSmoke ? 200 : 5_000;
  await load(server, requests, 16, windowMs / 2);
  const alone = await load(server, requests, 16, windowMs);
  const quiet = await load(server, requests, 2, windowMs);
  const end = uploading(server, buyerKey, isSmoke ? 200 : 100_000);
  await pause(isSmoke ? 10 : 500);
  const busy = await load(server, requests, 2, windowMs);
  return { alone, quiet, busy, uploads: await end() };
}

/** One user a request, sixteen callers: so many windows after one that warms up. */
export async function decisionsAlone(options: DecideHttpOptions): Promise<readonly Load[]> {
  const { server, alone } = await prepare(options);
  try {
    const loads: Load[] = [];
    for (let i = 0; i < (options.isSmoke ? 2 : 6); i++)
      loads.push(await load(server, alone, 16, options.isSmoke ? 200 : 3_000));
    return loads.slice(1);
  } finally {
    await server.stop();
  }
}

const told = ({ perSecond, p50, p99, cpuUsEach }: Load): string =>
  `${perSecond.toFixed(0)} a second, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ${cpuUsEach.toFixed(0)} µs of processor each`;

const beside = (ms: number, redisMs: number | null): string =>
  redisMs === null ? '' : `, ${(ms / redisMs).toFixed(2)} × Redis (goal ≤ 1)`;

const share = (ours: number, floor: number): string =>
  `${(ours / floor).toFixed(2)} × that of receiving alone`;

export async function measureOverHttp(options: DecideHttpOptions): Promise<Record<string, unknown>> {
  const { isSmoke, say } = options;
  const target = await prepare(options);
  const { server } = target;
  const windowMs = isSmoke ? 200 : 5_000;
  const sink = await startSink();
  try {
    const link = await openRaw(server.url);
    const first = JSON.parse((await link.call(target.alone[0]!)).toString('utf8')) as { eligible: string[] };
    link.close();
    assert(
      first.eligible.includes(target.firstPackage),
      () => 'a member of the first audience is eligible for its package',
    );
    // What this machine lets any server do, which takes the same calls and only counts their bytes.
    const floor = await measureSingles(sink, target, isSmoke);
    const ours = await measureSingles(server, target, isSmoke);
    const { alone, quiet, busy, uploads } = ours;
    say(
      `over HTTP   alone: ${told(alone)} (goal ≥ 10,000 a second); ${share(alone.perSecond, floor.alone.perSecond)}`,
    );
    const batches = await load(server, target.batches, 4, windowMs);
    const msFor100k = (100_000 / (batchCount * packageCount) / batches.perSecond) * 1_000;
    say(
      `            batches of ${batchCount} users × ${packageCount} packages: ${told(batches)}; 100,000 decisions in ${msFor100k.toFixed(1)} ms${beside(msFor100k, options.redisMs)}`,
    );
    say(`            two callers: ${told(quiet)}; p99 ${share(quiet.p99, floor.quiet.p99)}`);
    say(
      `            and during ${uploads} uploads of 100,000 members, four at once: ${told(busy)} (goal p99 ≤ 5 ms); p99 ${share(busy.p99, floor.busy.p99)}`,
    );
    say(
      `            receiving alone: ${told(floor.alone)}; two callers p99 ${floor.quiet.p99.toFixed(2)} ms, during ${floor.uploads} uploads ${floor.busy.p99.toFixed(2)} ms`,
    );
    return { alone, batches, msFor100k, quiet, busy, uploads, floor };
  } finally {
    await sink.stop();
    await server.stop();
  }
}
