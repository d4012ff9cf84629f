/** Worker entry: pushes audiences on to other sellers, so that making calls of ten thousand members never holds up anybody. */
import { workerData } from 'node:worker_threads';

import { systemClock, systemRandom } from '../../platform/clock.ts';
import { errorFields } from '../../platform/log.ts';
import { createOutbound } from '../../platform/outbound/outbound.ts';
import { networksOf } from '../../platform/outbound/public-address.ts';
import { createForwardKeys } from '../../service/syndication/forward-keys.ts';
import { mergeKept } from '../../service/syndication/merge-kept.ts';
import { Pusher } from '../../service/syndication/pusher.ts';
import { createSyndicationScripts } from '../../service/syndication/syndication-scripts.ts';
import { createSealer } from '../../service/seal.ts';
import { openReaderAt } from '../open-place.ts';
import { createGuardedFetch } from '../syndication/guarded-fetch.ts';
import { createSdkLink } from '../syndication/sdk-link.ts';
import { openOutsidePort, silenceConsole } from './outside-port.ts';
import type { SyndicationWorkerData, SyndicationWrite } from './syndication-messages.ts';

const data = workerData as SyndicationWorkerData;
const port = openOutsidePort(() => pusher.wake());
silenceConsole();
const outbound = createOutbound({ allowNetworks: networksOf(data.allowNetwork) });
globalThis.fetch = createGuardedFetch(outbound.fetch);

const keys = createForwardKeys(data.forwardKey);
const reader = openReaderAt(data.place, createSyndicationScripts(createSealer(data.sealKey), keys));

const write = async (name: SyndicationWrite, input: object): Promise<boolean> =>
  (await port.write(name, input)) as boolean;

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
  troubled: (cause) => port.log('error', 'push_fault', errorFields(cause)),
});

pusher.wake();
