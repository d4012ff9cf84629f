import type { Migration } from './migration.ts';

/** Notifications on their way to callers. A delivery is written with the sync that asks for it, and its body with the outcome. */
export const webhooks: Migration = {
  number: 5,
  name: 'webhooks',
  sql: `
-- One row a caller and address, so that an address's health outlives the deliveries to it.
CREATE TABLE webhook_endpoint (
  account_no INTEGER NOT NULL REFERENCES account (account_no),
  endpoint_no INTEGER NOT NULL UNIQUE,
  principal_no INTEGER NOT NULL REFERENCES principal (principal_no),
  -- Keyed: an address may hold a secret in its path or query.
  address_hash BLOB NOT NULL CHECK (length(address_hash) = 32),
  -- Sealed.
  address BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ok', 'failing', 'disabled')),
  created_at INTEGER NOT NULL,
  -- When the first of the failures since the last success was; NULL while it succeeds.
  failing_since INTEGER,
  last_success_at INTEGER,
  -- The receiver asked to be left alone until then; NULL: it did not.
  quiet_until INTEGER,
  PRIMARY KEY (account_no, endpoint_no)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX webhook_endpoint_by_address ON webhook_endpoint (account_no, principal_no, address_hash);

CREATE TABLE webhook_delivery (
  account_no INTEGER NOT NULL,
  delivery_no INTEGER NOT NULL UNIQUE,
  endpoint_no INTEGER NOT NULL,
  task_id TEXT NOT NULL,
  -- held: the call may yet be answered with the outcome itself, and then nothing is sent. armed: it was answered without.
  -- waiting: the outcome is there and is to be delivered. given_up: it was not delivered, for a reason.
  state TEXT NOT NULL CHECK (state IN ('held', 'armed', 'waiting', 'delivered', 'given_up')),
  created_at INTEGER NOT NULL,
  attempt_count INTEGER NOT NULL DEFAULT 0,
  -- NULL unless waiting.
  next_attempt_at INTEGER,
  -- When the outcome came, which is what the horizon of retries is counted from.
  released_at INTEGER,
  finished_at INTEGER,
  last_status INTEGER,
  last_reason TEXT,
  -- Sealed: what the caller asked for, its secrets among it.
  registration BLOB NOT NULL,
  -- Sealed: the exact text that every attempt sends; NULL before the outcome.
  body BLOB,
  PRIMARY KEY (account_no, delivery_no),
  FOREIGN KEY (account_no, endpoint_no) REFERENCES webhook_endpoint (account_no, endpoint_no),
  CHECK ((state = 'waiting') = (next_attempt_at IS NOT NULL)),
  CHECK ((state IN ('held', 'armed')) = (body IS NULL))
) STRICT;
-- Of what is over, the newest are asked for.
CREATE INDEX webhook_delivery_finished ON webhook_delivery (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX webhook_delivery_by_task ON webhook_delivery (account_no, task_id);
CREATE INDEX webhook_delivery_waiting ON webhook_delivery (endpoint_no, next_attempt_at) WHERE state = 'waiting';

-- Keys that notifications are signed with. The newest whose time has come signs; those before it stay published for a while.
CREATE TABLE signing_key (
  key_no INTEGER PRIMARY KEY,
  kid TEXT NOT NULL UNIQUE,
  -- A JWK.
  public_key TEXT NOT NULL,
  -- Sealed.
  private_key BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  signs_from INTEGER NOT NULL,
  -- NULL while it is the newest.
  published_until INTEGER
) STRICT;
`,
};
