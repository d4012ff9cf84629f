import type { Clock } from '../../base/clock.ts';
import { KeyFault } from './key-fault.ts';
import type { PublicKey } from './read-keys.ts';
import { receiveLimits } from './receive-limits.ts';

/** What a load of keys gave: the keys, and where they were found in the end. */
export interface LoadedKeys {
  readonly keys: readonly PublicKey[];
  /** In messages: `https://seller.example/.well-known/jwks.json`. */
  readonly from: string;
}

export interface KeySource {
  /** Where the newest keys come from; before the first load: where they will be looked for. */
  readonly from: string;
  /** The keys of the newest load; none before it. */
  readonly keys: readonly PublicKey[];
  /** Loads them now. Throws KeyFault. */
  load(): Promise<void>;
  /**
   * The key, or null when it is not published. Loads when the key is unknown, because sellers add keys; never more
   * often than every `refetchMsMin`. Throws KeyFault only while no load has succeeded: after that what is known
   * counts.
   */
  find(keyid: string): Promise<PublicKey | null>;
}

export function createKeySource(from: string, loader: () => Promise<LoadedKeys>, clock: Clock): KeySource {
  let loaded: LoadedKeys = { keys: [], from };
  let fault: KeyFault | null = null;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | null = null;

  const load = async (): Promise<void> => {
    triedAtMs = clock.monotonic();
    try {
      loaded = await loader();
      fault = null;
    } catch (error) {
      if (error instanceof KeyFault) fault = error;
      throw error;
    }
  };
  /** Deliveries that come at once share one load. */
  const shared = async (): Promise<void> => {
    pending ??= load().finally(() => (pending = null));
    await pending;
  };
  const keyOf = (keyid: string): PublicKey | null => loaded.keys.find(({ kid }) => kid === keyid) ?? null;

  return {
    get from() {
      return loaded.from;
    },
    get keys() {
      return loaded.keys;
    },
    load: shared,
    async find(keyid) {
      const known = keyOf(keyid);
      if (known !== null) return known;
      if (pending !== null || clock.monotonic() - triedAtMs >= receiveLimits.refetchMsMin) {
        await shared().catch((error: unknown) => {
          if (!(error instanceof KeyFault)) throw error;
        });
      }
      if (loaded.keys.length === 0 && fault !== null) throw fault;
      return keyOf(keyid);
    },
  };
}
