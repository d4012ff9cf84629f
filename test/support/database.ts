/** The seller's own database, looked at and changed behind the server's back. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

import pg from 'pg';

import { toPostgres } from '../../src/store/postgres/dialect.ts';
import { valueTypes } from '../../src/store/postgres/values.ts';
import type { Seller } from './seller.ts';
import type { Fields } from './wire.ts';

type Place = Pick<Seller, 'dataDir' | 'databaseUrl'>;

/** Rows of a query, or none; `changes` of what was changed. */
export async function inDatabase(
  place: Place,
  sql: string,
  ...params: readonly SQLInputValue[]
): Promise<{ readonly rows: readonly Fields[]; readonly changes: number }> {
  return place.databaseUrl === ''
    ? inFile(place.dataDir, sql, params)
    : inServer(place.databaseUrl, sql, params);
}

function inFile(dataDir: string, sql: string, params: readonly SQLInputValue[]) {
  const db = new DatabaseSync(join(dataDir, 'rollcall.db'), { timeout: 5_000 });
  try {
    const statement = db.prepare(sql);
    if (statement.columns().length === 0)
      return { rows: [], changes: Number(statement.run(...params).changes) };
    const rows = statement.all(...params).map((row) => ({ ...row }));
    return { rows: rows as unknown as readonly Fields[], changes: rows.length };
  } finally {
    db.close();
  }
}

async function inServer(url: string, sql: string, params: readonly SQLInputValue[]) {
  const client = new pg.Client({ connectionString: url, types: valueTypes });
  // A session that a crash ends is heard of by whoever asks, and must not end this process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const values = params.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value));
    const { rows, rowCount } = await client.query<Fields>(toPostgres(sql), values);
    return { rows, changes: rowCount ?? 0 };
  } finally {
    await client.end();
  }
}

/** Everything that is stored, as text: the bytes of the files, or every row of every table. */
export async function storedText(place: Place): Promise<string> {
  if (place.databaseUrl === '') {
    const files = readdirSync(place.dataDir).filter((name) => name.startsWith('rollcall.db'));
    return files.map((name) => readFileSync(join(place.dataDir, name), 'latin1')).join('');
  }
  const tables = await inDatabase(place, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
  const texts = tables.rows.map(async ({ tablename }) => {
    const { rows } = await inDatabase(
      place,
      `SELECT coalesce(string_agg(t::text, ' '), '') AS text FROM ${String(tablename)} t`,
    );
    return String(rows[0]?.['text']);
  });
  return (await Promise.all(texts)).join(' ');
}
