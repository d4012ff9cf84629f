import { all, get, run, type Script } from './script.ts';

export interface SignerRow {
  readonly signerNo: number;
  readonly signerId: string;
  readonly principalNo: number;
  readonly principalId: string;
  readonly proof: 'key' | 'signed' | 'both';
  readonly name: string;
  readonly jwksUrl: string | null;
  readonly replayCap: number;
  readonly createdAt: number;
}

const columns = `s.signer_no AS signerNo, s.signer_id AS signerId, s.principal_no AS principalNo, p.principal_id AS principalId,
  p.proof, s.name, s.jwks_url AS jwksUrl, s.replay_cap AS replayCap, s.created_at AS createdAt`;
const list = `SELECT ${columns} FROM signer s JOIN principal p ON p.principal_no = s.principal_no ORDER BY s.signer_no`;
const insert = `INSERT INTO signer (signer_id, principal_no, name, jwks_url, replay_cap, created_at) VALUES (?, ?, ?, ?, ?, ?)
  RETURNING signer_no AS signerNo`;
const remove = `DELETE FROM signer WHERE signer_id = ?`;
const keys = `SELECT keyid, signer_no AS signerNo, jwk FROM signer_key ORDER BY keyid`;
const insertKey = `INSERT INTO signer_key (keyid, signer_no, jwk) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`;
const revoked = `SELECT keyid FROM revoked_keyid ORDER BY keyid`;
const revoke = `INSERT INTO revoked_keyid (keyid, revoked_at) VALUES (?, ?) ON CONFLICT DO NOTHING`;
const setProof = `UPDATE principal SET proof = ? WHERE principal_no = ?`;
const findNonce = `SELECT 1 AS found FROM signature_nonce WHERE nonce_hash = ? AND expires_at >= ?`;
const countOf = `SELECT count FROM signature_nonce_count WHERE keyid_hash = ?`;
const insertNonce = `INSERT INTO signature_nonce (nonce_hash, keyid_hash, expires_at) VALUES (?, ?, ?)
  ON CONFLICT (nonce_hash) DO UPDATE SET expires_at = excluded.expires_at WHERE signature_nonce.expires_at < ?`;
const addCount = `INSERT INTO signature_nonce_count (keyid_hash, count) VALUES (?, ?)
  ON CONFLICT (keyid_hash) DO UPDATE SET count = CASE
    WHEN signature_nonce_count.count + excluded.count < 0 THEN 0 ELSE signature_nonce_count.count + excluded.count END`;
const dropExpiredOf = `DELETE FROM signature_nonce WHERE keyid_hash = ? AND expires_at < ?`;
const expiredKeys = `SELECT keyid_hash AS keyidHash, count(*) AS count FROM signature_nonce WHERE expires_at < ? GROUP BY keyid_hash`;
const dropExpired = `DELETE FROM signature_nonce WHERE expires_at < ?`;

export const signerRows = (): Script<readonly SignerRow[]> => all<SignerRow>(list);

export interface NewSigner {
  readonly signerId: string;
  readonly principalNo: number;
  readonly name: string;
  readonly jwksUrl: string | null;
  readonly replayCap: number;
  readonly createdAt: number;
}

export function* insertSigner(signer: NewSigner): Script<number> {
  const { signerId, principalNo, name, jwksUrl, replayCap, createdAt } = signer;
  const row = yield* get<{ signerNo: number }>(
    insert,
    ...[signerId, principalNo, name, jwksUrl, replayCap, createdAt],
  );
  return row?.signerNo ?? 0;
}

export const deleteSigner = (signerId: string): Script<number> => run(remove, signerId);

export interface SignerKeyRow {
  readonly keyid: string;
  readonly signerNo: number;
  /** JSON. */
  readonly jwk: string;
}

export const signerKeyRows = (): Script<readonly SignerKeyRow[]> => all<SignerKeyRow>(keys);

/** 0 where the keyid is somebody's already. */
export const insertSignerKey = (keyid: string, signerNo: number, jwk: string): Script<number> =>
  run(insertKey, keyid, signerNo, jwk);

export function* revokedKeyids(): Script<readonly string[]> {
  return (yield* all<{ keyid: string }>(revoked)).map(({ keyid }) => keyid);
}

export const insertRevokedKeyid = (keyid: string, nowMs: number): Script<number> => run(revoke, keyid, nowMs);

export const setPrincipalProof = (principalNo: number, proof: string): Script<number> =>
  run(setProof, proof, principalNo);

export function* isNonceKnown(nonceHash: Uint8Array, nowMs: number): Script<boolean> {
  return (yield* get(findNonce, nonceHash, nowMs)) !== undefined;
}

export function* nonceCountOf(keyidHash: Uint8Array): Script<number> {
  return (yield* get<{ count: number }>(countOf, keyidHash))?.count ?? 0;
}

/** 0 where it is known and alive. */
export const insertNonceRow = (
  nonceHash: Uint8Array,
  keyidHash: Uint8Array,
  expiresAt: number,
  nowMs: number,
): Script<number> => run(insertNonce, nonceHash, keyidHash, expiresAt, nowMs);

export const addNonceCount = (keyidHash: Uint8Array, change: number): Script<number> =>
  run(addCount, keyidHash, change);

export const dropExpiredNoncesOf = (keyidHash: Uint8Array, nowMs: number): Script<number> =>
  run(dropExpiredOf, keyidHash, nowMs);

export const expiredNonceKeys = (nowMs: number) =>
  all<{ keyidHash: Uint8Array; count: number }>(expiredKeys, nowMs);

export const dropExpiredNonces = (nowMs: number): Script<number> => run(dropExpired, nowMs);
