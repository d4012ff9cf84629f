/** Which database the suites run over: the embedded one, or Postgres with `TEST_STORE=postgres`. */
import { startPostgres, type PostgresServer } from '../../src/store/testing/postgres-server.ts';

export const isOverPostgres = process.env['TEST_STORE'] === 'postgres';

/** Servers that work on each database, asked in turn; with TEST_NODES. */
export const nodeCount = isOverPostgres ? Number(process.env['TEST_NODES'] ?? 1) : 1;

let server: Promise<PostgresServer> | null = null;

/** The value of `--database-url` for a new seller: a database of its own. */
export async function newDatabaseUrl(): Promise<string> {
  if (!isOverPostgres) return '';
  // One server for all sellers of a test file; it ends with the process.
  server ??= startPostgres();
  return (await server).createDatabase();
}
