/** Several servers, as processes, that work on one Postgres at the same time. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { secretFileName } from '../../src/server/secrets.ts';
import { startPostgres, type PostgresServer } from '../../src/store/testing/postgres-server.ts';
import { runJson, runText, spawnServer, type ServerProcess } from '../support/process.ts';
import { startReceiver } from '../support/receiver.ts';
import { callTool, sha256 } from '../support/seller.ts';

let postgres: PostgresServer;
const scratch = mkdtempSync(join(tmpdir(), 'rollcall-nodes-'));
before(async () => {
  postgres = await startPostgres();
});
after(async () => {
  await postgres.destroy();
  rmSync(scratch, { recursive: true, force: true });
});

interface World {
  readonly url: string;
  readonly dirs: readonly string[];
  readonly key: string;
}

/** A database with an account, and so many data directories with one secret. */
async function newWorld(count: number): Promise<World> {
  const url = await postgres.createDatabase();
  const dirs = Array.from({ length: count }, () => join(scratch, randomUUID()));
  const [first = ''] = dirs;
  const environment = { ROLLCALL_DATABASE_URL: url };
  const named = ['--brand', 'acme.example', '--sandbox', '--data', first];
  await runJson(['account', 'create', '--id', 'acct_nodes', ...named], environment);
  const made = await runJson(['key', 'create', '--account', 'acct_nodes', '--data', first], environment);
  for (const dir of dirs.slice(1)) {
    mkdirSync(dir, { mode: 0o700 });
    copyFileSync(join(first, secretFileName), join(dir, secretFileName));
  }
  return { url, dirs, key: String(made['key']) };
}

const startAll = async (
  { url, dirs }: World,
  { count = dirs.length, waitMs = 1_000 } = {},
): Promise<readonly ServerProcess[]> => {
  const args = ['--database-url', url, '--allow-network', '127.0.0.1', '--wait-ms', String(waitMs)];
  return Promise.all(dirs.slice(0, count).map(async (dir) => spawnServer(dir, args)));
};

const account = { account_id: 'acct_nodes' };

interface Audience {
  readonly audience_id: string;
  readonly status?: string;
  readonly matched_count?: number;
  readonly total_uploaded_count?: number;
}

/** The answer's first audience, or null when the server is gone or refuses. */
async function sync(server: ServerProcess, key: string, audience: object): Promise<Audience | null> {
  const args = { account, idempotency_key: `key-${randomUUID()}`, audiences: [audience] };
  const answer = await callTool(server.url, key, 'sync_audiences', args).catch(() => null);
  return ((answer?.['audiences'] as Audience[] | undefined) ?? [])[0] ?? null;
}

async function audiences(server: ServerProcess, key: string): Promise<readonly Audience[]> {
  return (await callTool(server.url, key, 'sync_audiences', { account }))['audiences'] as Audience[];
}

/** Everything is matched, as this server sees it. */
async function settled(server: ServerProcess, key: string): Promise<readonly Audience[]> {
  for (let looks = 0; looks < 600; looks++) {
    const all = await audiences(server, key);
    if (all.every(({ status }) => status !== 'processing')) return all;
    await sleep(100);
  }
  throw new Error('matching does not end');
}

const member = (id: string): object => ({ external_id: id, hashed_email: sha256(`${id}@people.example`) });

/** A lease, what a start takes on a slow machine, and some patience. */
const takeOverMsMax = 60_000;

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + takeOverMsMax;
  while (!holds()) {
    assert.ok(performance.now() < end, what);
    await sleep(100);
  }
}

test('any server answers any call, in order, and commands work beside them', async () => {
  const world = await newWorld(3);
  const [a, b] = await startAll(world, { count: 2 });
  const { key } = world;
  try {
    // Each step is seen by the next one, at the other server: what is removed was added there.
    for (let step = 0; step < 40; step++) {
      const server = step % 2 === 0 ? a! : b!;
      const add = [member(`m${step}`)];
      const remove = step % 4 === 3 ? [{ external_id: `m${step - 1}` }] : [];
      assert.notEqual(await sync(server, key, { audience_id: 'list', add, remove }), null);
    }
    for (const server of [a!, b!])
      assert.deepEqual(
        (await settled(server, key)).map((one) => one.total_uploaded_count),
        [30],
      );
    // The same key at the other server is the same call.
    const once = {
      account,
      idempotency_key: `key-${randomUUID()}`,
      audiences: [{ audience_id: 'other', add: [member('x')] }],
    };
    const first = await callTool(a!.url, key, 'sync_audiences', once);
    const again = await callTool(b!.url, key, 'sync_audiences', once);
    assert.deepEqual(again['audiences'], first['audiences']);
    assert.equal(again['replayed'], true);
    // Users that a command loads, on a machine of its own, are known to both.
    const users = join(scratch, 'users.csv');
    writeFileSync(users, 'user_id,email\nu1,m1@people.example\nu2,x@people.example\n');
    const environment = { ROLLCALL_DATABASE_URL: world.url };
    await runJson(['graph', 'import', users, '--data', world.dirs[2]!], environment);
    for (const server of [a!, b!]) {
      for (let looks = 0; (await audiences(server, key)).some((one) => one.matched_count !== 1); looks++) {
        assert.ok(looks < 200, 'counted again');
        await sleep(50);
      }
    }
    const { out, code } = await runText(['verify', '--data', world.dirs[2]!], environment);
    assert.equal(code, 0, out);
  } finally {
    assert.deepEqual(await Promise.all([a!.stop(), b!.stop()]), [0, 0]);
  }
});

