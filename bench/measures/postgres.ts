/** Over Postgres: one call of 100,000 members beside the embedded database and beside rows that are copied into the same server. */
import { join } from 'node:path';

import { startPostgres, type PostgresServer } from '../../src/store/testing/postgres-server.ts';
import type { Context } from '../support/context.ts';
import { syncBody } from '../support/members.ts';
import { familyCpuMs, startOurs, startPostgresRows } from '../support/servers.ts';
import { quantile } from '../support/statistics.ts';
import { accountId, knownSeed, makeWorld } from '../support/world.ts';
import { measureDecisions, measureNodes } from './nodes.ts';
import { roundsOf, type Candidate } from './accept-rounds.ts';

/** What an operator would set; all that a promise rests on is as it comes: fsync, full_page_writes and synchronous_commit are on. */
const settings = [
  ...['shared_buffers=1GB', 'work_mem=64MB', 'jit=off', 'random_page_cost=1.1'],
  ...['max_wal_size=8GB', 'checkpoint_timeout=15min'],
];

function candidatesOf(context: Context, postgres: PostgresServer): readonly Candidate[] {
  const body = syncBody({
    accountId,
    ranges: [{ first: 0, count: context.sizes.callMembers }],
    seed: knownSeed,
  });
  const databaseCpuMs = (): number => familyCpuMs(postgres.pid());
  const shared = { body, audience: (call: number) => `pg-${process.pid}-${call}`, matches: false };
  let worlds = 0;
  return [
    {
      ...{ ...shared, name: 'Postgres', databaseCpuMs },
      start: async () => {
        const url = await postgres.createDatabase();
        const dataDir = join(context.directory, `postgres-${process.pid}-${worlds++}`);
        const { key } = await makeWorld(dataDir, 0, 0, url);
        return { server: await startOurs(dataDir, 0, url), key };
      },
    },
    {
      ...{ ...shared, name: 'SQLite' },
      start: async () => {
        const { dataDir, key } = await context.emptyWorld();
        return { server: await startOurs(dataDir, 0), key };
      },
    },
    {
      ...{ ...shared, name: 'rows', databaseCpuMs },
      start: async () => ({ server: await startPostgresRows(await postgres.createDatabase()), key: '' }),
    },
  ];
}

export async function measurePostgres(context: Context): Promise<void> {
  const postgres = await startPostgres({ settings });
  try {
    const candidates = candidatesOf(context, postgres);
    const of = await roundsOf(context, 'postgres', candidates);
    const shared = {
      measure: 'accept over Postgres',
      unit: 'ms',
      ours: of('Postgres').ms,
      wanted: 'at most',
    } as const;
    context.row({ ...shared, peerName: 'ours over SQLite', peer: of('SQLite').ms, bound: 2.5 });
    context.row({ ...shared, peerName: 'rows by COPY', peer: of('rows').ms, bound: 0.35 });
    const cpu = candidates.map(({ name }) => {
      const { cpu: own, databaseCpu } = of(name);
      return `${name} ${quantile(own, 0.5)} + ${quantile(databaseCpu, 0.5)}`;
    });
    context.note(`Processor time a call in ms, of the server + of Postgres: ${cpu.join(', ')}.`);
    await measureNodes(context, postgres);
    await measureDecisions(context, postgres);
  } finally {
    await postgres.destroy();
  }
}
