import type { DatabaseSync } from 'node:sqlite';

import { assert } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import type { Migration } from '../migrations/index.ts';

const createVersions = `CREATE TABLE IF NOT EXISTS schema_migration (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT`;

const insertVersion = 'INSERT INTO schema_migration (number, name, applied_at) VALUES (?, ?, ?)';
const selectVersion = 'SELECT ifnull(max(number), 0) AS number FROM schema_migration';

/**
 * Brings the database up to the newest of the given migrations, one transaction each: first the version
 * row, then the change, so that a migration that was half written by another process cannot start.
 * Returns the numbers applied. Refuses a database from a newer release of the program.
 */
export function migrate(
  db: DatabaseSync,
  migrations: readonly Migration[],
  nowMs: number,
): readonly number[] {
  assert(
    migrations.every(({ number }, index) => number === index + 1),
    () => 'migrations are numbered without a gap',
  );
  db.exec(createVersions);
  const found = schemaVersion(db);
  refuseNewer(found, migrations.length);
  const pending = migrations.slice(found);
  for (const migration of pending) apply(db, migration, nowMs);
  return pending.map(({ number }) => number);
}

/** Refuses what a newer release of the program has written. */
export function refuseNewer(found: number, newest: number): void {
  if (found <= newest) return;
  throw new AppError(
    'CONFIGURATION_ERROR',
    `The data directory has schema ${found}; this release of rollcall knows schemas up to ${newest}.`,
    { suggestion: 'Use the release that last opened it, or a newer one.' },
  );
}

/** Number of the newest migration applied. */
export function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare(selectVersion).get()?.['number']);
}

function apply(db: DatabaseSync, migration: Migration, nowMs: number): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    db.prepare(insertVersion).run(migration.number, migration.name, nowMs);
    db.exec(migration.sql);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
