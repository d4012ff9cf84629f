/** Whether a server can take requests, as whoever shares them out between servers is told. */
import type { Clock } from '../base/clock.ts';

export interface ReadinessParts {
  /** Answers while the database does; of an embedded one nobody asks. */
  readonly probe: (() => Promise<unknown>) | null;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** For tests. */
  readonly probeMs?: number;
  readonly silentMsMax?: number;
}

export interface Readiness {
  /** Null, or why not, in fixed words. */
  notReady(): string | null;
  /** Everything is open. */
  begin(): void;
  /** The server is about to end, and takes requests a little longer. */
  drain(): void;
  close(): void;
}

/** The database is asked so often, and may say nothing for so long: together below five seconds. */
const probeMsDefault = 1_000;
const silentMsMaxDefault = 3_500;

export function createReadiness({
  probe,
  clock,
  probeMs = probeMsDefault,
  silentMsMax = silentMsMaxDefault,
}: ReadinessParts): Readiness {
  let state: 'starting' | 'open' | 'stopping' = 'starting';
  let heardAtMs = clock.monotonic();
  let isAsking = false;
  const ask = async (): Promise<void> => {
    if (probe === null || isAsking) return;
    isAsking = true;
    try {
      await probe();
      heardAtMs = clock.monotonic();
    } catch {
      // It may be back at the next look; until then the time since the last answer tells.
    } finally {
      isAsking = false;
    }
  };
  const timer = setInterval(() => void ask(), probeMs);
  timer.unref();
  const isSilent = (): boolean => probe !== null && clock.monotonic() - heardAtMs > silentMsMax;
  return {
    notReady() {
      if (state !== 'open') return state;
      return isSilent() ? 'the database does not answer' : null;
    },
    begin() {
      state = 'open';
      heardAtMs = clock.monotonic();
    },
    drain() {
      state = 'stopping';
    },
    close() {
      state = 'stopping';
      clearInterval(timer);
    },
  };
}
