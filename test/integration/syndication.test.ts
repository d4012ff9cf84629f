/** A hub and two sellers as processes of their own: what is stored once arrives everywhere, and can be erased. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { startFlakyProxy, type FlakyProxy } from '../support/flaky-proxy.ts';
import { runJson, spawnServer, type ServerProcess } from '../support/process.ts';
import { createSearch, formsOf } from '../support/search-bytes.ts';
import { callTool } from '../support/seller.ts';

const isLong = process.env['ROLLCALL_LONG'] === '1';
const memberCount = isLong ? 250_000 : 5_000;
/** More members than this in one call are refused by the seller behind the proxy. */
const chunkMax = isLong ? 6_000 : 700;
const waitMsMax = isLong ? 900_000 : 90_000;
const perArray = 10_000;
const deltaCount = memberCount / 100;
const searchedCount = Math.min(memberCount, 10_000);

const emailOf = (i: number): string => `canary-person-${i}@example.com`;
const hashOf = (i: number): Buffer => createHash('sha256').update(emailOf(i)).digest();
const idOf = (i: number): string => `canary-crm-${i}-end`;
const member = (i: number): object => ({ externalId: idOf(i), hashedEmail: hashOf(i).toString('hex') });
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

interface Place {
  readonly dataDir: string;
  readonly key: string;
  server: ServerProcess;
  logs: string;
}

interface Record_ {
  readonly adcpAgentId: string;
  readonly status: string;
  readonly errorMessage: string | null;
  readonly responseData: { readonly [name: string]: unknown } | null;
}

const accountId = 'acct_syn';
const places: Place[] = [];

/** A server with one account and, where it is a seller, every `step`-th person for a user. */
async function startPlace(step: number, options: readonly string[] = []): Promise<Place> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-syn-'));
  const data = ['--data', dataDir];
  await runJson(['account', 'create', '--id', accountId, '--brand', 'acme.example', ...data]);
  const { key } = (await runJson(['key', 'create', '--account', accountId, ...data])) as { key: string };
  if (step > 0) {
    const users = range(0, memberCount * 2).filter((i) => i % step === 0);
    const file = join(dataDir, 'users.csv');
    writeFileSync(file, ['user_id,email', ...users.map((i) => `user-${i},${emailOf(i)}`)].join('\n'));
    await runJson(['graph', 'import', file, ...data]);
    rmSync(file);
  }
  const place = { dataDir, key, server: await spawnServer(dataDir, options), logs: '' };
  places.push(place);
  return place;
}

async function killAndRestart(place: Place, options: readonly string[] = []): Promise<void> {
  await place.server.kill();
  place.logs += place.server.log();
  place.server = await spawnServer(place.dataDir, options);
}

