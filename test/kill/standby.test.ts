/** Two servers on one Postgres: one works, the other waits and takes over. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { secretFileName } from '../../src/server/secrets.ts';
import { startPostgres, type PostgresServer } from '../../src/store/testing/postgres-server.ts';
import { runJson, spawnServer, type ServerProcess } from '../support/process.ts';
import { callTool, sha256 } from '../support/seller.ts';

const rounds = Number(process.env['ROLLCALL_TAKEOVERS'] ?? 2);
/** A lease of fifteen seconds, and what a start takes on a slow machine. */
const takeOverMsMax = 40_000;

let postgres: PostgresServer;
const scratch = mkdtempSync(join(tmpdir(), 'rollcall-standby-'));
before(async () => {
  postgres = await startPostgres();
});
after(async () => {
  await postgres.destroy();
  rmSync(scratch, { recursive: true, force: true });
});

interface World {
  readonly url: string;
  readonly dirs: readonly [string, string];
  readonly key: string;
}

/** Two data directories with one secret, and an account in the database. */
async function newWorld(): Promise<World> {
  const url = await postgres.createDatabase();
  const dirs = [join(scratch, randomUUID()), join(scratch, randomUUID())] as const;
  const environment = { ROLLCALL_DATABASE_URL: url };
  const named = ['--brand', 'acme.example', '--sandbox', '--data', dirs[0]];
  await runJson(['account', 'create', '--id', 'acct_two', ...named], environment);
  const made = await runJson(['key', 'create', '--account', 'acct_two', '--data', dirs[0]], environment);
  mkdirSync(dirs[1], { mode: 0o700 });
  copyFileSync(join(dirs[0], secretFileName), join(dirs[1], secretFileName));
  return { url, dirs, key: String(made['key']) };
}

const start = async ({ url, dirs }: World, which: 0 | 1): Promise<ServerProcess> =>
  spawnServer(dirs[which], ['--database-url', url]);

/** Resolves with the answer's first audience, or null when the server is gone or refuses. */
async function sync(
  server: ServerProcess,
  key: string,
  externalId: string,
): Promise<Record<string, unknown> | null> {
  const audience = {
    audience_id: 'list',
    add: [{ external_id: externalId, hashed_email: sha256(`${externalId}@a.example`) }],
  };
  const args = {
    account: { account_id: 'acct_two' },
    idempotency_key: `key-${randomUUID()}`,
    audiences: [audience],
  };
  const answer = await callTool(server.url, key, 'sync_audiences', args).catch(() => null);
  return ((answer?.['audiences'] as Record<string, unknown>[] | undefined) ?? [])[0] ?? null;
}

async function countOf(server: ServerProcess, key: string): Promise<unknown> {
  const answer = await callTool(server.url, key, 'sync_audiences', { account: { account_id: 'acct_two' } });
  return (answer['audiences'] as Record<string, unknown>[])[0]?.['total_uploaded_count'];
}

async function untilExit(server: ServerProcess): Promise<number | null> {
  if (server.child.exitCode !== null) return server.child.exitCode;
  const [code] = (await once(server.child, 'exit')) as [number | null];
  return code;
}

test(`a server that is killed is followed by the one that waits, ${rounds} times, and nothing acknowledged is lost`, async () => {
  const world = await newWorld();
  let working = await start(world, 0);
  let acknowledged = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      const following = start(world, round % 2 === 0 ? 1 : 0);
      const end = performance.now() + 1_500;
      while (performance.now() < end) {
        if ((await sync(working, world.key, `m${acknowledged}`)) !== null) acknowledged++;
      }
      const killedAt = performance.now();
      await working.kill();
      working = await following;
      assert.ok(performance.now() - killedAt < takeOverMsMax, 'taken over in time');
      assert.equal(await countOf(working, world.key), acknowledged);
    }
    assert.ok(acknowledged > rounds);
  } finally {
    await working.kill();
  }
});

test('a server that hangs until another has taken over writes nothing when it wakes, and ends', async () => {
  const world = await newWorld();
  const first = await start(world, 0);
  assert.notEqual(await sync(first, world.key, 'before'), null);
  const following = start(world, 1);
  // Not before it waits.
  await sleep(4_000);
  first.child.kill('SIGSTOP');
  const second = await following;
  try {
    assert.notEqual(await sync(second, world.key, 'after'), null);
    const late = sync(first, world.key, 'late');
    first.child.kill('SIGCONT');
    assert.equal(await untilExit(first), 1, first.log());
    assert.match(first.log(), /taken over/);
    assert.equal(await late, null, 'refused');
    assert.equal(await countOf(second, world.key), 2);
  } finally {
    await first.kill();
    await second.kill();
  }
});

test('a command finds the database in use, and says by whom; one that waits ends when it is asked to', async () => {
  const world = await newWorld();
  const server = await start(world, 0);
  try {
    const listing = runJson(['account', 'list', '--data', world.dirs[1]], {
      ROLLCALL_DATABASE_URL: world.url,
    });
    await assert.rejects(listing, /in use by the server with process \d+/);
    assert.equal(
      (await runJson(['account', 'list', '--data', world.dirs[0]], {}))['accounts'] instanceof Array,
      true,
    );
  } finally {
    assert.equal(await server.stop(), 0);
  }
  // A server that ends in order gives the database back at once.
  const asked = performance.now();
  const next = await start(world, 1);
  assert.ok(performance.now() - asked < 12_000, 'no wait for the end of a lease');
  await next.kill();
});
