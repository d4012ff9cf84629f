import { all, get, run, type Script, type SqlValue } from './script.ts';

/** A media buy as it is stored. Its state follows from the times, the flags and the clock. */
export interface BuyRow {
  readonly accountNo: number;
  readonly buyNo: number;
  readonly mediaBuyId: string;
  readonly revision: number;
  readonly startAt: number;
  readonly endAt: number;
  readonly paused: number;
  readonly canceledAt: number | null;
  readonly rejectedAt: number | null;
  readonly confirmedAt: number | null;
  readonly currency: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Sealed. */
  readonly document: Uint8Array;
}

export interface NewBuy extends Omit<BuyRow, 'buyNo' | 'updatedAt'> {
  readonly principalNo: number;
}

const columns = `account_no AS accountNo, buy_no AS buyNo, media_buy_id AS mediaBuyId, revision, start_at AS startAt,
  end_at AS endAt, paused, canceled_at AS canceledAt, rejected_at AS rejectedAt, confirmed_at AS confirmedAt, currency,
  created_at AS createdAt, updated_at AS updatedAt, document`;
const nextNo = `INSERT INTO sequence (name, value) VALUES ('media_buy', 1)
  ON CONFLICT (name) DO UPDATE SET value = sequence.value + 1 RETURNING value`;
const insert = `INSERT INTO media_buy (account_no, buy_no, media_buy_id, principal_no, revision, start_at, end_at, paused,
  canceled_at, rejected_at, confirmed_at, currency, created_at, updated_at, document)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const findOwn = `SELECT ${columns} FROM media_buy WHERE account_no = ? AND principal_no = ? AND media_buy_id = ?`;
const listOwn = `SELECT ${columns} FROM media_buy WHERE account_no = ? AND principal_no = ? ORDER BY buy_no LIMIT ?`;
const countOwn = `SELECT count(*) AS count FROM media_buy WHERE account_no = ? AND principal_no = ?`;
const change = `UPDATE media_buy SET revision = revision + 1, start_at = ?, end_at = ?, paused = ?, canceled_at = ?,
  rejected_at = ?, updated_at = ?, document = ? WHERE account_no = ? AND buy_no = ?`;
const taken = `SELECT 1 AS found FROM media_buy WHERE media_buy_id = ?`;

/** Gives its number. */
export function* insertBuy(buy: NewBuy): Script<number> {
  const buyNo = (yield* get<{ value: number }>(nextNo))?.value ?? 0;
  const values: readonly SqlValue[] = [
    buy.accountNo,
    buyNo,
    buy.mediaBuyId,
    buy.principalNo,
    buy.revision,
    buy.startAt,
    buy.endAt,
    buy.paused,
    buy.canceledAt,
    buy.rejectedAt,
    buy.confirmedAt,
    buy.currency,
    buy.createdAt,
    buy.createdAt,
    buy.document,
  ];
  yield* run(insert, ...values);
  return buyNo;
}

/** A buy belongs to the caller that made it, and to the account. */
export const ownBuy = (accountNo: number, principalNo: number, buyId: string): Script<BuyRow | undefined> =>
  get<BuyRow>(findOwn, accountNo, principalNo, buyId);

/** Oldest first. */
export const ownBuys = (accountNo: number, principalNo: number, limit: number): Script<readonly BuyRow[]> =>
  all<BuyRow>(listOwn, accountNo, principalNo, limit);

export function* ownBuyCount(accountNo: number, principalNo: number): Script<number> {
  return (yield* get<{ count: number }>(countOwn, accountNo, principalNo))?.count ?? 0;
}

/** Whether anybody has a buy of this id: a test may choose one. */
export function* isBuyIdTaken(mediaBuyId: string): Script<boolean> {
  return (yield* get(taken, mediaBuyId)) !== undefined;
}

export type BuyChange = Pick<
  BuyRow,
  | 'accountNo'
  | 'buyNo'
  | 'startAt'
  | 'endAt'
  | 'paused'
  | 'canceledAt'
  | 'rejectedAt'
  | 'updatedAt'
  | 'document'
>;

/** Every change is a revision. */
export const changeBuy = (buy: BuyChange): Script<number> =>
  run(
    change,
    buy.startAt,
    buy.endAt,
    buy.paused,
    buy.canceledAt,
    buy.rejectedAt,
    buy.updatedAt,
    buy.document,
    buy.accountNo,
    buy.buyNo,
  );
