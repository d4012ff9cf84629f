import { DatabaseSync } from 'node:sqlite';

import { must } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import { migrations } from '../migrations/index.ts';
import type { Script } from '../script.ts';
import { commitGroup } from '../sqlite/commit-group.ts';
import { migrate } from '../sqlite/migrate.ts';
import { createScriptRunner } from '../sqlite/run-script.ts';
import { fromWireFault } from '../wire-fault.ts';
import type { ScriptOutput, ScriptRegistry, Store } from '../store.ts';

/** A store over a real database in memory, in the calling thread: for tests of scripts. Keeps every promise but durability. */
export function openMemoryStore<R extends ScriptRegistry>(scripts: R): Store<R> {
  const db = new DatabaseSync(':memory:');
  migrate(db, migrations, 0);
  const runner = createScriptRunner(db);
  const start = (name: string, input: unknown): Script<unknown> =>
    must(
      scripts[name] as ((input: unknown) => Script<unknown>) | undefined,
      () => 'a registered script',
    )(input);

  const runOne = <K extends keyof R & string>(name: K, input: unknown): ScriptOutput<R, K> => {
    if (!db.isOpen) throw new AppError('SERVICE_UNAVAILABLE');
    const [reply] = commitGroup(db, runner, [{ id: 1, name, start: () => start(name, input) }]).replies;
    if (reply?.ok === true) return structuredClone(reply.output) as ScriptOutput<R, K>;
    throw fromWireFault(must(reply, () => 'an answer').fault);
  };
  return {
    write: async (name, input) => runOne(name, structuredClone(input)),
    read: async (name, input) => runOne(name, input),
    // Nothing of it is in a file.
    eraseDeleted: async () => undefined,
    changeMark: async () => null,
    close: async () => db.close(),
  };
}
