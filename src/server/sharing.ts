/** What a process does because others may share its store, and because others may not. */
import { takePart } from '../job/leadership.ts';
import { systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { DecisionBook } from '../service/decisions/book.ts';
import type { Store } from '../store/store.ts';
import { createDuties, type DutyParts } from './duties.ts';
import { startPulse } from './pulse.ts';
import type { Scripts } from './scripts.ts';
import type { SyndicationControl } from './syndication/control.ts';
import type { MatchThread } from './threads/match-thread.ts';

export interface SharingParts extends DutyParts {
  readonly holder: string;
  /** Reads the stored graph where it is not the one that is held. */
  readonly refreshGraph: () => Promise<void>;
  readonly book: Pick<DecisionBook, 'wake'>;
  readonly control: Pick<SyndicationControl, 'refresh'>;
  readonly log: Log;
}

export interface Sharing {
  /** The stored graph is another one: this process reads it. Others notice by themselves. */
  graphMoved(): Promise<void>;
  close(): Promise<void>;
}

/** Reads the stored graph where it is not the one that is held: one after the other, as each must see what was stored before it asked. */
export function createGraphRefresh(
  store: Pick<Store<Scripts>, 'read'>,
  matchThread: Pick<MatchThread, 'graphFacts' | 'reloadGraph'>,
  log: Log,
): () => Promise<void> {
  let tail: Promise<void> = Promise.resolve();
  const refresh = async (): Promise<void> => {
    if ((await store.read('graphVersion', {})) === matchThread.graphFacts().version) return;
    const { version, personCount } = await matchThread.reloadGraph();
    log('info', 'graph_moved', { graph_version: version, user_count: personCount });
  };
  return async () => {
    const mine = tail.then(refresh);
    tail = mine.catch(() => undefined);
    return mine;
  };
}

/** Names the work that one process does for all. */
export const dutiesLease = 'duties';

export function startSharing(parts: SharingParts): Sharing {
  return parts.nodeNo === 0 ? workAlone(parts) : workAmongOthers(parts);
}

function workAlone(parts: SharingParts): Sharing {
  const { queue, graphVersion, refreshGraph } = parts;
  const duties = createDuties(parts);
  duties.begin();
  return {
    graphMoved: async () => {
      await refreshGraph();
      await queue.rematchAll(graphVersion());
    },
    close: async () => duties.end(),
  };
}

function workAmongOthers(parts: SharingParts): Sharing {
  const duties = createDuties(parts);
  const { store, holder, book, control, refreshGraph, log } = parts;
  const pulse = startPulse(store, async () => {
    book.wake();
    await control.refresh();
    await refreshGraph();
    duties.look();
  });
  const leadership = takePart({
    store,
    name: dutiesLease,
    holder,
    clock: systemClock,
    begun: (lease) => {
      log('info', 'duties_begun', {});
      duties.begin(lease);
    },
    ended: () => {
      log('info', 'duties_ended', {});
      duties.end();
    },
  });
  return {
    graphMoved: pulse.look,
    close: async () => {
      await pulse.close();
      await leadership.close();
    },
  };
}
