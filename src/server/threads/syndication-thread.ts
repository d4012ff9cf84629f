import { must } from '../../base/assert.ts';
import type { Log } from '../../platform/log.ts';
import { workerUrl } from '../../platform/worker-url.ts';
import type { SyndicationScripts } from '../../service/syndication/syndication-scripts.ts';
import type { Store } from '../../store/store.ts';
import type { LeaseFence } from '../../store/writer-messages.ts';
import { startOutsideThread, type OutsideThread } from './outside-thread.ts';
import { syndicationWrites, type SyndicationWorkerData } from './syndication-messages.ts';

export interface SyndicationThreadOptions extends SyndicationWorkerData {
  readonly store: Store<SyndicationScripts>;
  /** What it writes under; undefined where no other process could do its work. */
  readonly lease: LeaseFence | undefined;
  readonly log: Log;
}

/** The thread that pushes audiences on to other sellers. */
export function startSyndicationThread({
  store,
  lease,
  log,
  ...data
}: SyndicationThreadOptions): OutsideThread {
  return startOutsideThread({
    url: workerUrl('syndication-worker', import.meta.url),
    name: 'syndication',
    workerData: data satisfies SyndicationWorkerData,
    write: async (name, input) => {
      const known = must(
        syndicationWrites.find((one) => one === name),
        () => 'a script that this thread may ask for',
      );
      return store.write(known, input, lease);
    },
    log,
  });
}
