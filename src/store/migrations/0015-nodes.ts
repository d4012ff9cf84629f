import type { Migration } from './migration.ts';

/** Which process does what, where several work on one database at the same time. */
export const nodes: Migration = {
  number: 15,
  name: 'nodes',
  sql: `
CREATE TABLE node (
  -- AUTOINCREMENT: a number must not come back to a process that stood still while another had it.
  node_no INTEGER PRIMARY KEY AUTOINCREMENT,
  holder TEXT NOT NULL,
  -- By the clock of the database.
  held_until INTEGER NOT NULL
) STRICT;

-- Who works on it; of nobody who lives: whoever looks after such things takes it up. 0: the one process of a file.
ALTER TABLE operation ADD COLUMN node_no INTEGER NOT NULL DEFAULT 0;
-- Who writes it out of sight; 0: nobody any more, it may be erased.
ALTER TABLE hidden_piece ADD COLUMN node_no INTEGER NOT NULL DEFAULT 0;
`,
};
