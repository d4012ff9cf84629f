import { createHash } from 'node:crypto';

import { receiveLimits } from './receive-limits.ts';

/** What is known of an event when a delivery of it arrives. */
export interface Occurrence {
  /** 1 for the first delivery. */
  readonly attempt: number;
  /** Whether the body is byte for byte that of the first delivery, as AdCP asks. */
  readonly isSameBody: boolean;
  /** Since the delivery before; null for the first. */
  readonly sincePreviousMs: number | null;
}

export interface SeenEvent {
  /** Keeps the keys of one sender apart from those of another. */
  readonly sender: string;
  readonly idempotencyKey: string;
  readonly body: Uint8Array;
  readonly atMs: number;
}

export interface EventMemory {
  /** Notes a delivery and tells what is known of its event. */
  see(event: SeenEvent): Occurrence;
}

interface Kept {
  readonly digest: string;
  attempts: number;
  seenAtMs: number;
}

/** Recognises repetitions by their idempotency key. Forgets the events that were seen longest ago. */
export function createEventMemory(countMax: number = receiveLimits.rememberedEventCountMax): EventMemory {
  const events = new Map<string, Kept>();
  return {
    see({ sender, idempotencyKey, body, atMs }) {
      const name = JSON.stringify([sender, idempotencyKey]);
      const digest = createHash('sha256').update(body).digest('base64');
      const known = events.get(name);
      events.delete(name);
      const kept = known ?? { digest, attempts: 0, seenAtMs: atMs };
      const sincePreviousMs = known === undefined ? null : Math.max(0, atMs - known.seenAtMs);
      kept.attempts += 1;
      kept.seenAtMs = atMs;
      events.set(name, kept);
      for (const oldest of events.keys()) {
        if (events.size <= countMax) break;
        events.delete(oldest);
      }
      return { attempt: kept.attempts, isSameBody: kept.digest === digest, sincePreviousMs };
    },
  };
}
