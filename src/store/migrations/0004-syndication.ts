import type { Migration } from './migration.ts';

/** Audiences that are pushed on to other sellers: the identifiers to forward, whom to push to, and how far each push is. */
export const syndication: Migration = {
  number: 4,
  name: 'syndication',
  sql: `
-- An account has a row while forwarding is on. Without the key, which is nowhere else, no row of forward_operation opens again.
CREATE TABLE forwarding (
  account_no INTEGER PRIMARY KEY REFERENCES account (account_no),
  -- A new one each time that forwarding is switched on.
  key_id TEXT NOT NULL UNIQUE,
  -- Thirty-two random bytes, sealed under a key of the node's secret.
  wrapped_key BLOB NOT NULL,
  since INTEGER NOT NULL
) STRICT;

-- Members with their identifiers, sealed under the account's key. Base pieces hold the members after op_seq, in place of older rows.
CREATE TABLE forward_operation (
  account_no INTEGER NOT NULL REFERENCES forwarding (account_no),
  audience_no INTEGER NOT NULL,
  op_seq INTEGER NOT NULL,
  piece_no INTEGER NOT NULL,
  is_base INTEGER NOT NULL CHECK (is_base IN (0, 1)),
  byte_count INTEGER NOT NULL,
  -- The blob comes last, so that the columns before it are read without it.
  sealed BLOB NOT NULL,
  PRIMARY KEY (account_no, audience_no, op_seq, piece_no),
  FOREIGN KEY (account_no, audience_no) REFERENCES audience (account_no, audience_no)
) STRICT;

CREATE TABLE sales_agent (
  account_no INTEGER NOT NULL REFERENCES account (account_no),
  agent_id TEXT NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  protocol TEXT NOT NULL CHECK (protocol IN ('mcp', 'a2a')),
  -- The account's id at the other seller.
  remote_account_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- The other seller's key, sealed; NULL where it asks for none.
  credential BLOB,
  PRIMARY KEY (account_no, agent_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE syndication (
  account_no INTEGER NOT NULL REFERENCES account (account_no),
  syndication_id TEXT NOT NULL,
  audience_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  status TEXT NOT NULL CHECK (status IN ('PENDING', 'SYNCING', 'COMPLETED', 'FAILED', 'DISABLED')),
  -- The life of the audience that the numbers below speak of; NULL before the first push.
  audience_no INTEGER,
  -- The other seller has the audience as it was after this operation. 0: it has nothing; -1: something of which nobody knows what.
  cursor_seq INTEGER NOT NULL DEFAULT 0,
  -- The push under way leads to this operation; 0: none is. Of its changes, done_count were acknowledged.
  target_seq INTEGER NOT NULL DEFAULT 0,
  done_count INTEGER NOT NULL DEFAULT 0,
  -- Members in one call, as many as the other seller took last.
  chunk_size INTEGER NOT NULL,
  -- Part of every request key, so that a new start is no replay of old answers.
  restart_count INTEGER NOT NULL DEFAULT 0,
  -- Newest operation of the audience when a push failed; what is newer is a reason to try again.
  failed_seq INTEGER,
  error TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  completed_at INTEGER,
  -- What the other seller answered, sealed.
  response BLOB,
  PRIMARY KEY (account_no, syndication_id),
  FOREIGN KEY (account_no, agent_id) REFERENCES sales_agent (account_no, agent_id),
  CHECK ((status = 'DISABLED') = (enabled = 0))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX syndication_by_pair ON syndication (account_no, audience_id, agent_id);
`,
};