describe(`a hub pushes ${memberCount.toLocaleString('en-US')} members to two sellers`, () => {
  let hub: Place;
  let a: Place;
  let b: Place;
  let proxy: FlakyProxy;
  let agents: readonly [string, string];
  const hubOptions = ['--forwarding', '--allow-network', '127.0.0.1'];

  const rest = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${hub.server.url}/api/v2/buyer/advertisers/${accountId}${path}`, {
      method,
      headers: { authorization: `Bearer ${hub.key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text.slice(0, 400)}`);
    return JSON.parse(text) as Record<string, unknown>;
  };
  /** In as many requests as the API asks for. */
  const sync = async (
    audienceId: string,
    side: 'add' | 'remove',
    members: readonly object[],
  ): Promise<void> => {
    for (let at = 0; at < members.length; at += perArray) {
      const audiences = [{ audienceId, name: 'Canaries', [side]: members.slice(at, at + perArray) }];
      await rest('POST', '/audiences/sync', { audiences });
    }
  };
  const records = async (query = ''): Promise<readonly Record_[]> =>
    (await rest('GET', `/syndication-status${query}`))['items'] as readonly Record_[];
  const until = async (
    what: string,
    isSo: (all: readonly Record_[]) => boolean,
  ): Promise<readonly Record_[]> => {
    const end = performance.now() + waitMsMax;
    for (;;) {
      const all = await records().catch(() => []);
      if (all.length > 0 && isSo(all)) return all;
      assert.ok(performance.now() < end, `${what}: ${JSON.stringify(all)} ${hub.server.log().slice(-500)}`);
      await sleep(100);
    }
  };
  /** Both sellers have the audience with so many members. */
  const inStep = async (count: number): Promise<readonly Record_[]> =>
    until(`${count} members everywhere`, (all) =>
      all.every((one) => one.status === 'COMPLETED' && one.responseData?.['members_sent'] === count),
    );
  const assertCounts = (all: readonly Record_[], held: readonly number[]): void => {
    for (const [agentId, step] of [
      [agents[0], 2],
      [agents[1], 3],
    ] as const) {
      const { responseData, errorMessage } = all.find((one) => one.adcpAgentId === agentId)!;
      const matched = held.filter((i) => i % step === 0).length;
      assert.equal(errorMessage, null);
      assert.deepEqual(
        [responseData?.['status'], responseData?.['total_uploaded_count'], responseData?.['matched_count']],
        ['ready', held.length, matched],
      );
      const breakdown = [
        { id_type: 'hashed_email', submitted: held.length, matched, match_rate: matched / held.length },
      ];
      assert.deepEqual(responseData?.['match_breakdown'], breakdown);
    }
  };

  before(async () => {
    [hub, a, b] = await Promise.all([startPlace(0, hubOptions), startPlace(2), startPlace(3)]);
    proxy = await startFlakyProxy(a.server.url, chunkMax);
  });
  after(async () => {
    await proxy.close();
    for (const place of places) {
      await place.server.kill();
      rmSync(place.dataDir, { recursive: true, force: true });
    }
  });

  it('refuses to push what it has no identifiers of', async () => {
    const first = [
      await addAgent('A', `${proxy.url}/mcp`, 'mcp', a.key),
      await addAgent('B', `${b.server.url}/a2a`, 'a2a', b.key),
    ];
    agents = [first[0]!, first[1]!];
    await sync('early', 'add', range(0, 10).map(member));
    await assert.rejects(push('early', true), /Forwarding is off/);
    await rest('PUT', '/forwarding', { enabled: true });
    await push('early', true);
    const all = await until('refused', (list) => list.every(({ status }) => status === 'FAILED'));
    for (const { errorMessage } of all) assert.match(errorMessage ?? '', /Upload the whole audience again/);
    await push('early', false);
    const [one] = await records('?status=DISABLED&limit=1');
    assert.equal(one?.status, 'DISABLED');
  });

  const addAgent = async (
    name: string,
    url: string,
    protocol: string,
    credential: string,
  ): Promise<string> => {
    const agent = { name, url, protocol, accountId, credential };
    const made = await rest('POST', '/sales-agents', agent);
    assert.doesNotMatch(JSON.stringify(made), new RegExp(credential));
    return made['id'] as string;
  };
  /** Through the running server, with the credential in a file. */
  const addAgentByCommand = async (
    name: string,
    url: string,
    protocol: string,
    credential: string,
  ): Promise<string> => {
    const file = join(b.dataDir, 'credential');
    writeFileSync(file, `${credential}\n`);
    const words = ['--url', url, '--protocol', protocol, '--name', name, '--remote-account', accountId];
    const made = await runJson([
      ...['seller', 'add', accountId, ...words, '--credential-file', file],
      ...['--data', hub.dataDir],
    ]);
    rmSync(file);
    const listed = await runJson(['seller', 'list', accountId, '--data', hub.dataDir]);
    assert.equal((listed['sellers'] as unknown[]).length, 2);
    assert.doesNotMatch(JSON.stringify([made, listed]), new RegExp(credential));
    return made['seller_id'] as string;
  };
  const push = async (audienceId: string, enabled: boolean): Promise<Record<string, unknown>> =>
    rest('POST', '/syndicate', {
      resourceType: 'AUDIENCE',
      resourceId: audienceId,
      adcpAgentIds: agents,
      enabled,
    });

  it('completes though half of the calls fail, a seller is killed and the hub is killed', async () => {
    for (const id of agents) await rest('DELETE', `/sales-agents/${id}`);
    agents = [
      await addAgent('A', `${proxy.url}/mcp`, 'mcp', a.key),
      await addAgentByCommand('B', `${b.server.url}/a2a`, 'a2a', b.key),
    ];
    let killedSeller = false;
    const killedHub: Promise<void>[] = [];
    proxy.onPassed = async () => {
      if (!killedSeller && proxy.counts.passed >= 2) {
        killedSeller = true;
        await killAndRestart(a);
        proxy.target = a.server.url;
      }
      if (proxy.counts.passed >= 5 && killedHub.length === 0) killedHub.push(killAndRestart(hub, hubOptions));
    };
    const started = performance.now();
    await sync('canaries', 'add', range(0, memberCount).map(member));
    const uploaded = performance.now();
    await push('canaries', true);
    const all = await inStep(memberCount);
    const seconds = (performance.now() - uploaded) / 1000;
    assert.ok(killedSeller && killedHub.length === 1, 'both were killed');
    await Promise.all(killedHub);
    assertCounts(all, range(0, memberCount));
    assert.equal(proxy.passed.size, memberCount);
    const { error, dropped_before: before_, dropped_after: after_, too_large: large } = proxy.counts;
    assert.ok(error > 0 && before_ > 0 && after_ > 0 && large > 0, JSON.stringify(proxy.counts));
    console.log(
      `${memberCount} members: uploaded in ${((uploaded - started) / 1000).toFixed(1)} s, at both sellers ${seconds.toFixed(1)} s later; ${JSON.stringify(proxy.counts)}`,
    );
    proxy.onPassed = async () => undefined;
  });

  it('sends what changed and nothing else', async () => {
    // Not as many of each, so that the count tells when both have arrived.
    const gone = Math.floor(deltaCount * 0.4);
    const come = deltaCount - gone;
    proxy.passed.clear();
    const started = performance.now();
    const changed = [...range(0, gone), ...range(memberCount, memberCount + come)];
    await sync(
      'canaries',
      'remove',
      range(0, gone).map((i) => ({ externalId: idOf(i) })),
    );
    const held = range(gone, memberCount + come);
    await sync('canaries', 'add', held.map(member));
    assertCounts(await inStep(held.length), held);
    assert.deepEqual([...proxy.passed].sort(), changed.map(idOf).sort());
    console.log(
      `1 %: ${proxy.passed.size} members passed, in step after ${((performance.now() - started) / 1000).toFixed(1)} s`,
    );
  });

  it('deletes at the sellers what is deleted here', async () => {
    await rest('POST', '/audiences/sync', { audiences: [{ audienceId: 'canaries', delete: true }] });
    await until('deleted everywhere', (all) =>
      all.every((one) => one.status === 'COMPLETED' && one.responseData?.['action'] === 'deleted'),
    );
    for (const place of [a, b]) {
      const listed = await callTool(place.server.url, place.key, 'sync_audiences', {
        adcp_version: '3.1',
        idempotency_key: 'discovery-after-deletion',
        account: { account_id: accountId },
      });
      assert.deepEqual(listed['audiences'], []);
    }
  });

  it('leaves no forwardable byte in any file when forwarding is switched off', async () => {
    await sync('canaries', 'add', range(0, searchedCount).map(member));
    await inStep(searchedCount);
    const slices = sealedSlices(hub.dataDir);
    assert.ok(slices.length > 10, 'sealed members were there');
    const needles = [
      ...slices,
      ...range(0, searchedCount).flatMap((i) => [...formsOf(hashOf(i)), Buffer.from(idOf(i))]),
      ...[a.key, b.key].map((key) => Buffer.from(key)),
    ];
    const count = createSearch(needles);
    assert.ok(
      filesOf(hub.dataDir).some(({ content }) => createSearch(slices)(content) > 0),
      'the scan finds them',
    );
    await runJson([
      'syndication',
      'stop',
      accountId,
      'canaries',
      '--seller',
      agents[1],
      '--data',
      hub.dataDir,
    ]);
    const listed = await runJson(['syndication', 'list', accountId, '--data', hub.dataDir]);
    const statuses = (listed['syndications'] as { status: string }[]).map(({ status }) => status);
    assert.deepEqual([listed['forwarding'], ...statuses.sort()], [true, 'COMPLETED', 'DISABLED']);
    const { enabled, storedBytes } = await rest('PUT', '/forwarding', { enabled: false });
    assert.deepEqual([enabled, storedBytes], [false, 0]);
    const files = filesOf(hub.dataDir);
    assert.ok(files.some(({ name }) => name === 'rollcall.db'));
    for (const { name, content } of files) assert.equal(count(content), 0, `${name} holds nothing of it`);
    assert.deepEqual(new Set((await records()).map(({ status }) => status)), new Set(['DISABLED']));
    await sync('canaries', 'add', range(0, 20).map(member));
    await rest('GET', '/audiences');
    for (const { name, content } of filesOf(hub.dataDir))
      assert.equal(count(content), 0, `${name} after a sync`);
    for (const place of places) {
      const log = place.logs + place.server.log();
      assert.equal(count(Buffer.from(log)), 0, 'no identifier and no credential in a log');
    }
    assert.ok(hub.server.log().length + hub.logs.length > 0, 'the hub writes a log');
  });
});

function filesOf(dataDir: string): { readonly name: string; readonly content: Buffer }[] {
  return readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).map((name) => ({
    name,
    content: readFileSync(join(dataDir, name)),
  }));
}

/** Pieces from all over what is kept for forwarding, as it lies in the database, and of its key. */
function sealedSlices(dataDir: string): Buffer[] {
  const db = new DatabaseSync(join(dataDir, 'rollcall.db'), { readOnly: true });
  try {
    const rows = db
      .prepare('SELECT sealed FROM forward_operation UNION ALL SELECT wrapped_key FROM forwarding')
      .all() as { readonly sealed: Uint8Array }[];
    return rows.flatMap(({ sealed }) => {
      const step = Math.max(24, Math.floor(sealed.length / 200));
      return range(0, Math.floor((sealed.length - 24) / step) + 1).map((i) =>
        Buffer.from(sealed.subarray(i * step, i * step + 24)),
      );
    });
  } finally {
    db.close();
  }
}
