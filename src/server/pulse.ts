import type { Store, ScriptRegistry } from '../store/store.ts';

export interface Pulse {
  /** Looks now; resolves when what moved so far has been told. */
  look(): Promise<void>;
  close(): Promise<void>;
}

/** What another process wrote is noticed within this time. */
const pulseMs = 250;
/** However quiet it is: what was missed in a fault is seen then. */
const quietCountMax = 40;

/**
 * Tells when another process may have written, for as long as several share the store. `moved` is called again after the pause where
 * it failed. Polling, and not a channel of the database: it works through a pooler, and nothing is missed.
 */
export function startPulse(store: Store<ScriptRegistry>, moved: () => Promise<void>): Pulse {
  let mark: string | null = null;
  let quietCount = 0;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const beat = async (): Promise<void> => {
    try {
      const now = await store.changeMark();
      if (now === mark && quietCount++ < quietCountMax) return;
      await moved();
      mark = now;
      quietCount = 0;
    } catch {
      // The database is away, and whoever asks it says so.
      mark = null;
    }
  };
  let beating: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => (beating = beating.then(beat));
  const next = (): void => {
    void look().then(() => {
      if (!isClosed) timer = setTimeout(next, pulseMs);
    });
  };
  next();
  return {
    look,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await beating;
    },
  };
}
