import type { ClientBase, Pool } from 'pg';

import { must } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import type { Script } from '../script.ts';
import type { ScriptInput, ScriptOutput, ScriptRegistry } from '../store.ts';
import { fromWireFault, type StoreTrace } from '../wire-fault.ts';
import { classify, DatabaseError } from './faults.ts';
import { beginRead, plain, runScript } from './run-script.ts';

/** Reads are repeated as long as a session may have ended under them. */
const attemptCountMax = 3;
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
          return (await readOnce(pool, () => start(input))) as ScriptOutput<R, typeof name>;
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

async function readOnce<T>(pool: Pool, start: () => Script<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new DatabaseError(error);
  });
  let isUsable = false;
  try {
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

async function rolledBack(client: ClientBase): Promise<boolean> {
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}
