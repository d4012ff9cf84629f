/** Opens a store where it lives, whichever database that is. */
import { hostname } from 'node:os';

import type { Clock } from '../base/clock.ts';
import type { LeaseScripts } from '../job/lease-scripts.ts';
import { joinNodes, takeAlone, type Membership } from '../job/membership.ts';
import type { NodeScripts } from '../job/node-scripts.ts';
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

/**
 * Any number of servers and commands work on one Postgres database at the same time. A server waits while somebody has it alone, a command
 * refuses; who must have it alone refuses while anybody works on it.
 */
export type StoreUser = 'server' | 'command' | 'alone';

export interface OpenStoreOptions<
  R extends ScriptRegistry & LeaseScripts & NodeScripts,
> extends WriterThreadOptions {
  readonly scripts: R;
  readonly clock: Clock;
  readonly user: StoreUser;
  readonly log: (trace: StoreTrace) => void;
  /** Ends the wait for a database that somebody has alone. */
  readonly signal?: AbortSignal;
  readonly note: (level: LogLevel, event: string, facts: Readonly<Record<string, string>>) => void;
  /** Holds the secret, and what is staged. One process at a time has it, whatever else it shares. */
  readonly dataDir: string;
}

/** A store, and what this process is to the others that use it. */
export interface OpenedStore<R extends ScriptRegistry> {
  readonly store: Store<R>;
  /** Names its work in the store; 0: there are no others. */
  readonly nodeNo: number;
  /** Who this process is, for others to read. */
  readonly holder: string;
}

export async function openStoreAt<R extends ScriptRegistry & LeaseScripts & NodeScripts>(
  place: StorePlace,
  options: OpenStoreOptions<R>,
): Promise<OpenedStore<R>> {
  const holder = `the ${options.user === 'server' ? 'server' : 'command'} with process ${process.pid} on ${hostname()}`;
  if (place.kind === 'sqlite')
    return { store: await openSqliteStore({ ...options, dataDir: place.dataDir }), nodeNo: 0, holder };
  const directory = dataDirectoryOf(options.dataDir);
  prepareDataDirectory(directory);
  const lock = lockDirectory(directory);
  try {
    const { store, nodeNo } = await openShared(place.url, options, holder);
    const close = async (): Promise<void> => store.close().finally(() => lock.release());
    return { store: { ...store, close }, nodeNo, holder };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openShared<R extends ScriptRegistry & LeaseScripts & NodeScripts>(
  url: string,
  options: OpenStoreOptions<R>,
  holder: string,
): Promise<Omit<OpenedStore<R>, 'holder'>> {
  const { note } = options;
  const warn = (reason: string): void => note('warn', 'database_warning', { reason });
  const store = await openPostgresStore({ ...options, url, warn });
  try {
    const { nodeNo, fence, leave } = await becomeMember(store, options, holder);
    store.fence(fence);
    return { store: { ...store, close: async () => leave().then(store.close) }, nodeNo };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function becomeMember<R extends ScriptRegistry & LeaseScripts & NodeScripts>(
  store: Store<R>,
  { user, note, fatal, signal }: OpenStoreOptions<R>,
  holder: string,
): Promise<Membership> {
  const member = {
    store: store as unknown as Store<LeaseScripts & NodeScripts>,
    holder,
    lost: () => fatal('This process stood still for too long, and others have taken the database.'),
    ...(signal === undefined ? {} : { signal }),
  };
  if (user === 'alone') return takeAlone(member);
  return joinNodes(member, user === 'server', (by) =>
    note('info', 'waiting_for_database', { reason: `${by} has it alone; begins when that ends` }),
  );
}

/** For a thread that computes, once the store is open in another. */
export function openReaderAt<R extends ScriptRegistry>(place: StorePlace, scripts: R): StoreReader<R> {
  return place.kind === 'sqlite'
    ? openSqliteReader({ dataDir: place.dataDir, scripts })
    : openPostgresReader({ url: place.url, scripts });
}
