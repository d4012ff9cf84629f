/** Worker entry: pushes audiences on to other sellers, so that making calls of ten thousand members never holds up anybody. */
import { parentPort, workerData } from 'node:worker_threads';

import { must } from '../../base/assert.ts';
import { systemClock, systemRandom } from '../../platform/clock.ts';
import { errorFields } from '../../platform/log.ts';
import { createOutbound } from '../../platform/outbound/outbound.ts';
import { networksOf } from '../../platform/outbound/public-address.ts';
import { createForwardKeys } from '../../service/syndication/forward-keys.ts';
import { mergeKept } from '../../service/syndication/merge-kept.ts';
import { Pusher } from '../../service/syndication/pusher.ts';
import { createSyndicationScripts } from '../../service/syndication/syndication-scripts.ts';
import { createSealer } from '../../service/seal.ts';
import { openSqliteReader } from '../../store/sqlite/reader.ts';
import { createGuardedFetch } from '../syndication/guarded-fetch.ts';
import { createSdkLink } from '../syndication/sdk-link.ts';
import type {
  FromSyndication,
  SyndicationWorkerData,
  SyndicationWrite,
  ToSyndication,
} from './syndication-messages.ts';

const port = must(parentPort, () => 'the syndication worker runs in a worker thread');
const data = workerData as SyndicationWorkerData;
const send = (message: FromSyndication): void => port.postMessage(message);

// The client of the other sellers talks to the console, and nobody has read all that it may say there.
const silent = (): void => {};
Object.assign(console, {
  log: silent,
  info: silent,
  warn: silent,
  error: silent,
  debug: silent,
  trace: silent,
});
const outbound = createOutbound({ allowNetworks: networksOf(data.allowNetwork) });
globalThis.fetch = createGuardedFetch(outbound.fetch);

const keys = createForwardKeys(data.forwardKey);
const reader = openSqliteReader({
  dataDir: data.dataDir,
  scripts: createSyndicationScripts(createSealer(data.sealKey), keys),
});

interface Writing {
  readonly resolve: (output: boolean) => void;
  readonly reject: (error: Error) => void;
}
const writing = new Map<number, Writing>();
let nextId = 1;
const write = async (name: SyndicationWrite, input: object): Promise<boolean> =>
  new Promise<boolean>((resolve, reject) => {
    const id = nextId++;
    writing.set(id, { resolve, reject });
    send({ kind: 'write', id, name, input: input as never });
  });

const pusher = new Pusher({
  link: createSdkLink(),
  clock: systemClock,
  random: systemRandom,
  keys,
  due: () =>
    reader.readNow('pushAccounts', {}).flatMap(({ accountNo }) => reader.readNow('duePushes', { accountNo })),
  work: (place) => reader.readNow('pushWork', place),
  kept: (accountNo, audienceNo, upTo) => reader.readNow('keptForwards', { accountNo, audienceNo, upTo }),
  move: async (input) => write('moveSyndication', input),
  merge: async () =>
    mergeKept({
      keys,
      accounts: () => reader.readNow('pushAccounts', {}),
      key: (accountNo) => reader.readNow('forwardingKey', { accountNo }),
      audiences: (accountNo) => reader.readNow('keptAudiences', { accountNo }),
      heads: (accountNo, audienceNo) => reader.readNow('keptHeads', { accountNo, audienceNo }),
      kept: (accountNo, audienceNo, upTo) => reader.readNow('keptForwards', { accountNo, audienceNo, upTo }),
      write: async (input) => write('compactForwards', input),
    }),
  troubled: (cause) => send({ kind: 'log', level: 'error', event: 'push_fault', fields: errorFields(cause) }),
});

port.on('message', (message: ToSyndication) => {
  if (message.kind === 'wake') return pusher.wake();
  const waiting = writing.get(message.id);
  writing.delete(message.id);
  if (message.ok) waiting?.resolve(message.output);
  else waiting?.reject(new Error('the store did not write'));
});
pusher.wake();
