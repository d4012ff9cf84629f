import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';

import type { Migration } from '../migrations/index.ts';
import { migrate } from './migrate.ts';

export interface SchemaStatements {
  /** Tables and indexes, in the order in which they were made. */
  readonly sql: readonly string[];
  /** What migrations put into tables. */
  readonly rows: readonly {
    readonly table: string;
    readonly row: Readonly<Record<string, SQLOutputValue>>;
  }[];
}

/** What all migrations together leave behind. */
export function schemaStatements(migrations: readonly Migration[]): SchemaStatements {
  const db = new DatabaseSync(':memory:');
  try {
    migrate(db, migrations, 0);
    const listed = db
      .prepare(
        `SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid`,
      )
      .all() as unknown as readonly { type: string; name: string; sql: string }[];
    const tables = listed.filter(({ type, name }) => type === 'table' && name !== 'schema_migration');
    return {
      sql: listed.map(({ sql }) => sql),
      rows: tables.flatMap(({ name: table }) =>
        db
          .prepare(`SELECT * FROM "${table}"`)
          .all()
          .map((row) => ({ table, row })),
      ),
    };
  } finally {
    db.close();
  }
}
