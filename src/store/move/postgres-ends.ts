import type { Client } from 'pg';

import { AppError } from '../../base/faults.ts';
import { migrations } from '../migrations/index.ts';
import { checkServer, connect } from '../postgres/connection.ts';
import { holderOf, migrate, schemaVersion } from '../postgres/migrate.ts';
import type { SqlRow, SqlValue } from '../script.ts';
import { batchRowCountMax, blobBatchRowCountMax, type MoveSource, type MoveTarget } from './ends.ts';
import { tableShapes, type TableShape } from './tables.ts';

/** Other sessions of ours in the same database. */
const othersSql = `SELECT count(*) AS count FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'rollcall' AND pid <> pg_backend_pid()`;
/** Source: PostgreSQL documentation, appendix "limits": parameters of one statement. */
const parameterCountMax = 65_535;

const refusal = (message: string, suggestion: string): AppError =>
  new AppError('CONFIGURATION_ERROR', message, { suggestion });

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

async function open(url: string): Promise<Client> {
  const client = await connect(url).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : 'no connection';
    throw refusal(`The Postgres server does not let rollcall in: ${reason}.`, 'Check the address.');
  });
  try {
    await checkServer(client);
    // A server behind a pooler may have no session at the moment; its place among those who work it has.
    if ((await holderOf(client)) !== null || (await numberOf(client, othersSql)) > 0)
      throw refusal(
        'The Postgres database is in use by a rollcall server.',
        'Stop every server that uses it.',
      );
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function numberOf(client: Client, sql: string, params: readonly unknown[] = []): Promise<number> {
  const { rows } = await client.query<Record<string, number>>(sql, [...params]);
  return Number(Object.values(rows[0] ?? {})[0] ?? 0);
}

const countOf = async (client: Client, { name }: TableShape): Promise<number> =>
  numberOf(client, `SELECT count(*) AS count FROM "${name}"`);

/** A database that no server uses, of this release's schema; all is read from one state. */
export async function openPostgresSource(url: string): Promise<MoveSource> {
  const client = await open(url);
  const version = await schemaVersion(client);
  if (version !== migrations.length) {
    await client.end();
    throw refusal(
      `The Postgres database has schema ${version}; this release of rollcall has schema ${migrations.length}.`,
      'Start a server of this release on it once, and stop it.',
    );
  }
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  return {
    count: async (table) => countOf(client, table),
    async *batches(table) {
      const rowCount = table.hasBlobs ? blobBatchRowCountMax : batchRowCountMax;
      await client.query(
        `DECLARE moving NO SCROLL CURSOR FOR SELECT ${quoted(table.columns)} FROM "${table.name}"
          ORDER BY ${quoted(table.key)}`,
      );
      for (;;) {
        const { rows } = await client.query<SqlRow>(`FETCH ${rowCount} FROM moving`);
        if (rows.length > 0) yield rows;
        if (rows.length < rowCount) break;
      }
      await client.query('CLOSE moving');
    },
    async lastNumber({ name, numbered }) {
      const largest = await numberOf(client, `SELECT coalesce(max("${numbered}"), 0) AS last FROM "${name}"`);
      const sequence = await sequenceOf(client, name, numbered);
      if (sequence === null) return largest;
      const handedOut = `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM ${sequence}`;
      return Math.max(largest, await numberOf(client, handedOut));
    },
    close: async () => client.end(),
  };
}

async function sequenceOf(client: Client, table: string, column: string | null): Promise<string | null> {
  const sql = 'SELECT pg_get_serial_sequence($1, $2) AS sequence';
  const { rows } = await client.query<{ sequence: string | null }>(sql, [table, column]);
  return rows[0]?.sequence ?? null;
}

/** An empty database, or one with this release's schema and no row but its first ones. */
export async function openPostgresTarget(url: string, nowMs: number): Promise<MoveTarget> {
  const client = await open(url);
  try {
    await refuseFull(client);
    await migrate(client, migrations, nowMs);
    await client.query('BEGIN');
  } catch (error) {
    await client.end();
    throw error;
  }
  const begun = new Set<string>();
  return {
    async insert(table, rows) {
      if (table.firstRowCount > 0 && !begun.has(table.name))
        await client.query(`DELETE FROM "${table.name}"`);
      begun.add(table.name);
      const rowCountMax = Math.floor(parameterCountMax / table.columns.length);
      for (let at = 0; at < rows.length; at += rowCountMax)
        await insertRows(client, table, rows.slice(at, at + rowCountMax));
    },
    count: async (table) => countOf(client, table),
    async setLastNumber({ name, numbered }, last) {
      const sequence = await sequenceOf(client, name, numbered);
      if (sequence !== null) await client.query('SELECT setval($1::regclass, $2)', [sequence, last]);
    },
    commit: async () => void (await client.query('COMMIT')),
    close: async () => client.end(),
  };
}

async function refuseFull(client: Client): Promise<void> {
  if ((await schemaVersion(client)) === 0) return;
  for (const table of tableShapes()) {
    const exists = await numberOf(client, `SELECT (to_regclass($1) IS NOT NULL)::int4 AS found`, [
      table.name,
    ]);
    if (exists === 0 || (await countOf(client, table)) <= table.firstRowCount) continue;
    throw refusal(
      'The Postgres database is not empty.',
      'Name an empty one; nothing is ever moved over something.',
    );
  }
}

async function insertRows(client: Client, table: TableShape, rows: readonly SqlRow[]): Promise<void> {
  const { name, columns } = table;
  const places = rows.map(
    (_, row) => `(${columns.map((__, at) => `$${row * columns.length + at + 1}`).join(', ')})`,
  );
  const values = rows.flatMap((row) => columns.map((column) => toParam(row[column] ?? null)));
  await client.query(`INSERT INTO "${name}" (${quoted(columns)}) VALUES ${places.join(', ')}`, values);
}

const toParam = (value: SqlValue): unknown =>
  value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
