/** The store behind a pooler that gives each transaction another session. */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { systemClock } from '../../platform/clock.ts';
import { describeStore } from '../store.contract.ts';
import { contractScripts } from '../testing/contract-scripts.ts';
import { freePort } from '../testing/free-port.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { connect } from './connection.ts';
import { openPostgresStore } from './open-store.ts';

const workerUrl = new URL('../testing/contract-worker.ts', import.meta.url);
const isInstalled = spawnSync('pgbouncer', ['--version']).status === 0;
/** It does not run as root either. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

async function startPooler(server: PostgresServer, folder: string, port: number): Promise<ChildProcess> {
  const settings = join(folder, 'pgbouncer.ini');
  writeFileSync(
    settings,
    `[databases]
* = host=127.0.0.1 port=${server.port} user=rollcall
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
`,
  );
  chmodSync(folder, 0o755);
  return spawn('pgbouncer', [settings], { ...nobody, stdio: 'ignore' });
}

describe('a pooler in transaction mode', { skip: isInstalled ? false : 'pgbouncer is not installed' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-pooler-'));
  let server: PostgresServer;
  let pooler: ChildProcess;
  let port = 0;
  before(async () => {
    server = await startPostgres();
    port = await freePort();
    pooler = await startPooler(server, folder, port);
  });
  after(async () => {
    pooler.kill('SIGKILL');
    await server.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  describeStore('postgres behind pgbouncer', async () => {
    const url = (await server.createDatabase()).replace(`:${server.port}/`, `:${port}/`);
    for (let attempt = 0; attempt < 50; attempt++) {
      const client = await connect(url).catch(() => null);
      await client?.end();
      if (client !== null) break;
      await sleep(100);
    }
    return {
      open: async () =>
        openPostgresStore({
          ...{ url, workerUrl, scripts: contractScripts, clock: systemClock },
          fatal: (reason) => assert.fail(reason),
        }),
      destroy: async () => undefined,
    };
  });
});
