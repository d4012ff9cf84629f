import { DatabaseSync } from 'node:sqlite';

import { migrations } from '../migrations/index.ts';
import { migrate } from '../sqlite/migrate.ts';

const header = `-- The schema of a data directory's rollcall.db, as all migrations leave it.
-- Written by scripts/write-schema.ts; a test compares the two.
`;

/** The text of docs/reference/schema.sql: every table and index in the order in which they were made. */
export function schemaText(): string {
  const db = new DatabaseSync(':memory:');
  migrate(db, migrations, 0);
  const rows = db
    .prepare(
      `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid`,
    )
    .all();
  db.close();
  return [header, ...rows.map(({ sql }) => `${String(sql)};\n`)].join('\n');
}
