import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { AppError } from '../../base/faults.ts';
import { migrations } from '../migrations/index.ts';
import { findDatabaseProblems } from './check-database.ts';
import { applicationId, openConnection } from './connection.ts';
import {
  dataDirectoryOf,
  prepareDataDirectory,
  preparePrivateFile,
  type DataDirectory,
} from './data-directory.ts';
import { flushToDisk } from './flush.ts';
import { lockDirectory } from './lock.ts';
import { migrate, refuseNewer, schemaVersion } from './migrate.ts';

export interface RestoreOptions {
  readonly file: string;
  readonly dataDir: string;
  /** Files that may lie in the directory already. */
  readonly besides: readonly string[];
  readonly nowMs: number;
}

/**
 * Makes the data directory of a backup: an empty one, or a new one. What is copied is checked by SQLite, brought up to this
 * release's schema, and has its name only when it is on disk. A refusal leaves the directory as it was.
 */
export function restoreDatabase({ file, dataDir, besides, nowMs }: RestoreOptions): void {
  const directory = dataDirectoryOf(dataDir);
  refuseOther(file);
  refuseUsed(directory, besides);
  prepareDataDirectory(directory);
  const lock = lockDirectory(directory);
  let isDone = false;
  try {
    const draft = join(directory.path, 'restoring.db');
    try {
      preparePrivateFile(draft);
      copyFileSync(file, draft);
      prepareCopy(draft, file);
      flushToDisk(draft);
      renameSync(draft, directory.databaseFile);
    } finally {
      for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${draft}${suffix}`, { force: true });
    }
    flushToDisk(directory.path);
    const db = openConnection(directory.databaseFile, 'writer');
    try {
      migrate(db, migrations, nowMs);
    } finally {
      db.close();
    }
    isDone = true;
  } finally {
    lock.release();
    if (!isDone) rmSync(directory.lockFile, { force: true });
  }
}

/** Refuses a directory with anything in it but these. */
export function refuseUsed({ path }: DataDirectory, besides: readonly string[]): void {
  const others = existsSync(path) ? readdirSync(path).filter((name) => !besides.includes(name)) : [];
  if (others.length === 0) return;
  throw new AppError('CONFIGURATION_ERROR', `The directory ${path} is not empty: ${others[0]} is in it.`, {
    suggestion: 'Name a new directory with --data; nothing is ever restored over something.',
  });
}

const magic = 'SQLite format 3\0';
/** Source: sqlite.org/fileformat2.html, the database header. */
const applicationIdAt = 68;
const headerBytes = 100;

/** By the first bytes, before anything is opened. */
function refuseOther(file: string): void {
  const header = Buffer.alloc(headerBytes);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, headerBytes, 0);
  } finally {
    closeSync(descriptor);
  }
  const isOurs =
    header.toString('latin1', 0, magic.length) === magic &&
    header.readUInt32BE(applicationIdAt) === applicationId;
  if (isOurs) return;
  throw new AppError('CONFIGURATION_ERROR', `${file} is not a backup that rollcall made.`);
}

function prepareCopy(draft: string, file: string): void {
  const db = new DatabaseSync(draft);
  try {
    const problem = problemOf(db);
    if (problem !== null) throw new AppError('CONFIGURATION_ERROR', `${file} is damaged: ${problem}.`);
    refuseNewer(schemaVersion(db), migrations.length);
    db.exec('PRAGMA journal_mode = wal');
  } finally {
    db.close();
  }
}

function problemOf(db: DatabaseSync): string | null {
  try {
    return findDatabaseProblems(db)[0] ?? null;
  } catch {
    return 'SQLite cannot read it';
  }
}
