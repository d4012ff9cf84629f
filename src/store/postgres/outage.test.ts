/** What a store promises while its server, or the way there, fails. Cuts and restarts in numbers: test/proof/kills. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { systemClock } from '../../platform/clock.ts';
import type { ContractStore } from '../store.contract.ts';
import { contractScripts } from '../testing/contract-scripts.ts';
import { startCuttingProxy, type CuttingProxy } from '../testing/cutting-proxy.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { openPostgresStore } from './open-store.ts';
import { openPostgresReader } from './sync-reader.ts';

const isLong = process.env['ROLLCALL_LONG'] === '1';
const workerUrl = new URL('../testing/contract-worker.ts', import.meta.url);

let server: PostgresServer;
let proxy: CuttingProxy;
before(async () => {
  server = await startPostgres();
  proxy = await startCuttingProxy(server.port);
});
after(async () => {
  await proxy.close();
  await server.destroy();
});

const opened: ContractStore[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (store) => store.close()));
});

async function open(url: string): Promise<ContractStore> {
  const store = await openPostgresStore({
    ...{ url, workerUrl, scripts: contractScripts, clock: systemClock },
    fatal: (reason) => assert.fail(reason),
  });
  opened.push(store);
  return store;
}

const overProxy = (url: string): string => url.replace(`:${server.port}/`, `:${proxy.port}/`);

async function terminateAll(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // A session that a crash ends is heard of by whoever asks, and must not end this process.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await client.end();
}

const countOf = async (store: ContractStore): Promise<number> =>
  Number((await store.read('word', { name: 'counter' })) ?? 0);

test('a commit that a crash swallowed is not taken for another one’s, which was given its number', async () => {
  const url = await server.createDatabase();
  const store = await open(overProxy(url));
  for (let i = 1; i <= (isLong ? 20 : 3); i++) {
    const already = proxy.cuts();
    proxy.cutNext(1, 'never');
    const answer = store.write('increment', { name: 'counter' });
    while (proxy.cuts() === already) await sleep(1);
    proxy.refuse(true);
    await server.stop('SIGQUIT');
    await server.start();
    await commitOthers(url, 20);
    proxy.refuse(false);
    assert.equal(await answer, i);
    assert.equal(await countOf(store), i, 'what was acknowledged is there');
  }
});

/** Transactions of somebody else, who is given the next numbers. */
async function commitOthers(url: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // A session that a crash ends is heard of by whoever asks, and must not end this process.
  client.on('error', () => undefined);
  await client.connect();
  for (let i = 0; i < count; i++) await client.query('SELECT pg_current_xact_id()');
  await client.end();
}

test('two processes that write at once lose no update, and each sees what the other wrote', async () => {
  const url = await server.createDatabase();
  const stores = await Promise.all([open(url), open(url)]);
  const numbers = await Promise.all(
    Array.from({ length: 400 }, async (_, i) => stores[i % 2]!.write('increment', { name: 'counter' })),
  );
  assert.equal(new Set(numbers).size, 400);
  for (const store of stores) assert.equal(await countOf(store), 400);
});

test('a thread that waits for its rows reads as others do, also when its session has ended', async () => {
  const url = await server.createDatabase();
  const store = await open(url);
  await store.write('putWord', { name: 'here', value: 'there' });
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251);
  await store.write('putBlob', { run: 1, piece: 1, bytes });
  const reader = openPostgresReader({ url, scripts: contractScripts });
  try {
    for (let i = 0; i < 3; i++) {
      assert.equal(reader.readNow('word', { name: 'here' }), 'there');
      assert.deepEqual(reader.readNow('blob', { run: 1, piece: 1 }), bytes);
      await terminateAll(url);
    }
    await server.stop('SIGINT');
    setTimeout(() => void server.start(), 0);
    await sleep(500);
    assert.equal(reader.readNow('word', { name: 'here' }), 'there');
    assert.throws(() => reader.readNow('putAndBreak', { name: 'a', value: 'b' }), /cannot do this/);
  } finally {
    reader.close();
  }
});
