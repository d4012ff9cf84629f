/** Delivery against receivers that fail, hang and break off, while the sender is killed: at least once each, never two effects. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

import { limits } from '../../src/base/limits.ts';
import { createLog } from '../../src/platform/log.ts';
import { openAdmin } from '../../src/server/admin/open-admin.ts';
import type { DeliveryCount } from './outbox-scripts.ts';
import type { Orders } from './sender-child.ts';

const isLong = process.env['ROLLCALL_LONG'] === '1';
const size = isLong
  ? { events: 20_000, kills: 50, perSecond: 160, endpoints: 200, rate: 2_000, killMsMax: 5_000 }
  : { events: 500, kills: 3, perSecond: 250, endpoints: 40, rate: 20_000, killMsMax: 1_500 };

/** How a receiver treats an attempt: as often as these shares say, whatever it did before. */
const shares = { hangs: 0.1, breaksOff: 0.05, answers5xx: 0.25 };

/** What is known of one event. */
interface Event {
  readonly bodyHash: string;
  attempts: number;
  /** Times that the receiver acted on it. It acts once a key, as AdCP asks of it. */
  acts: number;
  answered2xx: number;
  after2xx: number;
}

interface Receivers {
  readonly url: string;
  /** By task: were an event given two keys, its receiver would act twice. */
  readonly events: ReadonlyMap<string, Event>;
  readonly changed: number;
  readonly failedAttempts: number;
  close(): Promise<void>;
}

/**
 * Makes the dice fall the same in every run. By the schedule alone one event of five thousand fails so often that nobody tries any
 * more, which says nothing about the sender. Here the unluckiest of 500 takes 9 attempts, and of 20,000 takes 12.
 */
const seed = 'c';

/** Two numbers from 0 to 1, for an attempt. */
function diceOf(taskId: string, attempt: number): readonly [number, number] {
  const hash = createHash('sha256').update(`${seed} ${taskId} ${attempt}`).digest();
  return [hash.readUInt32BE(0) / 2 ** 32, hash.readUInt32BE(4) / 2 ** 32];
}

async function startReceivers(): Promise<Receivers> {
  const events = new Map<string, Event>();
  const seenKeys = new Set<string>();
  let changed = 0;
  let failedAttempts = 0;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const { idempotency_key: key, task_id: taskId } = JSON.parse(body.toString('utf8')) as Record<
        string,
        string
      >;
      const bodyHash = createHash('sha256').update(body).digest('base64');
      const known = events.get(taskId!) ?? { bodyHash, attempts: 0, acts: 0, answered2xx: 0, after2xx: 0 };
      events.set(taskId!, known);
      known.attempts += 1;
      if (known.bodyHash !== bodyHash) changed += 1;
      if (known.answered2xx > 0) known.after2xx += 1;
      const act = (): void => {
        if (!seenKeys.has(key!)) known.acts += 1;
        seenKeys.add(key!);
      };
      const [dice, second] = diceOf(taskId!, known.attempts);
      const isFailure = dice < shares.hangs + shares.breaksOff + shares.answers5xx;
      if (isFailure) failedAttempts += 1;
      // Some receivers do their work and then fail to say so.
      if (!isFailure || second < 0.3) act();
      if (dice < shares.hangs) return;
      if (dice < shares.hangs + shares.breaksOff) return void request.socket.resetAndDestroy();
      if (isFailure) return void response.writeHead((dice * 1_000) % 2 < 1 ? 500 : 503).end('no');
      known.answered2xx += 1;
      response.writeHead(200).end('{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events,
    get changed() {
      return changed;
    },
    get failedAttempts() {
      return failedAttempts;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An account and ten callers, made by the seller's own commands. */
async function prepare(dataDir: string): Promise<void> {
  const log = createLog({ level: 'error', pretty: false, now: () => 0, write: () => undefined });
  const { admin, close } = await openAdmin(dataDir, log);
  const account = {
    accountId: 'acct_hooks',
    brandDomain: 'hooks.example',
    brandId: null,
    operator: 'a.example',
  };
  await admin.createAccount({ ...account, sandbox: true, name: null });
  for (let i = 0; i < 10; i++) {
    await admin.createKey({ accountIds: ['acct_hooks'], name: `caller ${i}`, expiresAtMs: null });
  }
  await close();
}

interface Sender {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

/** What senders said, over all their lives. */
interface Told {
  accepted: number;
  over: readonly DeliveryCount[] | null;
}

function startSender(orders: Orders, told: Told): Sender {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./sender-child.ts', import.meta.url)), JSON.stringify(orders)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const { accepted, over } = JSON.parse(line) as { accepted?: number; over?: readonly DeliveryCount[] };
    if (accepted !== undefined) told.accepted = Math.max(told.accepted, accepted);
    if (over !== undefined) told.over = over;
  });
  return { child, ended: once(child, 'exit') };
}

test(`${size.events} notifications to receivers that fail, hang and break off, the sender killed ${size.kills} times`, async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-hooks-'));
  const receivers = await startReceivers();
  try {
    await prepare(dataDir);
    const realStartMs = Date.now();
    const orders: Orders = {
      ...{ dataDir, receiverUrl: receivers.url, endpointCount: size.endpoints, eventCount: size.events },
      ...{ perSecond: size.perSecond, virtualStartMs: realStartMs, realStartMs, rate: size.rate },
      attemptMsMax: 300,
    };
    const told: Told = { accepted: 0, over: null };
    let kills = 0;
    while (told.over === null) {
      const sender = startSender(orders, told);
      if (kills === size.kills) {
        await sender.ended;
        assert.ok(told.over !== null, 'the last sender ends when all is delivered');
      } else {
        await Promise.race([sender.ended, sleep(700 + Math.random() * size.killMsMax)]);
        if (told.over === null) kills += 1;
        sender.child.kill('SIGKILL');
        await sender.ended;
      }
    }
    const { events } = receivers;
    const [delivered, ...others] = told.over;
    const all = [...events.values()];
    const sum = (of: (event: Event) => number): number => all.reduce((total, event) => total + of(event), 0);
    const attempts = sum((event) => event.attempts);
    const extra = sum((event) => event.after2xx);
    const hours = (delivered?.longestMs ?? 0) / 3_600_000;
    t.diagnostic(
      `${events.size} events in ${attempts} attempts (${receivers.failedAttempts} failed), ${extra} sent again after a 2xx, ${kills} kills; the slowest took ${hours.toFixed(1)} h of ${limits.webhookHorizonMs / 3_600_000} h; ${((Date.now() - realStartMs) / 1_000).toFixed(0)} s`,
    );
    assert.deepEqual(others, [], 'every one was delivered');
    assert.deepEqual([delivered?.state, delivered?.count], ['delivered', size.events]);
    assert.ok(told.accepted >= size.events && kills > 0);
    assert.ok((delivered?.longestMs ?? Infinity) <= limits.webhookHorizonMs, 'inside the horizon');
    assert.equal(events.size, size.events);
    assert.equal(receivers.changed, 0, 'every repeat had the same bytes');
    assert.deepEqual(
      all.filter(({ acts, answered2xx }) => acts !== 1 || answered2xx < 1),
      [],
      'each was acted on once',
    );
    // Beyond failures, only what was under way at a kill is sent again.
    assert.ok(extra <= kills * limits.webhookAttemptCountMax, `${extra} were sent again`);
    assert.ok(receivers.failedAttempts > attempts * 0.3, 'the receivers did fail');
  } finally {
    await receivers.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