test('a server that is killed costs its calls under way; the others finish what it accepted, and tell of it once', async () => {
  const world = await newWorld(2);
  const receiver = await startReceiver();
  // No call waits for matching: each is told of its end.
  const [a, b] = await startAll(world, { waitMs: 0 });
  const { key } = world;
  let acknowledged = 0;
  let isOver = false;
  const load = async (name: string): Promise<void> => {
    for (let count = 0; !isOver; count++) {
      const push_notification_config = {
        url: `${receiver.url}/hook`,
        operation_id: `op-${name}-${count}`,
        authentication: { schemes: ['Bearer'], credentials: 'c'.repeat(32) },
      };
      const add = Array.from({ length: 50 }, (_, at) => member(`${name}-${count}-${at}`));
      const args = {
        account,
        idempotency_key: `key-${randomUUID()}`,
        audiences: [{ audience_id: name, add }],
      };
      const call = { ...args, push_notification_config, adcp_version: '3.1' };
      const answer = await callTool(a!.url, key, 'sync_audiences', call).catch(() => null);
      if (answer?.['status'] !== 'submitted') return;
      acknowledged++;
    }
  };
  try {
    const loads = Promise.all(['p', 'q', 'r'].map(load));
    await sleep(2_000);
    await a!.kill();
    isOver = true;
    await loads;
    const counts = (await settled(b!, key)).map((one) => one.total_uploaded_count ?? 0);
    const members = counts.reduce((sum, count) => sum + count, 0);
    assert.equal(members % 50, 0, 'whole calls only');
    assert.ok(
      members >= acknowledged * 50 && members <= (acknowledged + 3) * 50,
      `${members} of ${acknowledged} calls`,
    );
    assert.ok(acknowledged > 3);
    const tasks = await callTool(b!.url, key, 'list_tasks', { pagination: { max_results: 1 } });
    const { status_breakdown } = tasks['query_summary'] as { status_breakdown: object };
    assert.deepEqual(Object.keys(status_breakdown), ['completed']);
    // Sent again at most, and then as the same event.
    const keysOf = (): Map<string, Set<unknown>> => {
      const keys = new Map<string, Set<unknown>>();
      for (const { json } of receiver.deliveries) {
        const operation = String(json['operation_id']);
        keys.set(operation, (keys.get(operation) ?? new Set()).add(json['idempotency_key']));
      }
      return keys;
    };
    await until(() => keysOf().size >= acknowledged, 'every caller is told');
    assert.ok(
      [...keysOf().values()].every((keys) => keys.size === 1),
      'one event each',
    );
  } finally {
    isOver = true;
    await Promise.all([a!.kill(), b!.stop()]);
    await receiver.close();
  }
});

test('what one does for all is taken up by another while it stands still, and given back to nobody when it wakes', async () => {
  const world = await newWorld(2);
  const [a, b] = await startAll(world);
  const { key } = world;
  const hasBegun = (server: ServerProcess): boolean => /duties_begun/.test(server.log());
  try {
    await until(() => hasBegun(a!) || hasBegun(b!), 'somebody begins');
    const [first, second] = hasBegun(a!) ? [a!, b!] : [b!, a!];
    assert.notEqual(await sync(first, key, { audience_id: 'list', add: [member('before')] }), null);
    first.child.kill('SIGSTOP');
    await until(() => hasBegun(second), 'the other takes over');
    assert.notEqual(await sync(second, key, { audience_id: 'list', add: [member('during')] }), null);
    first.child.kill('SIGCONT');
    await until(() => /duties_ended/.test(first.log()), 'it hears of it');
    // It goes on as one of many: nothing that it does can be stale. Callers are put off until it has caught up.
    let answer: Audience | null = null;
    for (let looks = 0; answer === null && looks < 100; looks++) {
      answer = await sync(first, key, { audience_id: 'list', add: [member('after')] });
      await sleep(50);
    }
    assert.deepEqual(
      (await settled(second, key)).map((one) => one.total_uploaded_count),
      [3],
    );
    assert.equal(first.log().match(/duties_begun/g)?.length, 1);
  } finally {
    await Promise.all([a!.kill(), b!.kill()]);
  }
});
