/**
 * A process that has notifications to deliver and delivers them, by a clock that runs faster than ours, until it is killed or has
 * delivered all. Argument: its orders as JSON. Prints a line of JSON for what was accepted, and one at the end.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import type { SignerKey } from '@adcp/sdk/signing/client';

import { must } from '../../src/base/assert.ts';
import type { Clock } from '../../src/base/clock.ts';
import { systemClock, systemRandom } from '../../src/platform/clock.ts';
import { createOutbound } from '../../src/platform/outbound/outbound.ts';
import { networksOf } from '../../src/platform/outbound/public-address.ts';
import { loadSecrets } from '../../src/server/secrets.ts';
import { createSender } from '../../src/server/webhooks/send.ts';
import { makeSigningKey } from '../../src/service/webhooks/signing-keys.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-store.ts';
import { Dispatcher } from '../../src/webhook/dispatcher.ts';
import { createOutboxScripts } from './outbox-scripts.ts';

export interface Orders {
  readonly dataDir: string;
  readonly receiverUrl: string;
  readonly endpointCount: number;
  /** Notifications in all, and how many a second are made. */
  readonly eventCount: number;
  readonly perSecond: number;
  /** The clock showed `virtualStartMs` when it was `realStartMs`, and runs `rate` times as fast. */
  readonly virtualStartMs: number;
  readonly realStartMs: number;
  readonly rate: number;
  readonly attemptMsMax: number;
}

const orders = JSON.parse(must(process.argv[2], () => 'orders')) as Orders;
const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);
const clock: Clock = {
  now: () => Math.floor(orders.virtualStartMs + (systemClock.now() - orders.realStartMs) * orders.rate),
  monotonic: () => systemClock.monotonic() * orders.rate,
};

const secrets = loadSecrets(orders.dataDir, undefined, systemRandom);
const settings = {
  sealKey: secrets.sealKey,
  forwardKey: secrets.forwardKey,
  auditKey: secrets.auditKey,
  auditSeed: secrets.auditSeed,
  sizes: { minimumSize: 100, sandboxMinimumSize: 1 },
};
const store = await openSqliteStore({
  dataDir: orders.dataDir,
  workerUrl: new URL('./outbox-worker.ts', import.meta.url),
  workerSettings: settings,
  scripts: createOutboxScripts(settings),
  clock: systemClock,
  fatal: (reason) => {
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  },
});
await store.write('ensureSigningKey', { key: makeSigningKey(), nowMs: clock.now() });

function signingKey(): SignerKey {
  const jwk = must(store.readNow('signingKey', { nowMs: clock.now() }), () => 'a key');
  return { keyid: jwk['kid'] as string, alg: 'ed25519', privateKey: jwk as never };
}

/** A timer of ours is no finer than this. */
const realMsMin = 4;
const dispatcher = new Dispatcher({
  clock,
  after: (ms, act) => {
    const timer = setTimeout(act, Math.max(realMsMin, ms / orders.rate));
    return () => clearTimeout(timer);
  },
  random: Math.random,
  dueEndpoints: () => store.readNow('dueEndpoints', {}),
  dueDeliveries: ({ accountNo, endpointNo }, nowMs, countMax) =>
    store.readNow('dueDeliveries', { accountNo, endpointNo, nowMs, countMax }),
  open: (accountNo, deliveryNo) => store.readNow('openDelivery', { accountNo, deliveryNo }),
  send: createSender({
    outbound: createOutbound({ allowNetworks: networksOf(['127.0.0.1']) }, { keepsConnections: false }),
    // Signatures are made by the time of those who check them.
    clock: systemClock,
    random: systemRandom,
    signingKey,
    attemptMsMax: orders.attemptMsMax,
  }),
  record: async (records) => store.write('recordAttempts', { records }),
  follow: async (step) => store.write('moveWaiting', step),
  attempted: () => undefined,
  troubled: (cause) => void process.stderr.write(`${String(cause)}\n`),
});
dispatcher.wake();

/** Their numbers go on where an earlier process ended: what it accepted is in the store. */
let made = store.readNow('releasedCount', {});
const ticksPerSecond = 20;
while (made < orders.eventCount) {
  const count = Math.min(orders.eventCount - made, Math.ceil(orders.perSecond / ticksPerSecond));
  const events = Array.from({ length: count }, (_, i) => {
    const name = String(made + i).padStart(8, '0');
    const endpoint = systemRandom.bytes(2)[0]! % orders.endpointCount;
    return {
      taskId: `task-${name}`,
      eventKey: `event-key-${name}`,
      url: `${orders.receiverUrl}/e/${endpoint}`,
    };
  });
  await store.write('notify', { nowMs: clock.now(), events });
  made += count;
  say({ accepted: made });
  dispatcher.wake();
  await sleep(1_000 / ticksPerSecond);
}
while (store.readNow('unfinishedDeliveries', {})) await sleep(50);
say({ over: store.readNow('deliveryCounts', {}) });
process.exit(0);
