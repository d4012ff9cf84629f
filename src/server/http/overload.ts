import type { Clock } from '../../base/clock.ts';

export interface OverloadWatch {
  /** The thread that answers is behind by more than the bound, or was within the last moments. */
  readonly isOverloaded: () => boolean;
  close(): void;
}

/** For a server whose callers work in its own thread: they would be sent away for the time that they take themselves. */
export const neverOverloaded: OverloadWatch = { isOverloaded: () => false, close: () => undefined };

/** A caller whose call waited for longer than this would do better to come again. */
const delayMsMax = 500;
/** How often is looked, and for how long a bad look counts. */
const sampleMs = 250;
/** How often the timer ticks whose lateness is measured: the error of the measurement. */
const tickMs = 50;

/**
 * Watches how late the event loop is, by how late its own timer is. Node's histogram of the same forgets its last tick when it is
 * emptied, and with it a long step, whenever this timer comes first after the step.
 */
export function watchOverload(clock: Pick<Clock, 'monotonic'>): OverloadWatch {
  let isBehind = false;
  let tickedAtMs = clock.monotonic();
  let lookedAtMs = tickedAtMs;
  let lateMs = 0;
  const timer = setInterval(() => {
    const nowMs = clock.monotonic();
    lateMs = Math.max(lateMs, nowMs - tickedAtMs - tickMs);
    tickedAtMs = nowMs;
    if (nowMs - lookedAtMs < sampleMs) return;
    isBehind = lateMs > delayMsMax;
    lookedAtMs = nowMs;
    lateMs = 0;
  }, tickMs);
  timer.unref();
  return { isOverloaded: () => isBehind, close: () => clearInterval(timer) };
}
