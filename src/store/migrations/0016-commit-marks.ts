import type { Migration } from './migration.ts';

/** What tells a process over Postgres whether a commit has happened whose answer was lost. */
export const commitMarks: Migration = {
  number: 16,
  name: 'commit-marks',
  sql: `
CREATE TABLE commit_mark (
  -- A UUID, for as long as its process lives.
  writer TEXT PRIMARY KEY,
  -- Of its newest commit.
  commit_no INTEGER NOT NULL,
  -- By the clock of the database.
  written_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
