import type { SyndicationStatus } from '../../store/syndication-rows.ts';

/**
 * | | start | stop | push | finish | fail |
 * | --- | --- | --- | --- | --- | --- |
 * | PENDING: waits for its turn | PENDING | DISABLED | SYNCING | — | FAILED |
 * | SYNCING: members are being sent, or counts waited for | SYNCING | DISABLED | SYNCING | COMPLETED | FAILED |
 * | COMPLETED: the other seller has all of it | PENDING | DISABLED | SYNCING | COMPLETED | FAILED |
 * | FAILED: nothing is sent until something changes | PENDING | DISABLED | SYNCING | — | FAILED |
 * | DISABLED: nothing is sent | PENDING | DISABLED | — | — | — |
 *
 * `start` and `stop` are asked for by a buyer, the others happen to a push. A dash is an event that came too late to matter.
 */
export type SyndicationEvent = 'start' | 'stop' | 'push' | 'finish' | 'fail';

const table: Readonly<
  Record<SyndicationStatus, Readonly<Record<SyndicationEvent, SyndicationStatus | null>>>
> = {
  PENDING: { start: 'PENDING', stop: 'DISABLED', push: 'SYNCING', finish: null, fail: 'FAILED' },
  SYNCING: { start: 'SYNCING', stop: 'DISABLED', push: 'SYNCING', finish: 'COMPLETED', fail: 'FAILED' },
  COMPLETED: { start: 'PENDING', stop: 'DISABLED', push: 'SYNCING', finish: 'COMPLETED', fail: 'FAILED' },
  FAILED: { start: 'PENDING', stop: 'DISABLED', push: 'SYNCING', finish: null, fail: 'FAILED' },
  DISABLED: { start: 'PENDING', stop: 'DISABLED', push: null, finish: null, fail: null },
};

/** The state after the event; null: the event changes nothing. */
export function nextStatus(status: SyndicationStatus, event: SyndicationEvent): SyndicationStatus | null {
  return table[status][event];
}
