import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { runJson, runText, spawnServer, type ServerProcess } from '../support/process.ts';
import { callTool, sha256 } from '../support/seller.ts';

/** Kills; the long run is the figure that a release publishes. */
const killCount = Number(process.env['ROLLCALL_KILLS'] ?? 25);
const clientCount = 4;

interface Attempt {
  readonly requestKey: string;
  readonly args: Record<string, unknown>;
  readonly audienceId: string;
  readonly externalIds: readonly string[];
  readonly removes: boolean;
}

/** What must be true of one audience: every acknowledged step, and any of the steps nobody was told about. */
interface Client {
  readonly audienceId: string;
  members: Set<string>;
  pending: Attempt | null;
  round: number;
}

test(`kill -9 at random moments during uploads, ${killCount} times: nothing acknowledged is lost, nothing counts twice`, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-kill-'));
  let acknowledged = 0;
  let interrupted = 0;
  try {
    await runJson([
      'account',
      'create',
      '--id',
      'acct_kill',
      '--sandbox',
      '--brand',
      'kill.example',
      '--data',
      dataDir,
    ]);
    const { key } = (await runJson(['key', 'create', '--account', 'acct_kill', '--data', dataDir])) as {
      key: string;
    };
    const clients = Array.from({ length: clientCount }, (_, i): Client => ({
      audienceId: `aud-${i}`,
      members: new Set(),
      pending: null,
      round: 0,
    }));
    for (let kill = 0; kill < killCount; kill++) {
      const server = await spawnServer(dataDir);
      const deadline = 5 + Math.floor(Math.random() * 500);
      const done = Promise.all(
        clients.map(async (client) => upload(server, key, client, () => acknowledged++)),
      );
      await new Promise((resolve) => setTimeout(resolve, deadline));
      await server.kill();
      await done;
      interrupted += clients.filter(({ pending }) => pending !== null).length;
    }
    await holds(dataDir);
    const server = await spawnServer(dataDir);
    for (const client of clients) await converge(server, key, client);
    const tasks = (await callTool(server.url, key, 'list_tasks', { pagination: { max_results: 100 } })) as {
      query_summary: { status_breakdown: Record<string, number> };
    };
    assert.deepEqual(
      Object.keys(tasks.query_summary.status_breakdown),
      ['completed'],
      'unfinished matching finishes',
    );
    for (const client of clients) await checkMembers(server, key, client);
    assert.equal(await server.stop(), 0);
    await holds(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
  assert.ok(acknowledged > killCount, `uploads were acknowledged (${acknowledged})`);
  assert.ok(interrupted > 0, 'a kill met an upload under way');
  console.log(`${killCount} kills, ${acknowledged} syncs acknowledged, ${interrupted} interrupted`);
});

/** What is stored of every list is what was counted of it. */
async function holds(dataDir: string): Promise<void> {
  const { code, out, err } = await runText(['verify', '--data', dataDir]);
  assert.equal(code, 0, out + err);
  assert.match(out, /^All holds: 4 audiences/);
}

/** One upload after the other until the server goes away. A step that was broken off is sent again with its key. */
async function upload(
  server: ServerProcess,
  key: string,
  client: Client,
  acknowledge: () => void,
): Promise<void> {
  for (;;) {
    client.pending ??= nextAttempt(client);
    try {
      await send(server, key, client, client.pending);
      acknowledge();
    } catch {
      return;
    }
  }
}

function nextAttempt(client: Client): Attempt {
  const round = client.round++;
  const removes = round % 4 === 3;
  const externalIds = removes
    ? [...client.members].slice(0, 30)
    : Array.from({ length: 200 }, (_, i) => `${client.audienceId}-${(round * 50 + i) % 2_000}`);
  const requestKey = randomUUID();
  const members = externalIds.map((id) => ({ external_id: id, hashed_email: sha256(`${id}-${round}`) }));
  const side = removes ? { remove: externalIds.map((external_id) => ({ external_id })) } : { add: members };
  const audiences = [{ audience_id: client.audienceId, ...side }];
  const args = {
    idempotency_key: requestKey,
    adcp_version: '3.1',
    account: { account_id: 'acct_kill' },
    audiences,
  };
  return { requestKey, args, audienceId: client.audienceId, externalIds, removes };
}

async function send(server: ServerProcess, key: string, client: Client, attempt: Attempt): Promise<void> {
  const answer = (await callTool(server.url, key, 'sync_audiences', attempt.args)) as {
    audiences?: { action: string; total_uploaded_count?: number; errors?: unknown }[];
  };
  const [result] = answer.audiences ?? [];
  assert.ok(result !== undefined && result.action !== 'failed', JSON.stringify(answer).slice(0, 300));
  for (const id of attempt.externalIds) {
    if (attempt.removes) client.members.delete(id);
    else client.members.add(id);
  }
  client.pending = null;
  if (result.total_uploaded_count !== undefined)
    assert.equal(result.total_uploaded_count, client.members.size);
}

async function converge(server: ServerProcess, key: string, client: Client): Promise<void> {
  if (client.pending !== null) await send(server, key, client, client.pending);
  const step = nextAttempt(client);
  await send(server, key, client, step);
  // The same step again with the same key: a replay, not a second application.
  const again = (await callTool(server.url, key, 'sync_audiences', step.args)) as { replayed?: boolean };
  assert.equal(again.replayed, true);
}

/** Removing what the client knows to be there leaves nothing: no member more, no member less. */
async function checkMembers(server: ServerProcess, key: string, client: Client): Promise<void> {
  const before = await discover(server, key, client.audienceId);
  assert.equal(before, client.members.size, `${client.audienceId} holds what was acknowledged`);
  const remove = [...client.members].map((external_id) => ({ external_id }));
  const args = {
    idempotency_key: randomUUID(),
    adcp_version: '3.1',
    account: { account_id: 'acct_kill' },
    audiences: [{ audience_id: client.audienceId, remove }],
  };
  await callTool(server.url, key, 'sync_audiences', args);
  assert.equal(await discover(server, key, client.audienceId), 0, `${client.audienceId} held nothing else`);
}

async function discover(server: ServerProcess, key: string, audienceId: string): Promise<number | undefined> {
  const args = { idempotency_key: randomUUID(), adcp_version: '3.1', account: { account_id: 'acct_kill' } };
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = (await callTool(server.url, key, 'sync_audiences', {
      ...args,
      idempotency_key: randomUUID(),
    })) as { audiences: { audience_id: string; status: string; total_uploaded_count?: number }[] };
    const found = answer.audiences.find((audience) => audience.audience_id === audienceId);
    if (found?.status !== 'processing') return found?.total_uploaded_count;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('matching does not finish');
}
