import type { GroupTrace, WriteReply } from './commit-group.ts';

/** What the main thread sends to the writer thread. Order of sending is order of effect. */
export type ToWriter =
  | { readonly kind: 'write'; readonly id: number; readonly name: string; readonly input: unknown }
  /** Move the log into the database and cut it, so that what was deleted is in neither. */
  | { readonly kind: 'erase'; readonly id: number }
  | { readonly kind: 'close' };

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
  | { readonly kind: 'stopped' };

/** `workerData` of the writer thread. */
export interface WriterSetup {
  readonly rollcallStoreWriter: true;
  readonly databaseFile: string;
  /** Whatever the entry file needs to make its scripts. */
  readonly settings?: unknown;
}
