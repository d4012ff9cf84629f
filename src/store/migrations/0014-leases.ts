import type { Migration } from './migration.ts';

/** Who does what only one process may do, where several share a database. */
export const leases: Migration = {
  number: 14,
  name: 'leases',
  sql: `
CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  -- One more for each holder: whoever comes back with an older number is refused.
  lease_no INTEGER NOT NULL,
  -- By the clock of the database.
  held_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
