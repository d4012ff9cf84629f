import type { Clock } from '../../base/clock.ts';
import { migrations as allMigrations, type Migration } from '../migrations/index.ts';
import type { ScriptOutput, ScriptRegistry, Store, StoreReader } from '../store.ts';
import { startWriterThread, type WriterThread, type WriterThreadOptions } from '../writer-thread.ts';
import { openConnection } from './connection.ts';
import { dataDirectoryOf, prepareDataDirectory, preparePrivateFile } from './data-directory.ts';
import { lockDirectory, type DirectoryLock } from './lock.ts';
import { migrate } from './migrate.ts';
import { openSqliteReader } from './reader.ts';

export interface SqliteStoreOptions<R extends ScriptRegistry> extends WriterThreadOptions {
  readonly dataDir: string;
  readonly scripts: R;
  readonly clock: Clock;
  /** For tests. */
  readonly migrations?: readonly Migration[];
}

export interface SqliteStore<R extends ScriptRegistry> extends Store<R> {
  /** A read without the promise; see StoreReader. */
  readonly readNow: StoreReader<R>['readNow'];
}

/**
 * Opens the embedded store of a data directory: takes the directory for this process, migrates it and
 * starts the writer thread. Reads run on the calling thread. Inputs that are views of shared memory
 * reach the writer without being copied, so they must not change before the write resolves.
 */
export async function openSqliteStore<R extends ScriptRegistry>(
  options: SqliteStoreOptions<R>,
): Promise<SqliteStore<R>> {
  const directory = dataDirectoryOf(options.dataDir);
  prepareDataDirectory(directory);
  const lock = lockDirectory(directory);
  try {
    preparePrivateFile(directory.databaseFile);
    migrateDirectory(directory.databaseFile, options);
    const reader = openSqliteReader(options);
    try {
      const place = { kind: 'sqlite', dataDir: options.dataDir } as const;
      return joinParts(lock, await startWriterThread(options, place), reader);
    } catch (error) {
      reader.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

function migrateDirectory(
  databaseFile: string,
  options: Pick<SqliteStoreOptions<ScriptRegistry>, 'migrations' | 'clock'>,
): void {
  const db = openConnection(databaseFile, 'writer');
  try {
    migrate(db, options.migrations ?? allMigrations, options.clock.now());
  } finally {
    db.close();
  }
}

function joinParts<R extends ScriptRegistry>(
  lock: DirectoryLock,
  writer: WriterThread,
  reader: StoreReader<R>,
): SqliteStore<R> {
  return {
    write: async (name, input) => (await writer.write(name, input)) as ScriptOutput<R, typeof name>,
    // `async` only so that a refusal is a rejection; the read itself is done when this returns.
    async read(name, input) {
      return reader.readNow(name, input);
    },
    readNow: reader.readNow,
    eraseDeleted: writer.eraseDeleted,
    changeMark: async () => null,
    async close() {
      await writer.close();
      reader.close();
      lock.release();
    },
  };
}
