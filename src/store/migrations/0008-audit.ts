import type { Migration } from './migration.ts';

/** What was done, by whom and when: added to, never changed. */
export const audit: Migration = {
  number: 8,
  name: 'audit',
  sql: `
CREATE TABLE audit_record (
  -- Without a gap.
  seq INTEGER PRIMARY KEY,
  -- Canonical JSON (RFC 8785): time, kind, actor, facts.
  record TEXT NOT NULL,
  -- HMAC-SHA-256 of the hash before and the record.
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- Where the chain begins: records up to here were forgotten in their time. The hash is that of the last one.
CREATE TABLE audit_start (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;
INSERT INTO audit_start (id, seq, hash) VALUES (1, 0, zeroblob(32));

CREATE TABLE audit_checkpoint (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  hash BLOB NOT NULL,
  -- Ed25519 over the three.
  signature BLOB NOT NULL
) STRICT;

CREATE TRIGGER audit_record_stays BEFORE UPDATE ON audit_record BEGIN
  SELECT RAISE(ABORT, 'audit records are not changed');
END;
CREATE TRIGGER audit_record_is_kept BEFORE DELETE ON audit_record
WHEN old.seq > (SELECT seq FROM audit_start) BEGIN
  SELECT RAISE(ABORT, 'audit records are not deleted');
END;
CREATE TRIGGER audit_checkpoint_stays BEFORE UPDATE ON audit_checkpoint BEGIN
  SELECT RAISE(ABORT, 'audit checkpoints are not changed');
END;
`,
};
