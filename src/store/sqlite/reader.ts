import { AppError } from '../../base/faults.ts';
import { must } from '../../base/assert.ts';
import type { Script } from '../script.ts';
import type { ScriptInput, ScriptOutput, ScriptRegistry, StoreReader } from '../store.ts';
import { openConnection } from './connection.ts';
import { dataDirectoryOf } from './data-directory.ts';
import { createScriptRunner } from './run-script.ts';
import { classifyError, fromWireFault, type StoreTrace } from '../wire-fault.ts';

export interface ReaderOptions<R extends ScriptRegistry> {
  readonly dataDir: string;
  readonly scripts: R;
  readonly log?: (trace: StoreTrace) => void;
}

/** Opens a connection of its own, which cannot write; a small read costs some ten microseconds. For threads beside the main one, once `openSqliteStore` has opened (and so migrated) the directory. */
export function openSqliteReader<R extends ScriptRegistry>(options: ReaderOptions<R>): StoreReader<R> {
  const db = openConnection(dataDirectoryOf(options.dataDir).databaseFile, 'reader');
  const runner = createScriptRunner(db);

  const together = <T>(work: () => T): T => {
    db.exec('BEGIN');
    try {
      return work();
    } finally {
      if (db.isTransaction) db.exec('ROLLBACK');
    }
  };

  const guarded = <T>(script: string, work: () => T): T => {
    if (!db.isOpen) throw new AppError('SERVICE_UNAVAILABLE');
    try {
      return work();
    } catch (error) {
      if (error instanceof AppError) throw error;
      const { fault, trace } = classifyError(error);
      if (trace !== undefined) options.log?.({ ...trace, script });
      throw fromWireFault(fault);
    }
  };
  const runNamed = <K extends keyof R & string>(name: K, input: ScriptInput<R, K>): ScriptOutput<R, K> => {
    const script = options.scripts[name] as ((input: unknown) => Script<unknown>) | undefined;
    const start = must(script, () => 'every script is registered');
    return runner.run(start(input)) as ScriptOutput<R, K>;
  };

  return {
    readNow: (name, input) => guarded(name, () => together(() => runNamed(name, input))),
    readTogether: (work) => {
      if (!db.isOpen) throw new AppError('SERVICE_UNAVAILABLE');
      return together(() => work((name, input) => guarded(name, () => runNamed(name, input))));
    },
    close() {
      if (db.isOpen) db.close();
    },
  };
}
