import type { DatabaseSync } from 'node:sqlite';

import { openConnection } from './connection.ts';
import { dataDirectoryOf } from './data-directory.ts';

const problemCountMax = 100;

/** What SQLite itself finds wrong with a database: pages, indexes, constraints, and rows whose owner is not there. Reads all of it. */
export function findDatabaseProblems(db: DatabaseSync): readonly string[] {
  const problems = db.prepare(`PRAGMA integrity_check(${problemCountMax})`).all();
  const texts = problems.map((row) => String(Object.values(row)[0])).filter((text) => text !== 'ok');
  // A broken page makes every other question meaningless.
  if (texts.length > 0) return texts;
  const orphans = db.prepare('PRAGMA foreign_key_check').all();
  const tables = Map.groupBy(orphans, (row) => `${String(row['table'])} without ${String(row['parent'])}`);
  return [...tables].map(([what, rows]) => `${rows.length} rows of ${what}`);
}

/** The same of a data directory, beside whoever writes to it. */
export function checkDatabase(dataDir: string): readonly string[] {
  const db = openConnection(dataDirectoryOf(dataDir).databaseFile, 'reader');
  try {
    return findDatabaseProblems(db);
  } finally {
    db.close();
  }
}
