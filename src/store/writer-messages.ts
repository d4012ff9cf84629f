import type { GroupTrace, WriteReply } from './grouped-writes.ts';
import type { StorePlace } from './store.ts';

/** What the main thread sends to the writer thread. Order of sending is order of effect. */
export type ToWriter = Asked | { readonly kind: 'fence'; readonly fence: Fence };

export type Asked =
  | {
      readonly kind: 'write';
      readonly id: number;
      readonly name: string;
      readonly input: unknown;
      /** Refused when this lease has another holder by then. */
      readonly lease?: LeaseFence;
    }
  /** Move the log into the database and cut it, so that what was deleted is in neither. */
  | { readonly kind: 'erase'; readonly id: number }
  | { readonly kind: 'close' };

/** A lease by its name and the number of its holder. */
export interface LeaseFence {
  readonly kind: 'lease';
  readonly name: string;
  readonly leaseNo: number;
}

/**
 * What a process writes under: its lease of the whole database, or its place among those that work on it. Once that is somebody else's,
 * or struck off, nothing is written any more. Postgres only, as a file has one process.
 */
export type Fence = LeaseFence | { readonly kind: 'node'; readonly nodeNo: number };

/** What the writer thread sends back. */
export type FromWriter =
  | { readonly kind: 'ready' }
  | { readonly kind: 'cannot_open'; readonly message: string }
  | {
      readonly kind: 'group';
      readonly replies: readonly WriteReply[];
      readonly traces: readonly GroupTrace[];
    }
  | { readonly kind: 'erased'; readonly id: number; readonly done: boolean }
  /** The database can no longer be trusted; nothing is written any more. */
  | { readonly kind: 'stopped'; readonly reason?: string };

/** `workerData` of the writer thread. */
export interface WriterSetup {
  readonly rollcallStoreWriter: true;
  readonly place: StorePlace;
  /** Whatever the entry file needs to make its scripts. */
  readonly settings?: unknown;
}
