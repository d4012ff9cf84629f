/**
 * A script is one transaction written once for every database: a generator that yields statements and
 * is given their rows. SQLite runs it to its end inside its writer thread; Postgres awaits each statement.
 * Scripts hold no clock, no randomness and no I/O of their own, so that a retry gives the same answer.
 */
export type SqlValue = null | number | bigint | string | Uint8Array;
export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface Statement {
  /** One statement with `?` placeholders. A file-level constant: drivers prepare it once. Columns are listed, never `*`. */
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

export interface StatementResult {
  /** Rows of a query, or of a `RETURNING` clause; empty for a plain write. */
  readonly rows: readonly SqlRow[];
  /** Rows changed by a write. */
  readonly changes: number;
}

export type Script<T> = Generator<Statement, T, StatementResult>;

/** All rows. */
export function* all<Row = SqlRow>(sql: string, ...params: readonly SqlValue[]): Script<readonly Row[]> {
  const result = yield { sql, params };
  return result.rows as unknown as readonly Row[];
}

/** The first row, or undefined. */
export function* get<Row = SqlRow>(sql: string, ...params: readonly SqlValue[]): Script<Row | undefined> {
  const result = yield { sql, params };
  return result.rows[0] as unknown as Row | undefined;
}

/** Runs a write; gives the number of rows changed. */
export function* run(sql: string, ...params: readonly SqlValue[]): Script<number> {
  const result = yield { sql, params };
  return result.changes;
}
