import type { Report } from '../../client/webhooks/reception.ts';
import { count } from '../table.ts';

/** What a run has received so far. */
export interface Tally {
  readonly deliveries: number;
  readonly verified: number;
  readonly failed: number;
  readonly unchecked: number;
  /** Deliveries that repeat an event. */
  readonly repeats: number;
  /** Requests that never became a delivery. */
  readonly refused: number;
}

export const emptyTally: Tally = {
  deliveries: 0,
  verified: 0,
  failed: 0,
  unchecked: 0,
  repeats: 0,
  refused: 0,
};

export function withReport(tally: Tally, { verdict, occurrence }: Report): Tally {
  return {
    ...tally,
    deliveries: tally.deliveries + 1,
    [verdict.outcome]: tally[verdict.outcome] + 1,
    repeats: tally.repeats + (occurrence !== null && occurrence.attempt > 1 ? 1 : 0),
  };
}

/** `12 deliveries: 10 verified, 2 refused; 3 were repeats.` */
export function tallyWords(tally: Tally): string {
  const { deliveries, verified, failed, unchecked, repeats, refused } = tally;
  const parts = [
    ...(verified > 0 ? [`${count(verified)} verified`] : []),
    ...(failed > 0 ? [`${count(failed)} failed to verify`] : []),
    ...(unchecked > 0 ? [`${count(unchecked)} not checked`] : []),
  ];
  const all = `${count(deliveries)} ${deliveries === 1 ? 'delivery' : 'deliveries'}`;
  const what = parts.length === 0 ? all : `${all}: ${parts.join(', ')}`;
  const again = repeats > 0 ? `; ${count(repeats)} repeated an event` : '';
  const none = refused > 0 ? `; ${count(refused)} other ${refused === 1 ? 'request' : 'requests'}` : '';
  return `${what}${again}${none}.`;
}
