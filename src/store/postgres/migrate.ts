import type { ClientBase } from 'pg';

import { assert } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import type { Migration } from '../migrations/index.ts';
import { schemaStatements } from '../sqlite/schema-statements.ts';
import { schemaToPostgres } from './dialect.ts';

/** One process at a time; apart from the lock of writers, so that nobody who writes waits for a migration to be considered. */
const migrationLock = 'SELECT pg_advisory_xact_lock(1380147565)';
const hasVersions = `SELECT to_regclass('schema_migration') IS NOT NULL AS "hasVersions"`;
const selectVersion = 'SELECT coalesce(max(number), 0)::int4 AS number FROM schema_migration';
const heldIn = (table: string): string =>
  `SELECT holder FROM ${table} WHERE held_until > unixepoch('subsec') * 1000`;
const hasTable = 'SELECT to_regclass($1) IS NOT NULL AS "hasTable"';
/** SQLite's function of this name, for scripts that go by the clock of the database. */
const clock = `CREATE FUNCTION unixepoch(TEXT) RETURNS DOUBLE PRECISION LANGUAGE sql VOLATILE
  AS 'SELECT extract(epoch FROM clock_timestamp())::double precision'`;
const insertVersion = 'INSERT INTO schema_migration (number, name, applied_at) VALUES ($1, $2, $3)';

/**
 * Brings a database up to the newest of the given migrations in one transaction. An empty one is given at once what all of them leave
 * behind; later ones are applied one after the other. Returns the numbers applied. Refuses a database from a newer release.
 */
export async function migrate(
  client: ClientBase,
  migrations: readonly Migration[],
  nowMs: number,
): Promise<readonly number[]> {
  assert(
    migrations.every(({ number }, index) => number === index + 1),
    () => 'migrations are numbered without a gap',
  );
  await client.query('BEGIN');
  try {
    await client.query(migrationLock);
    const found = await schemaVersion(client);
    if (found > migrations.length) {
      throw new AppError(
        'CONFIGURATION_ERROR',
        `The database has schema ${found}; this release of rollcall knows schemas up to ${migrations.length}.`,
        { suggestion: 'Use the release that last opened it, or a newer one.' },
      );
    }
    const pending = migrations.slice(found);
    if (pending.length > 0 && found > 0) await refuseWhileInUse(client);
    if (found === 0) await createAll(client, migrations);
    else for (const { sql } of pending) await client.query(schemaToPostgres(sql));
    for (const { number, name } of pending) await client.query(insertVersion, [number, name, nowMs]);
    await client.query('COMMIT');
    return pending.map(({ number }) => number);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** A server of an older release works on the tables as they are; it must end before they change. */
async function refuseWhileInUse(client: ClientBase): Promise<void> {
  const held = await holderOf(client);
  if (held === null) return;
  throw new AppError('CONFIGURATION_ERROR', `The database is of an older release and in use by ${held}.`, {
    suggestion: 'Stop that server, then start this release.',
  });
}

/** A process that works on the database, or waits for another's end; null: none. Also of older schemas. */
export async function holderOf(client: ClientBase): Promise<string | null> {
  for (const table of ['node', 'lease']) {
    const { rows: found } = await client.query<{ hasTable: number }>(hasTable, [table]);
    if (found[0]?.hasTable !== 1) continue;
    const { rows } = await client.query<{ holder: string }>(heldIn(table));
    if (rows[0] !== undefined) return rows[0].holder;
  }
  return null;
}

/** Number of the newest migration applied; 0 for an empty database. */
export async function schemaVersion(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ hasVersions: number }>(hasVersions);
  if (rows[0]?.hasVersions !== 1) return 0;
  const version = await client.query<{ number: number }>(selectVersion);
  return version.rows[0]?.number ?? 0;
}

async function createAll(client: ClientBase, migrations: readonly Migration[]): Promise<void> {
  const { sql, rows } = schemaStatements(migrations);
  await client.query(clock);
  for (const statement of inOrder(sql)) await client.query(schemaToPostgres(statement));
  for (const { table, row } of rows) {
    const names = Object.keys(row);
    const places = names.map((_, at) => `$${at + 1}`);
    const values = Object.values(row).map((value) =>
      value instanceof Uint8Array ? Buffer.from(value) : value,
    );
    await client.query(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places.join(', ')})`, values);
  }
}

/** A table behind those that it refers to: Postgres wants them to be there. */
function inOrder(statements: readonly string[]): readonly string[] {
  const nameOf = (sql: string): string | undefined => /^CREATE TABLE "?(\w+)"?/.exec(sql)?.[1];
  const left = [...statements];
  const made = new Set<string>();
  const ordered: string[] = [];
  while (left.length > 0) {
    const at = left.findIndex((sql) => {
      const wanted = [...sql.matchAll(/\b(?:REFERENCES|ON) "?([a-z_]+)"? ?\(/g)].map(([, name]) => name!);
      const own = nameOf(sql);
      return wanted.every((name) => name === own || made.has(name));
    });
    assert(at >= 0, () => 'tables do not refer to each other in a circle');
    const [sql] = left.splice(at, 1);
    const name = nameOf(sql!);
    if (name !== undefined) made.add(name);
    ordered.push(sql!);
  }
  return ordered;
}
