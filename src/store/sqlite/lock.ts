import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

import { AppError } from '../../base/faults.ts';
import { preparePrivateFile, type DataDirectory } from './data-directory.ts';

/** SQLite's result code for a lock that somebody else holds. */
const sqliteBusy = 5;

export interface DirectoryLock {
  release(): void;
}

/**
 * Takes the data directory for this process, or refuses at once with a message that names it.
 * The lock is an exclusive transaction on an empty side database: the kernel frees it when the process
 * ends, however it ends, so there is no stale lock file to clean up after a crash.
 */
export function lockDirectory(directory: DataDirectory): DirectoryLock {
  const db = tryLock(directory);
  if (db === undefined) {
    throw new AppError(
      'CONFIGURATION_ERROR',
      `The data directory ${directory.path} is in use by another rollcall process.`,
      {
        suggestion: 'Stop that process, or name another directory with --data.',
        details: { reason: dataDirectoryInUse },
      },
    );
  }
  return {
    release() {
      if (db.isOpen) db.close();
    },
  };
}

/** `info.details.reason` of the refusal, for the command line. */
export const dataDirectoryInUse = 'data_directory_in_use';

/** Whether some process has the directory open now. The answer can be old when it arrives. */
export function isDirectoryLocked(directory: DataDirectory): boolean {
  if (!existsSync(directory.lockFile)) return false;
  const db = tryLock(directory);
  db?.close();
  return db === undefined;
}

function tryLock(directory: DataDirectory): DatabaseSync | undefined {
  // The file is only created here, never opened again outside SQLite: see preparePrivateFile.
  if (!existsSync(directory.lockFile)) preparePrivateFile(directory.lockFile);
  const db = new DatabaseSync(directory.lockFile, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    if ((error as { errcode?: unknown }).errcode === sqliteBusy) return undefined;
    throw error;
  }
}
