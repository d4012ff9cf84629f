import type { Script } from './script.ts';
import type { LeaseFence } from './writer-messages.ts';

/** A named family of scripts: what one kind of transaction takes and gives. Inputs and outputs can be structured-cloned. */
export type ScriptRegistry = Readonly<Record<string, (input: never) => Script<unknown>>>;

export type ScriptInput<R extends ScriptRegistry, K extends keyof R> = Parameters<R[K]>[0];
export type ScriptOutput<R extends ScriptRegistry, K extends keyof R> =
  ReturnType<R[K]> extends Script<infer T> ? T : never;

/** Reads on the calling thread, which waits. For threads that compute. */
export interface StoreReader<R extends ScriptRegistry> {
  /** Runs a reading script in one snapshot and returns at once. */
  readNow<K extends keyof R & string>(name: K, input: ScriptInput<R, K>): ScriptOutput<R, K>;
  /** Several reads of one state, one after the other. Whoever holds it long holds up the moving of the log. */
  readTogether<T>(work: (read: StoreReader<R>['readNow']) => T): T;
  close(): void;
}

/** Where a store lives. Can be handed to another thread. */
export type StorePlace =
  | { readonly kind: 'sqlite'; readonly dataDir: string }
  /** `postgres://user:password@host/database`, a primary server's or a transaction-mode pooler's. */
  | { readonly kind: 'postgres'; readonly url: string };

/**
 * A durable home for small ordered rows and blobs, reached by named scripts.
 *
 * `write` runs a script as one serialisable transaction and resolves after it is on disk; scripts take
 * effect in the order in which `write` was called. A script that throws changes nothing; an AppError
 * reaches the caller as it was thrown, anything else as a fault that says nothing of the data.
 * Several writes may share one commit; each still succeeds or fails on its own.
 * `read` sees every write that resolved before it was called, by whatever process.
 */
export interface Store<R extends ScriptRegistry> {
  /** `lease`: refused, and nothing is changed, when it has another holder by then. Of one process there is no other. */
  write<K extends keyof R & string>(
    name: K,
    input: ScriptInput<R, K>,
    lease?: LeaseFence,
  ): Promise<ScriptOutput<R, K>>;
  read<K extends keyof R & string>(name: K, input: ScriptInput<R, K>): Promise<ScriptOutput<R, K>>;
  /**
   * Resolves when no byte of what was deleted before is left in any file of the store. Costs a checkpoint; rejects when readers do not
   * let go, and may be asked for again.
   */
  eraseDeleted(): Promise<void>;
  /** Another text whenever somebody may have written since; null where nobody but this process does. Costs next to nothing. */
  changeMark(): Promise<string | null>;
  close(): Promise<void>;
}
