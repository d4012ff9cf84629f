import type { ClientBase } from 'pg';

import type { Script, SqlRow, SqlValue, Statement, StatementResult } from '../script.ts';
import { toPostgres } from './dialect.ts';
import { DatabaseError } from './faults.ts';

/** Statements are constants, so that there are some hundreds. */
const translated = new Map<string, string>();

function translate(sql: string): string {
  const known = translated.get(sql);
  if (known !== undefined) return known;
  const text = toPostgres(sql);
  translated.set(sql, text);
  return text;
}

/** Views of shared memory too, which the driver would not take for bytes. */
function toParam(value: SqlValue): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** `timeoutMs`: after which the session is given up, where no transaction bounds the statement. */
export async function execute(
  client: ClientBase,
  { sql, params }: Statement,
  timeoutMs = 0,
): Promise<StatementResult> {
  try {
    // Without a name: behind a pooler the next transaction may run in a session that never saw it.
    const query = { text: translate(sql), values: params.map(toParam) };
    const bound = timeoutMs === 0 ? query : { ...query, query_timeout: timeoutMs };
    const { rows, rowCount } = await client.query<SqlRow>(bound);
    return { rows, changes: rowCount ?? 0 };
  } catch (error) {
    throw new DatabaseError(error);
  }
}

/** One state of the database for all statements of a script. */
export const beginRead = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = '30s'`;

/** Statements without values, several at once; gives the result of each. */
export async function plain(
  client: ClientBase,
  sql: string,
): Promise<readonly { readonly rows: readonly SqlRow[] }[]> {
  try {
    const result: unknown = await client.query(sql);
    return (Array.isArray(result) ? result : [result]) as readonly { readonly rows: readonly SqlRow[] }[];
  } catch (error) {
    throw new DatabaseError(error);
  }
}

/** Hands each statement of a script to Postgres and its rows back. Says nothing about transactions: its caller opens one. */
export async function runScript<T>(client: ClientBase, script: Script<T>): Promise<T> {
  let step = script.next();
  while (step.done !== true) step = script.next(await execute(client, step.value));
  return step.value;
}
