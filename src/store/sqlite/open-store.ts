import { Worker } from 'node:worker_threads';

import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/faults.ts';
import { migrations as allMigrations, type Migration } from '../migrations/index.ts';
import type { ScriptOutput, ScriptRegistry, Store } from '../store.ts';
import { openConnection } from './connection.ts';
import { dataDirectoryOf, prepareDataDirectory, preparePrivateFile } from './data-directory.ts';
import { createErasures } from './erasures.ts';
import { lockDirectory, type DirectoryLock } from './lock.ts';
import type { FromWriter, ToWriter, WriterSetup } from './messages.ts';
import { migrate } from './migrate.ts';
import { openSqliteReader, type SqliteReader, type StoreTrace } from './reader.ts';
import { classifyError } from './wire-fault.ts';
import { createWriteQueue, queueBounds, type QueueBounds, type WriteQueue } from './write-queue.ts';

export interface SqliteStoreOptions<R extends ScriptRegistry> {
  readonly dataDir: string;
  /** The entry file of the writer thread: it calls `runStoreWorker` with the same scripts. */
  readonly workerUrl: URL;
  /** Handed to the entry file as `workerData.settings`: what it makes its scripts with. */
  readonly workerSettings?: unknown;
  readonly scripts: R;
  readonly clock: Clock;
  /** Told of errors that callers are told nothing of. */
  readonly log?: (trace: StoreTrace) => void;
  /**
   * The database or its disk can no longer be trusted (an I/O error, a failed fsync, damage, a dead
   * writer). Every later write is refused. The process must end and start again: only opening the
   * database anew shows what is really on disk.
   */
  readonly fatal: (reason: string) => void;
  /** For tests. */
  readonly migrations?: readonly Migration[];
  readonly bounds?: QueueBounds;
}

export interface SqliteStore<R extends ScriptRegistry> extends Store<R> {
  /** A read without the promise; see SqliteReader. */
  readonly readNow: SqliteReader<R>['readNow'];
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
      const writer = await startWriter(options, directory.databaseFile);
      return joinParts(options, lock, writer, reader);
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

/** Resolves when the writer has opened the database with every setting asserted. */
async function startWriter(
  options: Pick<SqliteStoreOptions<ScriptRegistry>, 'workerUrl' | 'workerSettings'>,
  databaseFile: string,
): Promise<Worker> {
  const settings = options.workerSettings;
  const setup: WriterSetup = { rollcallStoreWriter: true, databaseFile, settings };
  const worker = new Worker(options.workerUrl, { workerData: setup, name: 'store-writer' });
  const refusal = await new Promise<string | null>((resolve) => {
    worker.once('message', (message: FromWriter) => {
      if (message.kind === 'ready') resolve(null);
      else resolve(message.kind === 'cannot_open' ? message.message : 'unexpected answer');
    });
    worker.once('error', (error) => resolve(error instanceof Error ? error.message : 'error'));
    worker.once('exit', () => resolve('it ended'));
  });
  if (refusal === null) {
    worker.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit');
    return worker;
  }
  await worker.terminate();
  throw new AppError('CONFIGURATION_ERROR', `The store’s writer did not start: ${refusal}`);
}

async function enter(
  queue: WriteQueue,
  post: (message: ToWriter) => void,
  name: string,
  input: unknown,
): Promise<unknown> {
  const { id, answer } = queue.enter(input);
  try {
    post({ kind: 'write', id, name, input });
  } catch (error) {
    // An input that cannot be cloned is a bug of the caller; it must not leave a write that waits for ever.
    queue.settle({ id, ok: false, fault: classifyError(error).fault });
  }
  return answer;
}

function joinParts<R extends ScriptRegistry>(
  options: SqliteStoreOptions<R>,
  lock: DirectoryLock,
  worker: Worker,
  reader: SqliteReader<R>,
): SqliteStore<R> {
  const queue = createWriteQueue(options.bounds ?? queueBounds);
  let state: 'open' | 'closing' | 'stopped' = 'open';
  const post = (message: ToWriter): void => worker.postMessage(message);
  const erasures = createErasures((id) => post({ kind: 'erase', id }));
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));

  const abandon = (): void => {
    queue.abandon();
    erasures.abandon();
  };
  const stop = (reason: string): void => {
    abandon();
    if (state === 'stopped') return;
    state = 'stopped';
    options.fatal(reason);
  };
  worker.on('message', (message: FromWriter) => {
    if (message.kind === 'group') {
      for (const trace of message.traces) options.log?.(trace);
      // What was written before word of the stop came is already refused: see abandon.
      if (state !== 'stopped') for (const reply of message.replies) queue.settle(reply);
    } else if (message.kind === 'erased') {
      erasures.settle(message.id, message.done);
    } else if (message.kind === 'stopped') {
      stop('The database or its disk failed; nothing is written until the server starts again.');
    }
  });
  worker.on('error', () => stop('The store’s writer failed.'));
  worker.on('exit', () => {
    if (state === 'open') stop('The store’s writer ended.');
    else abandon();
  });

  return {
    async write(name, input) {
      if (state !== 'open') throw new AppError('SERVICE_UNAVAILABLE');
      return (await enter(queue, post, name, input)) as ScriptOutput<R, typeof name>;
    },
    // `async` only so that a refusal is a rejection; the read itself is done when this returns.
    async read(name, input) {
      return reader.readNow(name, input);
    },
    readNow: reader.readNow,
    eraseDeleted: async () => erasures.run(() => state === 'open'),
    async close() {
      if (state === 'open') state = 'closing';
      post({ kind: 'close' });
      await ended;
      reader.close();
      lock.release();
    },
  };
}
