import { migrations } from '../migrations/index.ts';
import { schemaStatements } from '../sqlite/schema-statements.ts';

const header = `-- The schema of a data directory's rollcall.db, as all migrations leave it.
-- Written by scripts/write-schema.ts; a test compares the two.
`;

/** The text of docs/reference/schema.sql: every table and index in the order in which they were made. */
export function schemaText(): string {
  return [header, ...schemaStatements(migrations).sql.map((sql) => `${sql};\n`)].join('\n');
}
