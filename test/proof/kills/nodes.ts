/** Servers, as processes, over one Postgres database. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { secretFileName } from '../../../src/server/secrets.ts';
import { startPostgres, type PostgresServer } from '../../../src/store/testing/postgres-server.ts';
import { runJson, spawnServer, type ServerProcess } from '../../support/process.ts';
import { account } from './clients.ts';

export interface Place {
  readonly postgres: PostgresServer;
  readonly url: string;
  readonly key: string;
  /** Data directories, one for each server, with one secret. */
  readonly dirs: readonly string[];
  start(which: number): Promise<ServerProcess>;
  close(): Promise<void>;
}

/** A database with an account and a key, for so many servers. `secretOf`: another secret than the first one's, for some. */
export async function newPlace(
  nodeCount: number,
  keepsSecret: (which: number) => boolean = () => true,
): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-nodes-'));
  const postgres = await startPostgres();
  const url = await postgres.createDatabase();
  const dirs = Array.from({ length: nodeCount }, (_, at) => join(folder, `node-${at}`));
  const [first = ''] = dirs;
  const environment = { ROLLCALL_DATABASE_URL: url };
  const named = ['--brand', 'proof.example', '--sandbox', '--data', first];
  await runJson(['account', 'create', '--id', account.account_id, ...named], environment);
  const made = await runJson(
    ['key', 'create', '--account', account.account_id, '--data', first],
    environment,
  );
  for (const [which, dir] of dirs.entries()) {
    if (which === 0) continue;
    mkdirSync(dir, { mode: 0o700 });
    if (keepsSecret(which)) copyFileSync(join(first, secretFileName), join(dir, secretFileName));
  }
  const args = ['--database-url', url, '--wait-ms', '0', '--allow-network', '127.0.0.1'];
  return {
    ...{ postgres, url, key: String(made['key']), dirs },
    start: async (which) => spawnServer(dirs[which] ?? '', args),
    close: async () => {
      await postgres.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
