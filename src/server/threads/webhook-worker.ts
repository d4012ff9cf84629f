/** Worker entry: delivers notifications, so that no receiver, however slow or hostile, takes time or memory from the server. */
import { workerData } from 'node:worker_threads';

import type { SignerKey } from '@adcp/sdk/signing/client';

import { must } from '../../base/assert.ts';
import { limits } from '../../base/limits.ts';
import { systemClock, systemRandom } from '../../platform/clock.ts';
import { errorFields } from '../../platform/log.ts';
import { createOutbound } from '../../platform/outbound/outbound.ts';
import { networksOf } from '../../platform/outbound/public-address.ts';
import { createSealer } from '../../service/seal.ts';
import { createDeliveryScripts } from '../../service/webhooks/delivery-scripts.ts';
import { createSigningKeyScripts } from '../../service/webhooks/signing-keys.ts';
import { openReaderAt } from '../open-place.ts';
import { Dispatcher } from '../../webhook/dispatcher.ts';
import { createSender } from '../webhooks/send.ts';
import { openOutsidePort, silenceConsole } from './outside-port.ts';
import type { WebhookWorkerData } from './webhook-messages.ts';

const data = workerData as WebhookWorkerData;
const port = openOutsidePort(() => dispatcher.wake());
silenceConsole();

const sealer = createSealer(data.sealKey);
const reader = openReaderAt(data.place, {
  ...createDeliveryScripts(sealer),
  ...createSigningKeyScripts(sealer),
});
const outbound = createOutbound(
  { allowNetworks: networksOf(data.allowNetwork) },
  { keepsConnections: false, connectMsMax: limits.webhookConnectMsMax },
);

function signingKey(): SignerKey {
  const jwk = must(reader.readNow('signingKey', { nowMs: systemClock.now() }), () => 'a key that signs');
  const keyid = must(jwk['kid'], () => 'a key has a name') as string;
  return { keyid, alg: 'ed25519', privateKey: jwk as unknown as SignerKey['privateKey'] };
}

const dispatcher = new Dispatcher({
  clock: systemClock,
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  random: () => systemRandom.bytes(1)[0]! / 255,
  dueEndpoints: () => reader.readNow('dueEndpoints', {}),
  dueDeliveries: ({ accountNo, endpointNo }, nowMs, countMax) =>
    reader.readNow('dueDeliveries', { accountNo, endpointNo, nowMs, countMax }),
  open: (accountNo, deliveryNo) => reader.readNow('openDelivery', { accountNo, deliveryNo }),
  send: createSender({ outbound, clock: systemClock, random: systemRandom, signingKey }),
  record: async (records) => port.write('recordAttempts', { records }),
  follow: async (step) => {
    port.log('warn', 'clock_was_set', { moved_ms: step.byMs });
    return port.write('moveWaiting', step);
  },
  attempted: ({ accountNo, next, status, reason }) => {
    const isAlarm = next.kind === 'give_up';
    const fields = { account_no: accountNo, status, reason: isAlarm ? next.reason : reason };
    port.log(isAlarm ? 'warn' : 'info', `webhook_${next.kind}`, fields);
  },
  troubled: (cause) => port.log('error', 'webhook_fault', errorFields(cause)),
});
dispatcher.wake();
