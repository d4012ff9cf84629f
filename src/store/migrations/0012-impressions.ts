import type { Migration } from './migration.ts';

/** Reports of impressions that were counted, so that none is counted twice. */
export const impressions: Migration = {
  number: 12,
  name: 'impressions',
  sql: `
CREATE TABLE impression_batch (
  -- Keyed hash of the id that the ad server gave it.
  batch_hash BLOB NOT NULL PRIMARY KEY CHECK (length(batch_hash) = 32),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  received_at INTEGER NOT NULL,
  -- JSON: what was answered.
  answer TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX impression_batch_by_age ON impression_batch (received_at);
`,
};
