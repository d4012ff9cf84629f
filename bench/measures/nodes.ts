/** What one, two and three servers on one Postgres take in, and how fast one of them decides. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { secretFileName } from '../../src/server/secrets.ts';
import type { PostgresServer } from '../../src/store/testing/postgres-server.ts';
import { upload, type Context } from '../support/context.ts';
import { decisionsAlone } from '../support/decide-http.ts';
import { pause } from '../support/http.ts';
import { syncBody, type SyncBody } from '../support/members.ts';
import { familyCpuMs, startOurs, type BenchServer } from '../support/servers.ts';
import { quantile } from '../support/statistics.ts';
import { accountId, makeWorld } from '../support/world.ts';

interface Load {
  readonly members: number;
  readonly connections: number;
}

interface Sample {
  readonly callsPerSecond: number;
  /** Processor time a call in ms, of all servers and of Postgres. */
  readonly oursCpu: number;
  readonly databaseCpu: number;
}

let audiences = 0;

/** Each connection has its own body and audience, and keeps to one server. */
async function sampleOf(
  servers: readonly BenchServer[],
  key: string,
  bodies: readonly SyncBody[],
  windowMs: number,
  databaseCpuMs: () => number,
): Promise<Sample> {
  const cpuMs = (): number => servers.reduce((sum, server) => sum + server.cpuMs(), 0);
  const [oursBefore, databaseBefore] = [cpuMs(), databaseCpuMs()];
  const startedAt = performance.now();
  const counts = await Promise.all(
    bodies.map(async (body, no) => {
      const audience = `nodes-${audiences++}`;
      let calls = 0;
      for (; performance.now() - startedAt < windowMs; calls++)
        await upload(servers[no % servers.length]!, key, body, audience);
      return calls;
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  const calls = counts.reduce((sum, count) => sum + count, 0);
  // With what goes on behind the answers.
  await pause(windowMs / 4);
  return {
    callsPerSecond: calls / seconds,
    oursCpu: (cpuMs() - oursBefore) / calls,
    databaseCpu: (databaseCpuMs() - databaseBefore) / calls,
  };
}

/** Median rates by number of servers, each number in servers that were just started. */
export async function measureNodes(context: Context, postgres: PostgresServer): Promise<void> {
  const { sizes, directory } = context;
  const isSmoke = sizes.rounds === 1 && sizes.users < 10_000;
  const all: readonly Load[] = [
    { members: sizes.smallMembers, connections: 18 },
    { members: sizes.callMembers, connections: 3 },
  ];
  const loads = isSmoke ? all.slice(0, 1) : all;
  for (const { members, connections } of loads) {
    const bodies = Array.from({ length: connections }, (_, no) =>
      syncBody({ accountId, ranges: [{ first: no * members, count: members }], seed: `nodes ${no}` }),
    );
    for (const count of isSmoke ? [2] : [1, 2, 3]) {
      const url = await postgres.createDatabase();
      const dirs = Array.from({ length: count }, () => join(directory, `node-${process.pid}-${audiences++}`));
      const { key } = await makeWorld(dirs[0]!, 0, 0, url);
      for (const dir of dirs.slice(1)) {
        mkdirSync(dir);
        copyFileSync(join(dirs[0]!, secretFileName), join(dir, secretFileName));
      }
      const servers = await Promise.all(dirs.map(async (dir) => startOurs(dir, 0, url)));
      const databaseCpuMs = (): number => familyCpuMs(postgres.pid());
      const samples: Sample[] = [];
      // The first one warms up.
      for (let i = 0; i < (isSmoke ? 2 : 6); i++)
        samples.push(await sampleOf(servers, key, bodies, sizes.windowMs, databaseCpuMs));
      for (const server of servers) await server.stop();
      context.note(noteOf(count, members, samples.slice(1)));
      context.say(`nodes: ${count} with calls of ${members}`);
    }
  }
}

function noteOf(count: number, members: number, samples: readonly Sample[]): string {
  const of = (field: keyof Sample): number[] => samples.map((sample) => sample[field]);
  const rates = of('callsPerSecond');
  const rate = quantile(rates, 0.5);
  const range = `[${Math.min(...rates).toFixed(1)}-${Math.max(...rates).toFixed(1)}]`;
  const cpu = `${quantile(of('oursCpu'), 0.5).toFixed(1)} ms of ours and ${quantile(of('databaseCpu'), 0.5).toFixed(1)} ms of Postgres`;
  return `${count} server${count === 1 ? '' : 's'} on one Postgres, calls of ${members} members: ${rate.toFixed(1)} ${range} calls/s, ${(rate * members).toFixed(0)} members/s; a call takes ${cpu}.`;
}

export async function measureDecisions(context: Context, postgres: PostgresServer): Promise<void> {
  const isSmoke = context.sizes.rounds === 1 && context.sizes.users < 10_000;
  const options = { directory: context.directory, isSmoke, redisMs: null, say: context.say };
  const loads = await decisionsAlone({ ...options, databaseUrl: await postgres.createDatabase() });
  const rate = quantile(
    loads.map(({ perSecond }) => perSecond),
    0.5,
  );
  const p99 = quantile(
    loads.map((load) => load.p99),
    0.5,
  );
  context.note(
    `One server on Postgres decides ${rate.toFixed(0)} times a second over HTTP (one user, ten packages a call, 16 connections), p99 ${p99.toFixed(1)} ms: medians of ${loads.length} windows.`,
  );
}
