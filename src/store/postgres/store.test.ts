import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { systemClock } from '../../platform/clock.ts';
import { describeStore } from '../store.contract.ts';
import { contractScripts } from '../testing/contract-scripts.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { openPostgresStore } from './open-store.ts';

const workerUrl = new URL('../testing/contract-worker.ts', import.meta.url);

let server: PostgresServer;
before(async () => {
  server = await startPostgres();
});
after(async () => server.destroy());

const open = async (url: string) =>
  openPostgresStore({
    ...{ url, workerUrl, scripts: contractScripts, clock: systemClock },
    fatal: (reason) => assert.fail(reason),
  });

describeStore('postgres', async () => {
  const url = await server.createDatabase();
  return { open: () => open(url), destroy: async () => undefined };
});
