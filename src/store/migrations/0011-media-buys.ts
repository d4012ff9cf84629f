import type { Migration } from './migration.ts';

/** Buys, their packages, and the audiences that packages lean on. */
export const mediaBuys: Migration = {
  number: 11,
  name: 'media-buys',
  sql: `
CREATE TABLE media_buy (
  account_no INTEGER NOT NULL REFERENCES account (account_no),
  buy_no INTEGER NOT NULL UNIQUE,
  media_buy_id TEXT NOT NULL UNIQUE,
  start_at INTEGER NOT NULL,
  end_at INTEGER NOT NULL,
  paused INTEGER NOT NULL DEFAULT 0,
  canceled_at INTEGER,
  rejected_at INTEGER,
  confirmed_at INTEGER,
  PRIMARY KEY (account_no, buy_no)
) STRICT;
CREATE TABLE media_package (
  account_no INTEGER NOT NULL,
  package_no INTEGER NOT NULL UNIQUE,
  package_id TEXT NOT NULL UNIQUE,
  buy_no INTEGER NOT NULL,
  paused INTEGER NOT NULL DEFAULT 0,
  canceled_at INTEGER,
  PRIMARY KEY (account_no, package_no)
) STRICT;
CREATE TABLE package_audience (
  account_no INTEGER NOT NULL,
  package_no INTEGER NOT NULL,
  audience_no INTEGER NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('include', 'exclude')),
  PRIMARY KEY (account_no, package_no, audience_no, side)
) STRICT, WITHOUT ROWID;
`,
};
