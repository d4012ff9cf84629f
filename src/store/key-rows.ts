import { all, get, run, type Script } from './script.ts';

export interface KeyRow {
  readonly keyId: string;
  readonly principalNo: number;
  readonly principalId: string;
  readonly secretHash: Uint8Array;
  readonly name: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
  readonly proof: 'key' | 'signed' | 'both';
  /** Lists as JSON; without networks it may be used from everywhere. */
  readonly scopes: string;
  readonly allowFrom: string;
}

const columns = `k.key_id AS keyId, k.principal_no AS principalNo, p.principal_id AS principalId,
  k.secret_hash AS secretHash, k.name, k.created_at AS createdAt, k.expires_at AS expiresAt,
  k.revoked_at AS revokedAt, k.last_used_at AS lastUsedAt, p.proof, k.scopes,
  k.allow_from AS allowFrom`;
const find = `SELECT ${columns} FROM api_key k JOIN principal p ON p.principal_no = k.principal_no WHERE k.key_id = ?`;
const list = `SELECT ${columns} FROM api_key k JOIN principal p ON p.principal_no = k.principal_no ORDER BY k.created_at, k.key_id`;
const accountsOf = `SELECT a.account_id AS accountId FROM principal_account p
  JOIN account a ON a.account_no = p.account_no WHERE p.principal_no = ? ORDER BY a.account_no`;
const insertPrincipal = `INSERT INTO principal (principal_id, name, created_at) VALUES (?, ?, ?)
  RETURNING principal_no AS principalNo`;
const insertKey = `INSERT INTO api_key (key_id, principal_no, secret_hash, name, created_at, expires_at, scopes,
  allow_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const liveOf = `SELECT count(*) AS count FROM api_key WHERE principal_no = ? AND revoked_at IS NULL
  AND (expires_at IS NULL OR expires_at > ?)`;
const shorten = `UPDATE api_key SET expires_at = CASE WHEN expires_at < ?1 THEN expires_at ELSE ?1 END WHERE key_id = ?2`;
const touch = `UPDATE api_key SET last_used_at = ? WHERE key_id = ?`;
const revoke = `UPDATE api_key SET revoked_at = ? WHERE key_id = ? AND revoked_at IS NULL`;

export const findKey = (keyId: string): Script<KeyRow | undefined> => get<KeyRow>(find, keyId);
export const everyKey = (): Script<readonly KeyRow[]> => all<KeyRow>(list);

export function* accountIdsOf(principalNo: number): Script<readonly string[]> {
  return (yield* all<{ accountId: string }>(accountsOf, principalNo)).map(({ accountId }) => accountId);
}

export function* insertPrincipalRow(principalId: string, name: string, nowMs: number): Script<number> {
  return (yield* get<{ principalNo: number }>(insertPrincipal, principalId, name, nowMs))?.principalNo ?? 0;
}

export interface NewKey {
  readonly keyId: string;
  readonly principalNo: number;
  readonly secretHash: Uint8Array;
  readonly name: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  /** Lists as JSON. */
  readonly scopes: string;
  readonly allowFrom: string;
}

export const insertKeyRow = (key: NewKey): Script<number> =>
  run(
    insertKey,
    key.keyId,
    key.principalNo,
    key.secretHash,
    key.name,
    key.createdAt,
    key.expiresAt,
    key.scopes,
    key.allowFrom,
  );

export const revokeKeyRow = (keyId: string, nowMs: number): Script<number> => run(revoke, nowMs, keyId);

export function* liveKeyCount(principalNo: number, nowMs: number): Script<number> {
  return (yield* get<{ count: number }>(liveOf, principalNo, nowMs))?.count ?? 0;
}

/** The key ends then, if it does not end sooner. */
export const endKeyAt = (keyId: string, atMs: number): Script<number> => run(shorten, atMs, keyId);

export const touchKey = (keyId: string, nowMs: number): Script<number> => run(touch, nowMs, keyId);
