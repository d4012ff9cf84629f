import type { Migration } from './migration.ts';

/** Media buys, their packages and what they lean on; and since when an audience is suspended. */
export const mediaBuys: Migration = {
  number: 11,
  name: 'media-buys',
  sql: `
-- Both stay while the suspension lasts. The code is AdCP's word for why (enums/impairment-reason-code.json).
ALTER TABLE audience ADD COLUMN suspended_at INTEGER;
ALTER TABLE audience ADD COLUMN suspended_code TEXT;
UPDATE audience SET suspended_at = updated_at, suspended_code = 'seller_removed' WHERE suspended_reason IS NOT NULL;

CREATE TABLE media_buy (
  account_no INTEGER NOT NULL REFERENCES account (account_no),
  buy_no INTEGER NOT NULL UNIQUE,
  media_buy_id TEXT NOT NULL UNIQUE,
  principal_no INTEGER NOT NULL REFERENCES principal (principal_no),
  -- Counts the changes; a caller that names an older one is told so.
  revision INTEGER NOT NULL CHECK (revision >= 1),
  -- The state follows from these and the clock.
  start_at INTEGER NOT NULL,
  end_at INTEGER NOT NULL,
  paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
  canceled_at INTEGER,
  rejected_at INTEGER,
  confirmed_at INTEGER,
  currency TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  -- Sealed: the buyer's own words.
  document BLOB NOT NULL,
  PRIMARY KEY (account_no, buy_no),
  CHECK (start_at <= end_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_buy_of_caller ON media_buy (account_no, principal_no, buy_no);

CREATE TABLE media_package (
  account_no INTEGER NOT NULL,
  package_no INTEGER NOT NULL UNIQUE,
  package_id TEXT NOT NULL UNIQUE,
  buy_no INTEGER NOT NULL,
  product_id TEXT NOT NULL,
  budget_micros INTEGER NOT NULL CHECK (budget_micros >= 0),
  -- Price of a thousand impressions in millionths of the buy's currency.
  rate_micros INTEGER NOT NULL CHECK (rate_micros >= 0),
  paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
  canceled_at INTEGER,
  -- NULL: with the buy.
  start_at INTEGER,
  end_at INTEGER,
  -- Sealed: the buyer's own words, the overlay among them.
  document BLOB NOT NULL,
  PRIMARY KEY (account_no, package_no),
  FOREIGN KEY (account_no, buy_no) REFERENCES media_buy (account_no, buy_no) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX media_package_of_buy ON media_package (account_no, buy_no, package_no);

-- The life of the audience that was there when the package was made or changed: another life under the same id is another audience.
CREATE TABLE package_audience (
  account_no INTEGER NOT NULL,
  package_no INTEGER NOT NULL,
  audience_no INTEGER NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('include', 'exclude')),
  PRIMARY KEY (account_no, package_no, audience_no, side),
  FOREIGN KEY (account_no, package_no) REFERENCES media_package (account_no, package_no) ON DELETE CASCADE,
  FOREIGN KEY (account_no, audience_no) REFERENCES audience (account_no, audience_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX package_audience_by_audience ON package_audience (account_no, audience_no);

CREATE TABLE package_delivery (
  account_no INTEGER NOT NULL,
  package_no INTEGER NOT NULL,
  -- In UTC: YYYY-MM-DD.
  day TEXT NOT NULL,
  impressions INTEGER NOT NULL DEFAULT 0,
  clicks INTEGER NOT NULL DEFAULT 0,
  spend_micros INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account_no, package_no, day),
  FOREIGN KEY (account_no, package_no) REFERENCES media_package (account_no, package_no) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What a caller's tests set up for itself; nothing is here unless the test controller is served.
CREATE TABLE seeded_product (
  principal_no INTEGER NOT NULL REFERENCES principal (principal_no),
  product_id TEXT NOT NULL,
  -- Sealed.
  document BLOB NOT NULL,
  PRIMARY KEY (principal_no, product_id)
) STRICT, WITHOUT ROWID;
-- How the caller's next create_media_buy is answered.
CREATE TABLE forced_answer (
  principal_no INTEGER NOT NULL PRIMARY KEY REFERENCES principal (principal_no),
  task_id TEXT NOT NULL,
  -- Sealed: what is said to the caller.
  message BLOB
) STRICT;

-- A task may be that of a buy. A check cannot be changed in place, so the tables are written anew, children first.
CREATE TABLE next_task (
  account_no INTEGER NOT NULL,
  task_id TEXT NOT NULL UNIQUE,
  principal_no INTEGER NOT NULL REFERENCES principal (principal_no),
  task_type TEXT NOT NULL CHECK (task_type IN ('sync_audiences', 'sync_accounts', 'create_media_buy')),
  status TEXT NOT NULL CHECK (status IN ('submitted', 'working', 'completed', 'failed')),
  generation TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  completed_at INTEGER,
  has_webhook INTEGER NOT NULL CHECK (has_webhook IN (0, 1)),
  audience_total INTEGER NOT NULL,
  audience_done INTEGER NOT NULL CHECK (audience_done <= audience_total),
  member_total INTEGER NOT NULL DEFAULT 0,
  member_done INTEGER NOT NULL DEFAULT 0,
  -- Sealed: both may hold the caller's own words.
  context BLOB,
  outcome BLOB,
  PRIMARY KEY (account_no, task_id)
) STRICT;
INSERT INTO next_task SELECT account_no, task_id, principal_no, task_type, status, generation, created_at, updated_at,
  completed_at, has_webhook, audience_total, audience_done, member_total, member_done, context, outcome FROM task;
CREATE TABLE next_task_part (
  account_no INTEGER NOT NULL,
  task_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  audience_no INTEGER,
  op_seq INTEGER,
  state TEXT NOT NULL CHECK (state IN ('pending', 'changed', 'unchanged', 'failed')),
  PRIMARY KEY (account_no, task_id, position),
  FOREIGN KEY (account_no, task_id) REFERENCES next_task (account_no, task_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO next_task_part SELECT account_no, task_id, position, audience_no, op_seq, state FROM task_part;
DROP TABLE task_part;
DROP TABLE task;
ALTER TABLE next_task RENAME TO task;
ALTER TABLE next_task_part RENAME TO task_part;
CREATE INDEX task_by_principal ON task (principal_no, created_at, task_id);
`,
};
