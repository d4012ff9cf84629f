/** What a read sees, whether it is one query or several. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { all, get, run, type Script } from '../script.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { openPool } from './connection.ts';
import { createReader, type AsyncReader } from './reader.ts';

interface Count {
  readonly count: number;
}
const count = 'SELECT count(*) AS count FROM word';

const scripts = {
  *count(_: object): Script<number> {
    return (yield* get<Count>(count))?.count ?? 0;
  },
  /** Somebody writes meanwhile. */
  *countTwice(_: object): Script<readonly number[]> {
    const first = (yield* get<Count>(count))?.count ?? 0;
    yield* all('SELECT 1 AS slept FROM pg_sleep(0.4)');
    return [first, (yield* get<Count>(count))?.count ?? 0];
  },
  *nothing({ value }: { readonly value: number }): Script<number> {
    if (value < 0) yield* get(count);
    return value;
  },
  *write(_: object): Script<number> {
    return yield* run('INSERT INTO word VALUES (?)', 'written');
  },
  *readAndWrite(_: object): Script<number> {
    yield* get(count);
    return yield* run('INSERT INTO word VALUES (?)', 'written');
  },
};

let server: PostgresServer;
let pool: pg.Pool;
let other: pg.Client;
let reader: AsyncReader<typeof scripts>;
/** What went over the wire. */
const sent: string[] = [];
before(async () => {
  server = await startPostgres();
  const url = await server.createDatabase();
  other = new pg.Client({ connectionString: url });
  await other.connect();
  await other.query('CREATE TABLE word (text text)');
  pool = openPool(url, 1);
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...values: unknown[]) => unknown;
    const noted = (...values: unknown[]): unknown => {
      const [first] = values;
      sent.push(typeof first === 'string' ? first : (first as { text: string }).text);
      return query(...values);
    };
    client.query = noted as typeof client.query;
  });
  reader = createReader(pool, scripts, undefined);
});
after(async () => {
  await pool.end();
  await other.end();
  await server.destroy();
});

async function sentBy(read: () => Promise<unknown>): Promise<readonly string[]> {
  sent.length = 0;
  await read();
  return sent.map((text) => text.slice(0, 6));
}

test('a read of one query is one journey, and one of none is none', async () => {
  assert.deepEqual(await sentBy(async () => reader.read('count', {})), ['SELECT']);
  assert.deepEqual(await sentBy(async () => assert.equal(await reader.read('nothing', { value: 7 }), 7)), []);
});

test('a read of several queries sees one state, the first time and later', async () => {
  for (let round = 0; round < 2; round++) {
    const reading = reader.read('countTwice', {});
    await sleep(200);
    await other.query(`INSERT INTO word VALUES ('meanwhile')`);
    const [first, second] = await reading;
    assert.equal(first, second);
    assert.equal(await reader.read('count', {}), round + 1);
  }
  const later = await sentBy(async () => reader.read('countTwice', {}));
  assert.deepEqual(later, ['BEGIN ', 'SELECT', 'SELECT', 'SELECT', 'COMMIT']);
});

test('what is asked as a read writes nothing', async () => {
  const before = await reader.read('count', {});
  for (const name of ['write', 'readAndWrite'] as const) await assert.rejects(reader.read(name, {}));
  assert.equal(await reader.read('count', {}), before);
});

test('a session that ends in the hands of a reader between two statements ends the read and not the process', async () => {
  const client = await pool.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await other.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
  // Without a listener the error of the connection would be nobody's, and end this process.
  await sleep(100);
  await assert.rejects(client.query('SELECT 1'));
  client.release(true);
  assert.equal(typeof (await reader.read('count', {})), 'number');
});
