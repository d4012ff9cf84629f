import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface OverloadWatch {
  /** The thread that answers is behind by more than the bound, and was so at the last look too. */
  readonly isOverloaded: () => boolean;
  close(): void;
}

/** A caller whose call waited for longer than this would do better to come again. */
const delayMsMax = 500;
/** How often is looked, and for how long a bad look counts. */
const sampleMs = 250;
const resolutionMs = 20;

/** Watches how late the event loop is. */
export function watchOverload(): OverloadWatch {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  // One long step is over by the time that it is seen: only a server that stays behind gains by sending callers away.
  let wasBehind = false;
  let isBehind = false;
  const timer = setInterval(() => {
    const isLate = delays.max / 1e6 > delayMsMax;
    isBehind = isLate && wasBehind;
    wasBehind = isLate;
    delays.reset();
  }, sampleMs);
  timer.unref();
  return {
    isOverloaded: () => isBehind,
    close() {
      clearInterval(timer);
      delays.disable();
    },
  };
}
