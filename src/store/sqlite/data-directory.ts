import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the parts of one embedded store are, below the operator's data directory. */
export interface DataDirectory {
  readonly path: string;
  /** Everything that must survive. SQLite keeps `-wal` and `-shm` files beside it. */
  readonly databaseFile: string;
  /** Holds nothing; a lock on it says that the directory is in use. */
  readonly lockFile: string;
}

export function dataDirectoryOf(path: string): DataDirectory {
  const absolute = resolve(path);
  return {
    path: absolute,
    databaseFile: join(absolute, 'rollcall.db'),
    lockFile: join(absolute, 'lock.db'),
  };
}

/** Creates the directory for its owner only. One that is already there keeps the mode its operator chose. */
export function prepareDataDirectory(directory: DataDirectory): void {
  if (!existsSync(directory.path)) mkdirSync(directory.path, { recursive: true, mode: 0o700 });
}

/**
 * Makes sure that the file exists and that only its owner reads it: SQLite would create it with the
 * umask's mode, and gives its side files the mode of the database.
 * Never call it on a file that this process has open through SQLite: closing any descriptor of a file
 * drops the process's POSIX locks on it.
 */
export function preparePrivateFile(path: string): void {
  if (existsSync(path)) chmodSync(path, 0o600);
  else closeSync(openSync(path, 'a', 0o600));
}
