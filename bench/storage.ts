/**
 * What a member costs where it is kept, over SQLite and over Postgres: bytes of tables and indexes when everything is matched and
 * merged, bytes of the logs while it came in, and bytes of the graph an identifier.
 * Run: `node bench/storage.ts [--calls 10] [--smoke] [--json FILE]`: so many calls of 100,000 members into one audience, over a graph of
 * as many users.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';

import pg from 'pg';

import { startPostgres } from '../src/store/testing/postgres-server.ts';
import { upload } from './support/context.ts';
import { agent } from './support/http.ts';
import { syncBody } from './support/members.ts';
import { startOurs, stopAll, type BenchServer } from './support/servers.ts';
import { accountId, knownSeed, makeWorld } from './support/world.ts';

const { values: flags } = parseArgs({
  options: {
    calls: { type: 'string', default: '10' },
    smoke: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const callMembers = flags.smoke ? 1_000 : 100_000;
const calls = flags.smoke ? 2 : Number(flags.calls);
const members = calls * callMembers;

/** Each call waits until it is matched; merges follow, and are waited for by the stop of the server. */
async function fill(server: BenchServer, key: string): Promise<void> {
  for (let call = 0; call < calls; call++) {
    const ranges = [{ first: call * callMembers, count: callMembers }];
    const { audience } = await upload(server, key, syncBody({ accountId, ranges, seed: knownSeed }), 'all');
    if (audience?.status === 'processing') throw new Error('a call was not matched in time');
  }
  await server.stop();
}

type Figures = Record<string, number>;

async function overSqlite(directory: string): Promise<Figures> {
  const dataDir = join(directory, 'sqlite');
  const { key, graphEntries } = await makeWorld(dataDir, members, callMembers);
  const file = join(dataDir, 'rollcall.db');
  const before = statSync(file).size;
  const server = await startOurs(dataDir, 30_000);
  const writtenBefore = server.writtenBytes();
  let written = 0;
  const watch = setInterval(() => (written = server.writtenBytes() - writtenBefore), 100);
  await fill(server, key).finally(() => clearInterval(watch));
  const db = new DatabaseSync(file, { readOnly: true });
  const sum = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0]);
  const figures = {
    blockBytes: sum('SELECT sum(length(bytes)) FROM member_block') / members,
    fileBytes: (statSync(file).size - before) / members,
    writtenBytes: written / members,
    graphBytes: sum('SELECT sum(length(bytes)) FROM graph_piece') / graphEntries,
  };
  db.close();
  return figures;
}

const relationBytes = `SELECT coalesce(sum(pg_table_size(c.oid)), 0)::text AS tables, coalesce(sum(pg_indexes_size(c.oid)), 0)::text AS indexes
  FROM pg_class c WHERE c.relkind = 'r' AND c.relname = ANY($1)`;

async function overPostgres(directory: string): Promise<Figures> {
  const postgres = await startPostgres({ settings: ['max_wal_size=8GB', 'checkpoint_timeout=15min'] });
  try {
    const url = await postgres.createDatabase();
    const dataDir = join(directory, 'postgres');
    const { key, graphEntries } = await makeWorld(dataDir, members, callMembers, url);
    const db = new pg.Client({ connectionString: url });
    await db.connect();
    const rowOf = async (sql: string, values: unknown[] = []): Promise<Record<string, string>> =>
      (await db.query<Record<string, string>>(sql, values)).rows[0] ?? {};
    const at = async (): Promise<string> =>
      (await rowOf('SELECT pg_current_wal_insert_lsn()::text AS lsn'))['lsn']!;
    const from = await at();
    await fill(await startOurs(dataDir, 30_000, url), key);
    const log = await rowOf('SELECT pg_wal_lsn_diff($1, $2)::text AS bytes', [await at(), from]);
    // What merges left behind is free after this, as after a run of autovacuum.
    await db.query('VACUUM');
    const own = await rowOf(relationBytes, [['member_block', 'operation']]);
    const graph = await rowOf(relationBytes, [['graph_piece']]);
    const live = await rowOf('SELECT sum(length(bytes))::text AS bytes FROM member_block');
    await db.end();
    return {
      blockBytes: Number(live['bytes']) / members,
      tableBytes: Number(own['tables']) / members,
      indexBytes: Number(own['indexes']) / members,
      logBytes: Number(log['bytes']) / members,
      graphBytes: (Number(graph['tables']) + Number(graph['indexes'])) / graphEntries,
    };
  } finally {
    await postgres.destroy();
  }
}

const directory = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
try {
  const report = {
    members,
    calls,
    sqlite: await overSqlite(directory),
    postgres: await overPostgres(directory),
  };
  console.log(
    JSON.stringify(
      report,
      (_, value: unknown) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value),
      2,
    ),
  );
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  agent.destroy();
  await stopAll();
  rmSync(directory, { recursive: true, force: true });
}
