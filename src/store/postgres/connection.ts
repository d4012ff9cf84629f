import pg from 'pg';

import { AppError } from '../../base/faults.ts';
import { valueTypes } from './values.ts';

const connectTimeoutMs = 10_000;

/** Nothing is set for the session: behind a pooler the next transaction may run in another. */
export function clientConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'rollcall',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: connectTimeoutMs,
    types: valueTypes,
  };
}

/** One server is asked for what it is set to: those that would lose what was acknowledged are refused. */
const settingsSql = `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'server_version_num',
  'server_encoding', 'data_checksums')`;
const stateSql = `SELECT pg_is_in_recovery() AS "isStandby"`;

const versionMin = 150_000;

interface Setting {
  readonly name: string;
  readonly setting: string;
}

function refuse(message: string, suggestion: string): never {
  throw new AppError('CONFIGURATION_ERROR', message, { suggestion });
}

/**
 * Refuses a server on which a promise would not hold. Gives warnings about what would only be worse than it need be.
 * Source: PostgreSQL documentation, "Reliability and the write-ahead log".
 */
export async function checkServer(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<Setting>(settingsSql);
  const settings = new Map(rows.map(({ name, setting }) => [name, setting]));
  const state = await client.query<{ isStandby: number }>(stateSql);
  if (Number(settings.get('server_version_num')) < versionMin) {
    refuse('The Postgres server is older than version 15.', 'Use a server of version 15 to 18.');
  }
  if (settings.get('server_encoding') !== 'UTF8') {
    refuse('The Postgres database does not store UTF-8.', "Create it with ENCODING 'UTF8'.");
  }
  if (settings.get('fsync') !== 'on') {
    refuse(
      'The Postgres server runs with fsync off: a power cut would lose what was acknowledged.',
      'Set fsync = on.',
    );
  }
  if (state.rows[0]?.isStandby === 1) {
    refuse('The Postgres server is a standby, which takes no writes.', 'Name the primary server.');
  }
  return [
    ...(settings.get('full_page_writes') === 'on'
      ? []
      : ['full_page_writes is off: a power cut in the middle of a page may damage the database']),
    ...(settings.get('data_checksums') === 'on'
      ? []
      : ['data checksums are off: damage on the disk is not noticed (pg_checksums --enable)']),
  ];
}

/** Connected, with an end that is heard of at the next statement and not by an event that nobody waits for. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(clientConfig(url));
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/**
 * Connections that are taken and given back. The end of one is heard of at its next statement: one that ended while nobody used it is
 * replaced when somebody does, and one that ends in the hands of somebody between two statements must not end the process.
 */
export function openPool(url: string, countMax: number): pg.Pool {
  const pool = new pg.Pool({ ...clientConfig(url), max: countMax });
  pool.on('error', () => undefined);
  // The pool listens to those that it keeps, and to no other.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
