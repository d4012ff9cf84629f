import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { assert } from '../../base/assert.ts';
import type { Script, SqlRow, Statement, StatementResult } from '../script.ts';

/** Statements are file-level constants, so this many are never reached by honest code. */
const preparedStatementCountMax = 2_000;

const noRows: readonly SqlRow[] = [];

interface Prepared {
  readonly statement: StatementSync;
  readonly givesRows: boolean;
}

/** Runs scripts to their end on one connection. Says nothing about transactions: its caller opens one. */
export interface ScriptRunner {
  run<T>(script: Script<T>): T;
}

/**
 * Hands each statement of a script to SQLite and its rows back to the script. A statement that fails
 * ends the script: it cannot catch the error, because on Postgres the transaction would be lost too.
 * Costs about a microsecond a statement above what SQLite takes.
 */
export function createScriptRunner(db: DatabaseSync): ScriptRunner {
  const cache = new Map<string, Prepared>();

  const prepare = (sql: string): Prepared => {
    const known = cache.get(sql);
    if (known !== undefined) return known;
    assert(cache.size < preparedStatementCountMax, () => 'a statement is built anew for each use');
    const statement = db.prepare(sql);
    const prepared = { statement, givesRows: statement.columns().length > 0 };
    cache.set(sql, prepared);
    return prepared;
  };

  const execute = ({ sql, params }: Statement): StatementResult => {
    const { statement, givesRows } = prepare(sql);
    if (!givesRows) return { rows: noRows, changes: Number(statement.run(...params).changes) };
    const rows = statement.all(...params) as unknown as readonly SqlRow[];
    return { rows, changes: rows.length };
  };

  return {
    run(script) {
      let step = script.next();
      while (step.done !== true) step = script.next(execute(step.value));
      return step.value;
    },
  };
}
