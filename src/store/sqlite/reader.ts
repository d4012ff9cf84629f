import { AppError } from '../../base/faults.ts';
import { must } from '../../base/assert.ts';
import type { Script } from '../script.ts';
import type { ScriptInput, ScriptOutput, ScriptRegistry } from '../store.ts';
import { openConnection } from './connection.ts';
import { dataDirectoryOf } from './data-directory.ts';
import { createScriptRunner } from './run-script.ts';
import { classifyError, fromWireFault, type ErrorTrace } from './wire-fault.ts';

/** An error that a caller was told nothing of, for the log. Holds no value of the data. */
export interface StoreTrace extends ErrorTrace {
  /** Name of the script, or null outside of one. */
  readonly script: string | null;
}

/** Reads on the calling thread. Opens its own connection, which cannot write. */
export interface SqliteReader<R extends ScriptRegistry> {
  /** Runs a reading script in one snapshot and returns at once: a small read costs some ten microseconds. */
  readNow<K extends keyof R & string>(name: K, input: ScriptInput<R, K>): ScriptOutput<R, K>;
  close(): void;
}

export interface ReaderOptions<R extends ScriptRegistry> {
  readonly dataDir: string;
  readonly scripts: R;
  readonly log?: (trace: StoreTrace) => void;
}

/** For threads beside the main one, once `openSqliteStore` has opened (and so migrated) the directory. */
export function openSqliteReader<R extends ScriptRegistry>(options: ReaderOptions<R>): SqliteReader<R> {
  const db = openConnection(dataDirectoryOf(options.dataDir).databaseFile, 'reader');
  const runner = createScriptRunner(db);

  const snapshot = <T>(script: Script<T>): T => {
    db.exec('BEGIN');
    try {
      return runner.run(script);
    } finally {
      if (db.isTransaction) db.exec('ROLLBACK');
    }
  };

  return {
    readNow(name, input) {
      if (!db.isOpen) throw new AppError('SERVICE_UNAVAILABLE');
      try {
        const script = options.scripts[name] as ((input: unknown) => Script<unknown>) | undefined;
        const start = must(script, () => 'every script is registered');
        return snapshot(start(input)) as ScriptOutput<R, typeof name>;
      } catch (error) {
        if (error instanceof AppError) throw error;
        const { fault, trace } = classifyError(error);
        if (trace !== undefined) options.log?.({ ...trace, script: name });
        throw fromWireFault(fault);
      }
    },
    close() {
      if (db.isOpen) db.close();
    },
  };
}
