import type { Clock } from '../base/clock.ts';

/**
 * The time by which what is old may be deleted: what the wall clock showed when this process started, and the time that passed since, or
 * the wall clock itself where that is earlier. A clock that is set forward by a year for a minute must not cost a year of keys that
 * protect against doing a call twice. A process that was started under a wrong clock cannot know; one that slept deletes later.
 */
export function createPatientTime({ now, monotonic }: Clock): () => number {
  const startedAheadMs = now() - monotonic();
  return () => Math.min(now(), Math.round(monotonic() + startedAheadMs));
}
