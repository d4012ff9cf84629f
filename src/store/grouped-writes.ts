/** Writes that share a commit, and what becomes of each. */
import type { Script } from './script.ts';
import type { LeaseFence } from './writer-messages.ts';
import { unavailable, type StoreTrace, type WireFault } from './wire-fault.ts';

/** One write of a group. `start` begins its script anew. */
export interface GroupedWrite {
  readonly id: number;
  readonly name: string;
  readonly start: () => Script<unknown>;
  /** Refused when this lease has another holder. */
  readonly lease?: LeaseFence;
}

export type WriteReply =
  | { readonly id: number; readonly ok: true; readonly output: unknown }
  | { readonly id: number; readonly ok: false; readonly fault: WireFault };

/** Of the script that was running, or of none when it was the commit itself. */
export type GroupTrace = StoreTrace;

/** Replies for writes that were never tried, because the writer had already stopped. */
export function refuseAll(writes: readonly { readonly id: number }[]): readonly WriteReply[] {
  return writes.map(({ id }) => ({ id, ok: false, fault: unavailable() }));
}
