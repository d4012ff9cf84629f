/** Opens a store where it lives, whichever database that is. */
import { hostname } from 'node:os';

import type { Clock } from '../base/clock.ts';
import { takeLease } from '../job/lease.ts';
import type { LeaseScripts } from '../job/lease-scripts.ts';
import type { LogLevel } from '../platform/log.ts';
import { openPostgresStore } from '../store/postgres/open-store.ts';
import { openPostgresReader } from '../store/postgres/sync-reader.ts';
import { dataDirectoryOf, prepareDataDirectory } from '../store/sqlite/data-directory.ts';
import { lockDirectory } from '../store/sqlite/lock.ts';
import { openSqliteStore } from '../store/sqlite/open-store.ts';
import { openSqliteReader } from '../store/sqlite/reader.ts';
import type { ScriptRegistry, Store, StorePlace, StoreReader } from '../store/store.ts';
import type { StoreTrace } from '../store/wire-fault.ts';
import type { WriterThreadOptions } from '../store/writer-thread.ts';

export function placeOf(dataDir: string, databaseUrl: string): StorePlace {
  return databaseUrl === '' ? { kind: 'sqlite', dataDir } : { kind: 'postgres', url: databaseUrl };
}

/** A server waits until nobody else has the database; a command does not. */
export type StoreUser = 'server' | 'command';

export interface OpenStoreOptions<R extends ScriptRegistry & LeaseScripts> extends WriterThreadOptions {
  readonly scripts: R;
  readonly clock: Clock;
  readonly user: StoreUser;
  readonly log: (trace: StoreTrace) => void;
  /** Ends the wait for a database that another server has. */
  readonly signal?: AbortSignal;
  readonly note: (level: LogLevel, event: string, facts: Readonly<Record<string, string>>) => void;
  /** Holds the secret, and what is staged. One process at a time has it, whatever else it shares. */
  readonly dataDir: string;
}

export async function openStoreAt<R extends ScriptRegistry & LeaseScripts>(
  place: StorePlace,
  options: OpenStoreOptions<R>,
): Promise<Store<R>> {
  if (place.kind === 'sqlite') return openSqliteStore({ ...options, dataDir: place.dataDir });
  const directory = dataDirectoryOf(options.dataDir);
  prepareDataDirectory(directory);
  const lock = lockDirectory(directory);
  try {
    const store = await openLeased(place.url, options);
    return { ...store, close: async () => store.close().finally(() => lock.release()) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** One server works on a database; others wait for it to end, and take over when it does. */
async function openLeased<R extends ScriptRegistry & LeaseScripts>(
  url: string,
  options: OpenStoreOptions<R>,
): Promise<Store<R>> {
  const { user, note, fatal, signal } = options;
  const warn = (reason: string): void => note('warn', 'database_warning', { reason });
  const store = await openPostgresStore({ ...options, url, warn });
  try {
    const lease = await takeLease(
      {
        store: store as unknown as Store<LeaseScripts>,
        name: 'server',
        holder: `the ${user} with process ${process.pid} on ${hostname()}`,
        lost: () => fatal('Another process has taken over the database.'),
        ...(signal === undefined ? {} : { signal }),
      },
      user === 'server',
      (holder) =>
        note('info', 'waiting_for_database', { reason: `in use by ${holder}; takes over when that ends` }),
    );
    store.fence({ name: 'server', leaseNo: lease.leaseNo });
    return { ...store, close: async () => lease.release().then(store.close) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** For a thread that computes, once the store is open in another. */
export function openReaderAt<R extends ScriptRegistry>(place: StorePlace, scripts: R): StoreReader<R> {
  return place.kind === 'sqlite'
    ? openSqliteReader({ dataDir: place.dataDir, scripts })
    : openPostgresReader({ url: place.url, scripts });
}
