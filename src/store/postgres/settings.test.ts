import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AppError } from '../../base/faults.ts';
import { systemClock } from '../../platform/clock.ts';
import { migrations } from '../migrations/index.ts';
import { contractScripts } from '../testing/contract-scripts.ts';
import { startPostgres } from '../testing/postgres-server.ts';
import { connect } from './connection.ts';
import { migrate, schemaVersion } from './migrate.ts';
import { openPostgresStore } from './open-store.ts';

const workerUrl = new URL('../testing/contract-worker.ts', import.meta.url);

function open(url: string, warn: (warning: string) => void = () => undefined) {
  return openPostgresStore({
    ...{ url, workerUrl, scripts: contractScripts, clock: systemClock, warn },
    fatal: (reason) => assert.fail(reason),
  });
}

const refusal = (words: RegExp) => (error: unknown) =>
  error instanceof AppError && error.code === 'CONFIGURATION_ERROR' && words.test(error.message);

test('a server that would lose what was acknowledged is refused by the name of its setting', async () => {
  const server = await startPostgres({ settings: ['fsync=off'] });
  try {
    await assert.rejects(open(await server.createDatabase()), refusal(/fsync off/));
  } finally {
    await server.destroy();
  }
});

test('settings that are only worse than they need be are warned of', async () => {
  const server = await startPostgres({ settings: ['full_page_writes=off'] });
  try {
    const warnings: string[] = [];
    const store = await open(await server.createDatabase(), (warning) => warnings.push(warning));
    await store.close();
    assert.deepEqual(
      warnings.map((one) => one.split(' ')[0]),
      ['full_page_writes'],
    );
  } finally {
    await server.destroy();
  }
});

test('a database is migrated once however many processes start, and one from a newer release is refused', async () => {
  const server = await startPostgres();
  try {
    const url = await server.createDatabase();
    const clients = await Promise.all(Array.from({ length: 5 }, async () => connect(url)));
    const applied = await Promise.all(clients.map(async (client) => migrate(client, migrations, 1)));
    assert.deepEqual(
      applied.map((numbers) => numbers.length).sort((a, b) => a - b),
      [0, 0, 0, 0, migrations.length],
    );
    const [client] = clients;
    const older = migrations.slice(0, -1);
    await assert.rejects(migrate(client!, older, 1), refusal(/knows schemas up to/));
    const more = {
      number: migrations.length + 1,
      name: 'more',
      sql: 'CREATE TABLE more (a INTEGER NOT NULL) STRICT',
    };
    const until = (ms: number): Promise<unknown> => client!.query(`UPDATE lease SET held_until = ${ms}`);
    await client!.query(`INSERT INTO lease VALUES ('server', 'an older server', 1, 0)`);
    await until(Date.now() + 60_000);
    await assert.rejects(migrate(client!, [...migrations, more], 2), refusal(/in use by an older server/));
    assert.equal(await schemaVersion(client!), migrations.length, 'nothing changed under it');
    await until(0);
    assert.deepEqual(await migrate(client!, [...migrations, more], 2), [more.number]);
    assert.equal(await schemaVersion(client!), more.number);
    const broken = {
      ...more,
      number: more.number + 1,
      sql: 'CREATE TABLE other (a INTEGER) STRICT; SELECT nothing',
    };
    await assert.rejects(migrate(client!, [...migrations, more, broken], 3));
    assert.equal(await schemaVersion(client!), more.number, 'all of a migration or nothing');
    await Promise.all(clients.map(async (one) => one.end()));
  } finally {
    await server.destroy();
  }
});

test('a server that does not let us in is named without the password', async () => {
  const error = await open('postgres://rollcall:hunter2@127.0.0.1:1/x').catch((thrown: unknown) => thrown);
  assert.ok(refusal(/does not let rollcall in/)(error));
  assert.doesNotMatch(JSON.stringify(error) + String((error as AppError).message), /hunter2/);
});
