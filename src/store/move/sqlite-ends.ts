import { existsSync, rmSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { AppError } from '../../base/faults.ts';
import { migrations } from '../migrations/index.ts';
import type { SqlRow, SqlValue } from '../script.ts';
import { openConnection } from '../sqlite/connection.ts';
import { dataDirectoryOf, prepareDataDirectory, preparePrivateFile } from '../sqlite/data-directory.ts';
import { flushToDisk } from '../sqlite/flush.ts';
import { lockDirectory } from '../sqlite/lock.ts';
import { migrate } from '../sqlite/migrate.ts';
import { refuseUsed } from '../sqlite/restore.ts';
import { batchBytesMax, batchRowCountMax, rowBytes, type MoveSource, type MoveTarget } from './ends.ts';
import type { TableShape } from './tables.ts';

const countOf = (db: DatabaseSync, { name }: TableShape): number =>
  Number(db.prepare(`SELECT count(*) AS count FROM "${name}"`).get()?.['count']);

/** A stopped server's directory, brought up to this release's schema; others are kept out until it is closed. */
export function openSqliteSource(dataDir: string, nowMs: number): MoveSource {
  const directory = dataDirectoryOf(dataDir);
  if (!existsSync(directory.databaseFile))
    throw new AppError('CONFIGURATION_ERROR', `There is no database in ${directory.path}.`);
  const lock = lockDirectory(directory);
  const db = openConnection(directory.databaseFile, 'writer');
  migrate(db, migrations, nowMs);
  db.exec('BEGIN');
  return {
    count: async (table) => countOf(db, table),
    async *batches(table) {
      const order = table.key.map((column) => `"${column}"`).join(', ');
      const columns = table.columns.map((column) => `"${column}"`).join(', ');
      const rows = db.prepare(`SELECT ${columns} FROM "${table.name}" ORDER BY ${order}`).iterate();
      yield* inBatches(rows as Iterable<SqlRow>);
    },
    lastNumber: async (table) => lastNumber(db, table),
    async close() {
      db.close();
      lock.release();
    },
  };
}

function* inBatches(rows: Iterable<SqlRow>): Generator<readonly SqlRow[], void> {
  let batch: SqlRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    batch.push(row);
    bytes += rowBytes(row);
    if (bytes < batchBytesMax && batch.length < batchRowCountMax) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

function lastNumber(db: DatabaseSync, { name, numbered }: TableShape): number {
  const largest = Number(
    db.prepare(`SELECT coalesce(max("${numbered}"), 0) AS last FROM "${name}"`).get()?.['last'],
  );
  const handedOut = db.prepare('SELECT seq AS last FROM sqlite_sequence WHERE name = ?').get(name);
  return Math.max(largest, Number(handedOut?.['last'] ?? 0));
}

/** A new directory, or one in which only `besides` lie; without a commit it is left as it was. */
export function openSqliteTarget(dataDir: string, besides: readonly string[], nowMs: number): MoveTarget {
  const directory = dataDirectoryOf(dataDir);
  refuseUsed(directory, besides);
  prepareDataDirectory(directory);
  const lock = lockDirectory(directory);
  preparePrivateFile(directory.databaseFile);
  const db = openConnection(directory.databaseFile, 'writer');
  migrate(db, migrations, nowMs);
  db.exec('BEGIN IMMEDIATE');
  const statements = new Map<string, StatementSync>();
  let isCommitted = false;
  return {
    async insert(table, rows) {
      const statement = statements.get(table.name) ?? prepareInsert(db, table);
      statements.set(table.name, statement);
      for (const row of rows) statement.run(...table.columns.map((column) => row[column] as SqlValue));
    },
    count: async (table) => countOf(db, table),
    async setLastNumber({ name }, last) {
      // Only tables that never use a number again keep it.
      db.prepare('UPDATE sqlite_sequence SET seq = ? WHERE name = ?').run(last, name);
      const keeps = db
        .prepare(`SELECT 1 FROM sqlite_schema WHERE name = ? AND sql LIKE '%AUTOINCREMENT%'`)
        .get(name);
      const isKept = db.prepare('SELECT 1 FROM sqlite_sequence WHERE name = ?').get(name);
      if (keeps !== undefined && isKept === undefined)
        db.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(name, last);
    },
    async commit() {
      db.exec('COMMIT');
      db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
      isCommitted = true;
    },
    async close() {
      db.close();
      lock.release();
      if (isCommitted) return flushToDisk(directory.path);
      const { databaseFile, lockFile } = directory;
      for (const file of [databaseFile, `${databaseFile}-wal`, `${databaseFile}-shm`, lockFile])
        rmSync(file, { force: true });
    },
  };
}

/** What a database has from its beginning makes room for what comes. */
function prepareInsert(db: DatabaseSync, { name, columns, firstRowCount }: TableShape): StatementSync {
  if (firstRowCount > 0) db.exec(`DELETE FROM "${name}"`);
  const names = columns.map((column) => `"${column}"`).join(', ');
  return db.prepare(`INSERT INTO "${name}" (${names}) VALUES (${columns.map(() => '?').join(', ')})`);
}
