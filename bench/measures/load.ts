/** Many calls at once: 100,000 members on three connections, 1,000 members on sixteen. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { pause } from '../support/http.ts';
import { syncBody, type SyncBody } from '../support/members.ts';
import { startOurs, startRows, startSdk, type BenchServer } from '../support/servers.ts';
import { quantile } from '../support/statistics.ts';
import { accountId } from '../support/world.ts';
import { upload, type Context } from '../support/context.ts';

interface Target {
  readonly server: BenchServer;
  readonly key: string;
}

/** Calls a second over one window. Each connection has its own bodies, because a body is changed in place. */
async function rate(
  { server, key }: Target,
  bodies: readonly (readonly SyncBody[])[],
  windowMs: number,
): Promise<number> {
  const started = performance.now();
  const end = started + windowMs;
  const connection = async (own: readonly SyncBody[], no: number): Promise<number> => {
    let calls = 0;
    for (; performance.now() < end; calls++)
      await upload(server, key, own[calls % own.length]!, `load-${no}`);
    return calls;
  };
  const counts = await Promise.all(bodies.map(connection));
  const calls = counts.reduce((sum, count) => sum + count, 0);
  return (calls * 1000) / (performance.now() - started);
}

function bodiesFor(connections: number, each: number, count: number): readonly (readonly SyncBody[])[] {
  return Array.from({ length: connections }, (_, c) =>
    Array.from({ length: each }, (__, i) =>
      syncBody({ accountId, ranges: [{ first: i * count, count }], seed: `load ${c} ${i}` }),
    ),
  );
}

async function compare(
  context: Context,
  targets: Readonly<Record<string, Target>>,
  bodies: readonly (readonly SyncBody[])[],
): Promise<Readonly<Record<string, readonly number[]>>> {
  const cpu: Record<string, number[]> = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
  const rates: Record<string, number[]> = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
  const { windowMs, rounds } = context.sizes;
  for (const target of Object.values(targets)) await rate(target, bodies, windowMs / 2);
  for (let i = 0; i < Math.max(rounds, rounds === 1 ? 1 : 5); i++) {
    for (const [name, target] of Object.entries(targets)) {
      const before = target.server.cpuMs();
      const calls = await rate(target, bodies, windowMs);
      rates[name]!.push(calls);
      cpu[name]!.push((target.server.cpuMs() - before) / ((calls * windowMs) / 1000));
      await pause(context.sizes.pauseMs * 4);
    }
  }
  const shown = Object.entries(cpu).map(([name, list]) => `${name} ${quantile(list, 0.5).toFixed(2)}`);
  const members = bodies[0]![0]!.count;
  context.note(`Processor time in ms of a call of ${members} members under load: ${shown.join(', ')}.`);
  return rates;
}

const inMemory = 'official SDK in memory';

async function oursEmpty(context: Context): Promise<Target> {
  const { dataDir, key } = await context.emptyWorld();
  return { server: await startOurs(dataDir, 0), key };
}

async function stop(targets: Readonly<Record<string, Target>>): Promise<void> {
  for (const { server } of Object.values(targets)) await server.stop();
}

export async function measureCalls(context: Context): Promise<void> {
  const { smallMembers } = context.sizes;
  const rowsDir = join(context.directory, `rows-load-${process.pid}`);
  await mkdir(rowsDir, { recursive: true });
  const targets = {
    ours: await oursEmpty(context),
    sdk: { server: await startSdk(), key: '' },
    rows: { server: await startRows(rowsDir, 0), key: '' },
  };
  const rates = await compare(context, targets, bodiesFor(16, 4, smallMembers));
  await stop(targets);
  const shared = {
    measure: `calls of ${smallMembers} members, 16 connections`,
    unit: 'calls/s',
    ours: rates['ours']!,
    wanted: 'at least',
  } as const;
  context.row({ ...shared, peerName: inMemory, peer: rates['sdk']!, bound: 8 });
  context.row({ ...shared, peerName: 'rows in SQLite', peer: rates['rows']!, bound: 4 });
}

export async function measureSustained(context: Context): Promise<void> {
  const { callMembers } = context.sizes;
  const targets = { ours: await oursEmpty(context), sdk: { server: await startSdk(), key: '' } };
  const rates = await compare(context, targets, bodiesFor(3, 2, callMembers));
  await stop(targets);
  const members = (calls: readonly number[]): number[] => calls.map((one) => one * callMembers);
  context.row({
    ...{ measure: 'sustained, 3 connections', unit: 'members/s', ours: members(rates['ours']!) },
    ...{ peerName: inMemory, peer: members(rates['sdk']!), bound: 8, wanted: 'at least' },
  });
}
