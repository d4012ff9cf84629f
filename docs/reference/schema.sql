-- The schema of a data directory's rollcall.db, as all migrations leave it.
-- Written by scripts/write-schema.ts; a test compares the two.

CREATE TABLE schema_migration (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sequence (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE principal (
  principal_no INTEGER PRIMARY KEY,
  principal_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
, proof TEXT NOT NULL DEFAULT 'key' CHECK (proof IN ('key', 'signed', 'both'))) STRICT;

CREATE TABLE account (
  account_no INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  brand_domain TEXT NOT NULL,
  -- Empty where the reference has none, so that the natural key has no NULL in it.
  brand_id TEXT NOT NULL DEFAULT '',
  operator TEXT NOT NULL,
  sandbox INTEGER NOT NULL CHECK (sandbox IN (0, 1)),
  status TEXT NOT NULL CHECK (
    status IN ('active', 'pending_approval', 'rejected', 'payment_required', 'suspended', 'closed')
  ),
  billing TEXT NOT NULL CHECK (billing IN ('operator', 'agent', 'advertiser')),
  created_at INTEGER NOT NULL,
  -- The caller that declared it; NULL when the seller made it.
  declared_by INTEGER REFERENCES principal (principal_no)
, description TEXT, updated_at INTEGER, buyer_settings TEXT) STRICT;

CREATE UNIQUE INDEX account_by_natural_key
  ON account (brand_domain, brand_id, operator, sandbox, ifnull(declared_by, 0))
  WHERE status <> 'closed';

CREATE INDEX account_by_declarer ON account (declared_by) WHERE declared_by IS NOT NULL;

CREATE TABLE principal_account (
  principal_no INTEGER NOT NULL REFERENCES principal (principal_no),
  account_no INTEGER NOT NULL REFERENCES account (account_no),
  PRIMARY KEY (principal_no, account_no)
) STRICT, WITHOUT ROWID;

CREATE INDEX principal_by_account ON principal_account (account_no, principal_no);

CREATE TABLE api_key (
  key_id TEXT PRIMARY KEY,
  principal_no INTEGER NOT NULL REFERENCES principal (principal_no),
  -- HMAC-SHA-256 under the pepper; the secret itself is nowhere.
  secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER
, scopes TEXT NOT NULL DEFAULT '["audiences:read","audiences:write","webhooks"]', allow_from TEXT NOT NULL DEFAULT '[]') STRICT, WITHOUT ROWID;

CREATE INDEX key_by_principal ON api_key (principal_no, key_id);

CREATE TABLE audience (
  account_no INTEGER NOT NULL REFERENCES account (account_no),
  audience_no INTEGER NOT NULL UNIQUE,
  audience_id TEXT NOT NULL,
  name TEXT,
  description TEXT,
  audience_type TEXT CHECK (audience_type IN ('crm', 'suppression', 'lookalike_seed')),
  tags TEXT,
  consent_basis TEXT CHECK (
    consent_basis IN ('consent', 'legitimate_interest', 'contract', 'legal_obligation')
  ),
  managed_by TEXT NOT NULL CHECK (managed_by IN ('buyer', 'seller')),
  state TEXT NOT NULL CHECK (state IN ('live', 'deleted')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  last_synced_at INTEGER,
  -- The newest operation accepted, and the newest one that the counts below include; 0 before the first.
  accepted_seq INTEGER NOT NULL DEFAULT 0,
  counted_seq INTEGER NOT NULL DEFAULT 0,
  counted_graph_version INTEGER,
  member_count INTEGER NOT NULL DEFAULT 0,
  matched_count INTEGER NOT NULL DEFAULT 0,
  breakdown TEXT,
  suspended_reason TEXT, failed_at INTEGER, suspended_at INTEGER, suspended_code TEXT, member_digest BLOB CHECK (length(member_digest) = 16),
  PRIMARY KEY (account_no, audience_no),
  CHECK ((state = 'deleted') = (deleted_at IS NOT NULL)),
  CHECK (counted_seq <= accepted_seq),
  CHECK (matched_count <= member_count)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX audience_live ON audience (account_no, audience_id) WHERE state = 'live';

CREATE INDEX audience_ever ON audience (account_no, audience_id);

CREATE TABLE operation (
  -- AUTOINCREMENT: the order of acceptance must not repeat a number after old rows are deleted.
  op_seq INTEGER PRIMARY KEY AUTOINCREMENT,
  account_no INTEGER NOT NULL,
  audience_no INTEGER NOT NULL,
  task_id TEXT,
  uploaded_count INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'folded', 'dropped')),
  accepted_at INTEGER NOT NULL,
  byte_count INTEGER NOT NULL, member_count INTEGER NOT NULL DEFAULT 0, attempt_count INTEGER NOT NULL DEFAULT 0, parked_at INTEGER, node_no INTEGER NOT NULL DEFAULT 0,
  FOREIGN KEY (account_no, audience_no) REFERENCES audience (account_no, audience_no)
) STRICT;

CREATE INDEX operation_by_audience ON operation (account_no, audience_no, op_seq);

CREATE INDEX operation_pending ON operation (op_seq) WHERE state = 'pending';

CREATE TABLE member_block (
  account_no INTEGER NOT NULL,
  audience_no INTEGER NOT NULL,
  block_no INTEGER NOT NULL,
  piece_no INTEGER NOT NULL,
  level INTEGER NOT NULL,
  seq_low INTEGER NOT NULL,
  seq_high INTEGER NOT NULL CHECK (seq_low <= seq_high),
  row_count INTEGER NOT NULL,
  byte_count INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (account_no, audience_no, block_no, piece_no),
  FOREIGN KEY (account_no, audience_no) REFERENCES audience (account_no, audience_no)
) STRICT;

CREATE TABLE matched_set (
  account_no INTEGER NOT NULL,
  audience_no INTEGER NOT NULL,
  counted_seq INTEGER NOT NULL,
  graph_version INTEGER NOT NULL,
  piece_no INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (account_no, audience_no, piece_no),
  FOREIGN KEY (account_no, audience_no) REFERENCES audience (account_no, audience_no)
) STRICT;

CREATE TABLE idempotency (
  account_no INTEGER NOT NULL,
  principal_no INTEGER NOT NULL REFERENCES principal (principal_no),
  request_key_hash BLOB NOT NULL,
  digest BLOB NOT NULL,
  operation_name TEXT NOT NULL,
  task_id TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  -- Sealed; NULL while the first call with the key is still running.
  response BLOB,
  PRIMARY KEY (account_no, principal_no, request_key_hash)
) STRICT;

CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

CREATE INDEX idempotency_by_task ON idempotency (account_no, task_id);

CREATE TABLE graph_piece (
  run_no INTEGER NOT NULL,
  piece_no INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (run_no, piece_no)
) STRICT;

CREATE TABLE graph_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  person_count INTEGER NOT NULL,
  base_run INTEGER,
  delta_run INTEGER,
  updated_at INTEGER NOT NULL,
  meta BLOB
) STRICT;

CREATE TABLE latency_sample (
  sample_no INTEGER PRIMARY KEY AUTOINCREMENT,
  matched_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE hidden_piece (
  account_no INTEGER NOT NULL,
  audience_no INTEGER NOT NULL,
  block_no INTEGER NOT NULL,
  piece_no INTEGER NOT NULL, node_no INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account_no, audience_no, block_no, piece_no),
  FOREIGN KEY (account_no, audience_no, block_no, piece_no)
    REFERENCES member_block (account_no, audience_no, block_no, piece_no) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE forwarding (
  account_no INTEGER PRIMARY KEY REFERENCES account (account_no),
  -- A new one each time that forwarding is switched on.
  key_id TEXT NOT NULL UNIQUE,
  -- Thirty-two random bytes, sealed under a key of the node's secret.
  wrapped_key BLOB NOT NULL,
  since INTEGER NOT NULL
) STRICT;

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

CREATE INDEX webhook_delivery_finished ON webhook_delivery (finished_at) WHERE finished_at IS NOT NULL;

CREATE INDEX webhook_delivery_by_task ON webhook_delivery (account_no, task_id);

CREATE INDEX webhook_delivery_waiting ON webhook_delivery (endpoint_no, next_attempt_at) WHERE state = 'waiting';

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

CREATE TABLE signature_nonce (
  nonce_hash BLOB PRIMARY KEY CHECK (length(nonce_hash) = 32),
  keyid_hash BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX signature_nonce_by_key ON signature_nonce (keyid_hash, expires_at);

CREATE INDEX signature_nonce_by_expiry ON signature_nonce (expires_at);

CREATE TABLE signature_nonce_count (
  keyid_hash BLOB PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_record (
  -- Without a gap.
  seq INTEGER PRIMARY KEY,
  -- Canonical JSON (RFC 8785): time, kind, actor, facts.
  record TEXT NOT NULL,
  -- HMAC-SHA-256 of the hash before and the record.
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE audit_start (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;

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

CREATE INDEX operation_parked ON operation (account_no, audience_no, op_seq) WHERE parked_at IS NOT NULL;

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

CREATE TABLE seeded_product (
  principal_no INTEGER NOT NULL REFERENCES principal (principal_no),
  product_id TEXT NOT NULL,
  -- Sealed.
  document BLOB NOT NULL,
  PRIMARY KEY (principal_no, product_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE forced_answer (
  principal_no INTEGER NOT NULL PRIMARY KEY REFERENCES principal (principal_no),
  task_id TEXT NOT NULL,
  -- Sealed: what is said to the caller.
  message BLOB
) STRICT;

CREATE TABLE "task" (
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

CREATE TABLE "task_part" (
  account_no INTEGER NOT NULL,
  task_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  audience_no INTEGER,
  op_seq INTEGER,
  state TEXT NOT NULL CHECK (state IN ('pending', 'changed', 'unchanged', 'failed')),
  PRIMARY KEY (account_no, task_id, position),
  FOREIGN KEY (account_no, task_id) REFERENCES "task" (account_no, task_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX task_by_principal ON task (principal_no, created_at, task_id);

CREATE TABLE impression_batch (
  -- Keyed hash of the id that the ad server gave it.
  batch_hash BLOB NOT NULL PRIMARY KEY CHECK (length(batch_hash) = 32),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  received_at INTEGER NOT NULL,
  -- JSON: what was answered.
  answer TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX impression_batch_by_age ON impression_batch (received_at);

CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  -- One more for each holder: whoever comes back with an older number is refused.
  lease_no INTEGER NOT NULL,
  -- By the clock of the database.
  held_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE node (
  -- AUTOINCREMENT: a number must not come back to a process that stood still while another had it.
  node_no INTEGER PRIMARY KEY AUTOINCREMENT,
  holder TEXT NOT NULL,
  -- By the clock of the database.
  held_until INTEGER NOT NULL
) STRICT;

CREATE TABLE commit_mark (
  -- A UUID, for as long as its process lives.
  writer TEXT PRIMARY KEY,
  -- Of its newest commit.
  commit_no INTEGER NOT NULL,
  -- By the clock of the database.
  written_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
