import { all, get, run, type Script } from './script.ts';

/** While an account has this row, its audiences' identifiers are kept for forwarding. */
export interface ForwardingRow {
  readonly accountNo: number;
  readonly keyId: string;
  readonly wrappedKey: Uint8Array;
  readonly since: number;
}

export interface ForwardPlace {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly opSeq: number;
  readonly pieceNo: number;
}

/** An operation or a base piece without its bytes. */
export interface ForwardHead {
  readonly opSeq: number;
  readonly pieceNo: number;
  readonly isBase: number;
  readonly byteCount: number;
}

export interface StoredForward extends ForwardHead {
  readonly sealed: Uint8Array;
}

const columns = `account_no AS accountNo, key_id AS keyId, wrapped_key AS wrappedKey, since`;
const one = `SELECT ${columns} FROM forwarding WHERE account_no = ?`;
const accounts = `SELECT f.account_no AS accountNo, a.status FROM forwarding f
  JOIN account a ON a.account_no = f.account_no ORDER BY f.account_no`;
const ids = `SELECT key_id AS keyId FROM forwarding ORDER BY key_id`;
const insert = `INSERT INTO forwarding (account_no, key_id, wrapped_key, since) VALUES (?, ?, ?, ?)`;
const removeKey = `DELETE FROM forwarding WHERE account_no = ?`;
const insertOne = `INSERT INTO forward_operation (account_no, audience_no, op_seq, piece_no, is_base, byte_count, sealed)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;
const heads = `SELECT op_seq AS opSeq, piece_no AS pieceNo, is_base AS isBase, byte_count AS byteCount
  FROM forward_operation WHERE account_no = ? AND audience_no = ? ORDER BY op_seq, piece_no`;
const upTo = `SELECT op_seq AS opSeq, piece_no AS pieceNo, is_base AS isBase, byte_count AS byteCount, sealed
  FROM forward_operation WHERE account_no = ? AND audience_no = ? AND op_seq <= ? ORDER BY op_seq, piece_no`;
const removeUpTo = `DELETE FROM forward_operation WHERE account_no = ? AND audience_no = ? AND op_seq <= ?`;
const removeOfAudience = `DELETE FROM forward_operation WHERE account_no = ? AND audience_no = ?`;
const removeOfAccount = `DELETE FROM forward_operation WHERE account_no = ?`;
const sizes = `SELECT audience_no AS audienceNo, count(*) AS rowCount, sum(byte_count) AS byteCount,
  sum(is_base * byte_count) AS baseByteCount FROM forward_operation WHERE account_no = ? GROUP BY audience_no`;

export const forwardingOf = (accountNo: number): Script<ForwardingRow | undefined> =>
  get<ForwardingRow>(one, accountNo);

export interface ForwardingAccount {
  readonly accountNo: number;
  readonly status: string;
}
/** Of every account that forwards. For our own jobs. */
export function* forwardingKeyIds(): Script<readonly string[]> {
  return (yield* all<{ keyId: string }>(ids)).map(({ keyId }) => keyId);
}

/** For our own job, which pushes the audiences of the accounts that are on. */
export const forwardingAccounts = (): Script<readonly ForwardingAccount[]> =>
  all<ForwardingAccount>(accounts);

export const insertForwarding = ({ accountNo, keyId, wrappedKey, since }: ForwardingRow): Script<number> =>
  run(insert, accountNo, keyId, wrappedKey, since);
export const deleteForwarding = (accountNo: number): Script<number> => run(removeKey, accountNo);

export const insertForward = (
  { accountNo, audienceNo, opSeq, pieceNo }: ForwardPlace,
  isBase: boolean,
  byteCount: number,
  sealed: Uint8Array,
): Script<number> => run(insertOne, accountNo, audienceNo, opSeq, pieceNo, isBase ? 1 : 0, byteCount, sealed);

/** In the order of acceptance. */
export const forwardHeads = (accountNo: number, audienceNo: number): Script<readonly ForwardHead[]> =>
  all<ForwardHead>(heads, accountNo, audienceNo);
export const forwardsUpTo = (
  accountNo: number,
  audienceNo: number,
  opSeq: number,
): Script<readonly StoredForward[]> => all<StoredForward>(upTo, accountNo, audienceNo, opSeq);

export const deleteForwardsUpTo = (accountNo: number, audienceNo: number, opSeq: number): Script<number> =>
  run(removeUpTo, accountNo, audienceNo, opSeq);
export const deleteForwardsOfAudience = (accountNo: number, audienceNo: number): Script<number> =>
  run(removeOfAudience, accountNo, audienceNo);
export const deleteForwardsOfAccount = (accountNo: number): Script<number> => run(removeOfAccount, accountNo);

export interface ForwardSize {
  readonly audienceNo: number;
  readonly rowCount: number;
  readonly byteCount: number;
  readonly baseByteCount: number;
}
export const forwardSizes = (accountNo: number): Script<readonly ForwardSize[]> =>
  all<ForwardSize>(sizes, accountNo);
