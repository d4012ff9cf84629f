/** Whether anybody here forwards, told to the threads that must know; and the thread that pushes, from when it is first needed. */
import type { Log } from '../../platform/log.ts';
import type { Store, StorePlace } from '../../store/store.ts';
import type { LeaseFence } from '../../store/writer-messages.ts';
import type { SoleWork } from '../duties.ts';
import type { Scripts } from '../scripts.ts';
import type { Secrets } from '../secrets.ts';
import type { OutsideThread } from '../threads/outside-thread.ts';
import { startSyndicationThread } from '../threads/syndication-thread.ts';

export interface SyndicationControl extends SoleWork {
  /** One word of shared memory; not 0 while some account forwards. */
  readonly forwards: Int32Array;
  /** From now on members are packed for forwarding: before the switch, so that no sync after it comes without. */
  expectOn(): void;
  /** Ends every push, wherever it is, and forgets the members that were opened for it; `refresh` lets the others go on. */
  pause(): Promise<void>;
  /** Reads anew who forwards. What another process switched off ends here too. */
  refresh(): Promise<void>;
  /** Something may have to be pushed. Costs nothing while nobody forwards. */
  wake(): void;
  close(): Promise<void>;
}

export interface SyndicationControlParts {
  readonly place: StorePlace;
  readonly store: Store<Scripts>;
  readonly secrets: Secrets;
  readonly allowNetwork: readonly string[];
  readonly log: Log;
}

export async function createSyndicationControl(parts: SyndicationControlParts): Promise<SyndicationControl> {
  const { place, store, secrets, allowNetwork, log } = parts;
  const { sealKey, forwardKey } = secrets;
  const forwards = new Int32Array(new SharedArrayBuffer(4));
  let thread: OutsideThread | null = null;
  let isOurs = false;
  let lease: LeaseFence | undefined;
  /** Accounts that forward, and the keys under which their members are kept. */
  let keys: readonly string[] = [];
  const refresh = async (): Promise<void> => {
    const now = await store.read('forwardingKeyIds', {});
    const isSwitchedOff = keys.some((keyId) => !now.includes(keyId));
    keys = now;
    Atomics.store(forwards, 0, now.length > 0 ? 1 : 0);
    if (isSwitchedOff) await pause();
    if (isOurs && now.length > 0)
      thread ??= startSyndicationThread({ place, sealKey, forwardKey, allowNetwork, store, lease, log });
  };
  const pause = async (): Promise<void> => {
    const ended = thread;
    thread = null;
    await ended?.close();
  };
  await refresh();
  return {
    forwards,
    expectOn: () => {
      Atomics.store(forwards, 0, 1);
    },
    refresh,
    wake: () => {
      if (Atomics.load(forwards, 0) !== 0) thread?.wake();
    },
    pause,
    begin: (under) => {
      isOurs = true;
      lease = under;
      void refresh().catch(() => undefined);
    },
    end: () => {
      isOurs = false;
      void pause();
    },
    look: () => thread?.wake(),
    close: async () => {
      isOurs = false;
      await pause();
    },
  };
}
