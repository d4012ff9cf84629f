import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import pg from 'pg';

import { migrations } from '../migrations/index.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { repositoryStatements } from '../testing/repository-statements.ts';
import { toPostgres } from './dialect.ts';
import { migrate } from './migrate.ts';

let server: PostgresServer;
let client: pg.Client;
before(async () => {
  server = await startPostgres();
  client = new pg.Client({ connectionString: await server.createDatabase() });
  await client.connect();
  await migrate(client, migrations, 0);
});
after(async () => {
  await client.end();
  await server.destroy();
});

test('every statement of the repositories is understood by Postgres too', async () => {
  const { statements } = repositoryStatements();
  const refused: string[] = [];
  for (const [at, { name, sql }] of statements.entries()) {
    await client
      .query(`PREPARE s${at} AS ${toPostgres(sql)}`)
      .catch((error: Error) => refused.push(`${name}: ${error.message}`));
  }
  assert.ok(statements.length >= 40, 'the repositories were found');
  assert.deepEqual(refused, []);
});
