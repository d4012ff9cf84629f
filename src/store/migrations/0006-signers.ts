import type { Migration } from './migration.ts';

/** Callers that sign their requests: whose keys, what must be shown, and which signatures were seen. */
export const signers: Migration = {
  number: 6,
  name: 'signers',
  sql: `
-- What a caller must show of itself.
ALTER TABLE principal ADD COLUMN proof TEXT NOT NULL DEFAULT 'key' CHECK (proof IN ('key', 'signed', 'both'));

CREATE TABLE signer (
  signer_no INTEGER PRIMARY KEY,
  signer_id TEXT NOT NULL UNIQUE,
  principal_no INTEGER NOT NULL REFERENCES principal (principal_no),
  name TEXT NOT NULL,
  -- Where its keys are; NULL: they are in signer_key.
  jwks_url TEXT,
  -- Nonces of one key that may be alive at once.
  replay_cap INTEGER NOT NULL CHECK (replay_cap > 0),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX signer_by_principal ON signer (principal_no);

CREATE TABLE signer_key (
  keyid TEXT PRIMARY KEY,
  signer_no INTEGER NOT NULL REFERENCES signer (signer_no) ON DELETE CASCADE,
  -- A JWK, public.
  jwk TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signer_key_by_signer ON signer_key (signer_no);

CREATE TABLE revoked_keyid (
  keyid TEXT PRIMARY KEY,
  revoked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Hashes of what was used: a nonce is a caller's own word.
CREATE TABLE signature_nonce (
  nonce_hash BLOB PRIMARY KEY CHECK (length(nonce_hash) = 32),
  keyid_hash BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signature_nonce_by_key ON signature_nonce (keyid_hash, expires_at);
CREATE INDEX signature_nonce_by_expiry ON signature_nonce (expires_at);

-- How many a key has, so that nothing is counted at each call.
CREATE TABLE signature_nonce_count (
  keyid_hash BLOB PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
