import type { ClientBase, Pool } from 'pg';

import { must } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import type { Script } from '../script.ts';
import type { ScriptInput, ScriptOutput, ScriptRegistry } from '../store.ts';
import { fromWireFault, type StoreTrace } from '../wire-fault.ts';
import { classify, DatabaseError } from './faults.ts';
import { beginRead, execute, plain, runScript } from './run-script.ts';

/** Reads are repeated as long as a session may have ended under them. */
const attemptCountMax = 3;
/** As `beginRead` has it, for a statement without a transaction. */
const statementMsMax = 30_000;
/** Which transactions are over and which are under way: what a snapshot is. Another one as soon as one begins to write or ends. */
const markSql = 'SELECT pg_current_snapshot()::text AS mark';

export interface AsyncReader<R extends ScriptRegistry> {
  read<K extends keyof R & string>(name: K, input: ScriptInput<R, K>): Promise<ScriptOutput<R, K>>;
  /** See Store. */
  changeMark(): Promise<string>;
}

export function createReader<R extends ScriptRegistry>(
  pool: Pool,
  scripts: R,
  log: ((trace: StoreTrace) => void) | undefined,
): AsyncReader<R> {
  const manySteps = new Set<string>();
  return {
    async changeMark() {
      const { rows } = await pool.query<{ mark: string }>(markSql).catch((error: unknown) => {
        throw fromWireFault(classify(new DatabaseError(error)).fault);
      });
      return must(rows[0], () => 'one row').mark;
    },
    async read(name, input) {
      const script = scripts[name] as ((input: unknown) => Script<unknown>) | undefined;
      const start = must(script, () => 'every script is registered');
      for (let attempt = 1; ; attempt++) {
        try {
          return (await readOnce(pool, () => start(input), name, manySteps)) as ScriptOutput<R, typeof name>;
        } catch (error) {
          if (error instanceof AppError) throw error;
          const { fault, effect, trace } = classify(error);
          if (effect === 'again' && attempt < attemptCountMax) continue;
          if (trace !== undefined) log?.({ ...trace, script: name });
          throw fromWireFault(fault);
        }
      }
    },
  };
}

/**
 * A script of one query sees one state of the database by itself: a transaction around it would be two journeys more. How many it has is
 * known when it has run; one that went on is begun again, and by its name remembered as one of `manySteps`. Scripts that read change
 * nothing, and give the same twice.
 */
async function readOnce<T>(
  pool: Pool,
  start: () => Script<T>,
  name: string,
  manySteps: Set<string>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new DatabaseError(error);
  });
  let isUsable = false;
  try {
    if (!manySteps.has(name)) {
      const one = await runOneQuery(client, start());
      isUsable = one !== null;
      if (one !== null) return one.output;
      manySteps.add(name);
    }
    await plain(client, beginRead);
    const output = await runScript(client, start());
    await plain(client, 'COMMIT');
    isUsable = true;
    return output;
  } catch (error) {
    isUsable = !classify(error).isSessionOver && (await rolledBack(client));
    throw error;
  } finally {
    client.release(!isUsable);
  }
}

/** Null: the script is not one query. Anything but a query is left to a transaction, which refuses to write. */
async function runOneQuery<T>(client: ClientBase, script: Script<T>): Promise<{ readonly output: T } | null> {
  let step = script.next();
  if (step.done !== true) {
    if (!/^\s*SELECT\b/i.test(step.value.sql)) return null;
    step = script.next(await execute(client, step.value, statementMsMax));
  }
  return step.done === true ? { output: step.value } : null;
}

async function rolledBack(client: ClientBase): Promise<boolean> {
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}
