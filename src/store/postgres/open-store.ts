import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/faults.ts';
import { migrations as allMigrations, type Migration } from '../migrations/index.ts';
import type { ScriptOutput, ScriptRegistry, Store } from '../store.ts';
import type { Fence } from '../writer-messages.ts';
import { startWriterThread, type WriterThreadOptions } from '../writer-thread.ts';
import { checkServer, connect, openPool } from './connection.ts';
import { migrate } from './migrate.ts';
import { createReader } from './reader.ts';

export interface PostgresStoreOptions<R extends ScriptRegistry> extends WriterThreadOptions {
  /** `postgres://user:password@host/database`, a primary server's or a transaction-mode pooler's. */
  readonly url: string;
  readonly scripts: R;
  readonly clock: Clock;
  /** Told of settings of the server that are not as they should be. */
  readonly warn?: (warning: string) => void;
  /** For tests. */
  readonly migrations?: readonly Migration[];
}

export interface PostgresStore<R extends ScriptRegistry> extends Store<R> {
  /** From now on nothing is written but under this; once it is gone, the process must end. */
  fence(fence: Fence): void;
}

/** Reads that run at once; others wait for a connection. */
const readerCountMax = 4;

/**
 * Opens the store in a Postgres database, which any number of processes share: checks the server, migrates the database and starts the
 * writer thread. Deleting members makes their room free to be used again (`VACUUM`); what is left in the files of the server and in
 * its log until then is the server's.
 */
export async function openPostgresStore<R extends ScriptRegistry>(
  options: PostgresStoreOptions<R>,
): Promise<PostgresStore<R>> {
  await prepare(options);
  const writer = await startWriterThread(options, { kind: 'postgres', url: options.url });
  const pool = openPool(options.url, readerCountMax);
  const reader = createReader(pool, options.scripts, options.log);
  return {
    write: async (name, input, lease) =>
      (await writer.write(name, input, lease)) as ScriptOutput<R, typeof name>,
    async read(name, input) {
      if (!writer.isOpen()) throw new AppError('SERVICE_UNAVAILABLE');
      return reader.read(name, input);
    },
    eraseDeleted: writer.eraseDeleted,
    changeMark: reader.changeMark,
    fence: writer.fence,
    async close() {
      await writer.close();
      await pool.end();
    },
  };
}

async function prepare({
  url,
  migrations = allMigrations,
  clock,
  warn,
}: Pick<PostgresStoreOptions<ScriptRegistry>, 'url' | 'migrations' | 'clock' | 'warn'>): Promise<void> {
  const client = await connect(url).catch((error: unknown) => {
    // The driver's words name a host and a user, never a password.
    const reason = error instanceof Error ? error.message : 'no connection';
    throw new AppError('CONFIGURATION_ERROR', `The Postgres server does not let rollcall in: ${reason}.`, {
      suggestion: 'Check the address, the user and the password of --database-url.',
    });
  });
  try {
    for (const warning of await checkServer(client)) warn?.(warning);
    await migrate(client, migrations, clock.now());
  } finally {
    await client.end();
  }
}
