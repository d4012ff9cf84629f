import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';

import { AppError } from '../../base/faults.ts';
import { openConnection } from './connection.ts';
import { dataDirectoryOf, preparePrivateFile } from './data-directory.ts';
import { flushToDisk } from './flush.ts';

export interface BackUpOptions {
  readonly dataDir: string;
  readonly file: string;
  /** A file of this name may be replaced. */
  readonly force: boolean;
  /** Leaves nothing behind when it is aborted, as soon as the copy is made. */
  readonly signal: AbortSignal;
  /** Pages that are in the file, and those that will be. */
  readonly onProgress: (done: number, total: number) => void;
}

/** 16 MiB a step: others get at the disk in between. */
const pageCountPerStep = 1_024;

/**
 * Writes the database of a data directory to one file, as of the moment when this began: beside a server that writes, which
 * is held up by nothing but the disk. Its log cannot be cut meanwhile and grows by what is written. The file has its name only
 * when all of it is on disk. Gives its bytes.
 */
export async function backUpDatabase(options: BackUpOptions): Promise<number> {
  const { dataDir, file, force, signal, onProgress } = options;
  const { databaseFile, path } = dataDirectoryOf(dataDir);
  const target = resolve(file);
  if (!existsSync(databaseFile)) throw refusal(`There is no database in ${path}.`);
  if (!existsSync(dirname(target))) throw refusal(`There is no directory ${dirname(target)}.`);
  if (realpathSync(dirname(target)) === realpathSync(path))
    throw refusal('A backup in the data directory would be lost with it; name a file elsewhere.');
  if (!force) refuseExisting(target);
  const draft = `${target}.${randomUUID()}.partial`;
  try {
    preparePrivateFile(draft);
    await copyInto(databaseFile, draft, onProgress);
    signal.throwIfAborted();
    flushToDisk(draft);
    giveName(draft, target, force);
    flushToDisk(dirname(target));
    return statSync(target).size;
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${draft}${suffix}`, { force: true });
  }
}

async function copyInto(
  databaseFile: string,
  draft: string,
  onProgress: BackUpOptions['onProgress'],
): Promise<void> {
  const db = openConnection(databaseFile, 'reader');
  try {
    // The transaction holds one state over all steps: without it every commit of the server would start the copy again.
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM schema_migration').get();
    await backup(db, draft, {
      rate: pageCountPerStep,
      progress: ({ totalPages, remainingPages }) => onProgress(totalPages - remainingPages, totalPages),
    });
  } finally {
    db.close();
  }
  // One file: without a log of its own beside it when somebody opens it.
  const copy = new DatabaseSync(draft);
  try {
    copy.exec('PRAGMA journal_mode = delete');
  } finally {
    copy.close();
  }
}

function giveName(draft: string, target: string, force: boolean): void {
  if (force) return renameSync(draft, target);
  try {
    linkSync(draft, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') refuseExisting(target);
    // A file system without links can only be looked at first.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    refuseExisting(target);
    renameSync(draft, target);
  }
}

function refuseExisting(target: string): void {
  if (!existsSync(target)) return;
  throw new AppError('CONFIGURATION_ERROR', `${target} is there already.`, {
    suggestion: 'Name another file, or replace it with --force.',
  });
}

const refusal = (message: string): AppError => new AppError('CONFIGURATION_ERROR', message);
