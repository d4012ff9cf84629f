/** Many calls at once: 100,000 members on three connections, 1,000 members on sixteen. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { pause } from '../support/http.ts';
import { syncBody, type SyncBody } from '../support/members.ts';
import { startOurs, startRows, startSdk, type BenchServer } from '../support/servers.ts';
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
  const rates: Record<string, number[]> = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
  const { windowMs, rounds } = context.sizes;
  for (const target of Object.values(targets)) await rate(target, bodies, windowMs / 2);
  for (let i = 0; i < Math.max(rounds, rounds === 1 ? 1 : 5); i++) {
    for (const [name, target] of Object.entries(targets)) {
      rates[name]!.push(await rate(target, bodies, windowMs));
      await pause(context.sizes.pauseMs * 4);
    }
  }
  return rates;
}

export async function measureLoad(context: Context): Promise<void> {
  const { callMembers, smallMembers } = context.sizes;
  const { dataDir, key } = await context.emptyWorld();
  const rowsDir = join(context.directory, `rows-load-${process.pid}`);
  await mkdir(rowsDir, { recursive: true });
  const ours = { server: await startOurs(dataDir, 0), key };
  const sdk = { server: await startSdk(), key: '' };
  const rows = { server: await startRows(rowsDir, 0), key: '' };
  const small = await compare(context, { ours, sdk, rows }, bodiesFor(16, 4, smallMembers));
  context.say('calls a second: done');
  const shared = { wanted: 'at least' } as const;
  const calls = { ...shared, unit: 'calls/s', measure: `calls of ${smallMembers} members, 16 connections` };
  const inMemory = 'official SDK in memory';
  context.row({ ...calls, ours: small['ours']!, peerName: inMemory, peer: small['sdk']!, bound: 8 });
  context.row({ ...calls, ours: small['ours']!, peerName: 'rows in SQLite', peer: small['rows']!, bound: 4 });
  const large = await compare(context, { ours, sdk }, bodiesFor(3, 2, callMembers));
  context.say('sustained: done');
  const members = (rates: readonly number[]): number[] => rates.map((one) => one * callMembers);
  context.row({
    ...{ ...shared, unit: 'members/s', measure: 'sustained, 3 connections', ours: members(large['ours']!) },
    ...{ peerName: inMemory, peer: members(large['sdk']!), bound: 8 },
  });
  for (const { server } of [ours, sdk, rows]) await server.stop();
}
