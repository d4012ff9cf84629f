import { setTimeout as sleep } from 'node:timers/promises';

import { systemClock, systemRandom } from '../../platform/clock.ts';
import { pollAfter } from '../../service/syndication/backoff.ts';
import type { RemoteAudience } from '../../service/syndication/seller-link.ts';
import { CommandFault } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import type { OpenSeller } from './open-seller.ts';

/** Sellers say hours at most; who waits longer asks again. */
const waitMsMax = 3_600_000;

/** How the audience stands; with `wait` once it is matched, or after an hour. Throws a CommandFault where the seller has none. */
export async function waitForAudience(
  seller: OpenSeller,
  { audience: audienceId, wait }: { readonly audience: string; readonly wait: boolean },
  { terminal, signal }: { readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<RemoteAudience> {
  const progress = terminal.progress('Matching');
  const began = systemClock.monotonic();
  for (let polls = 0; ; polls++) {
    const audience = await seller.look(audienceId, systemRandom.uuid());
    if (audience === null) {
      progress.end(' has no audience to wait for');
      throw new CommandFault(
        'notFound',
        `The seller does not list the audience ${audienceId} in this account.`,
      );
    }
    const seconds = (systemClock.monotonic() - began) / 1000;
    if (audience.status !== 'processing' || !wait || seconds * 1000 > waitMsMax) {
      progress.end(audience.status === 'processing' ? ' goes on' : ` done after ${seconds.toFixed(1)} s`);
      return audience;
    }
    progress.update(Math.round(seconds), null, 's');
    await sleep(pollAfter(polls), undefined, { signal });
  }
}
