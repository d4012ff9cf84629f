import { all, get, run, type Script } from './script.ts';

/** An account with the words that its buyer keeps with it. */
export interface AdvertiserRow {
  readonly accountNo: number;
  readonly accountId: string;
  readonly name: string;
  readonly brandDomain: string;
  readonly brandId: string;
  readonly operator: string;
  readonly sandbox: number;
  readonly status: string;
  readonly createdAt: number;
  readonly declaredBy: number | null;
  readonly description: string | null;
  readonly updatedAt: number;
  /** JSON object, or null. */
  readonly settings: string | null;
}

const columns = `a.account_no AS accountNo, a.account_id AS accountId, a.name, a.brand_domain AS brandDomain,
  a.brand_id AS brandId, a.operator, a.sandbox, a.status, a.created_at AS createdAt, a.declared_by AS declaredBy,
  a.description, coalesce(a.updated_at, a.created_at) AS updatedAt, a.buyer_settings AS settings`;
const visible = `FROM account a JOIN principal_account p ON p.account_no = a.account_no AND p.principal_no = ?`;
const own = `SELECT ${columns} ${visible} ORDER BY a.account_no`;
const ownById = `SELECT ${columns} ${visible} WHERE a.account_id = ?`;
const change = `UPDATE account SET name = ?, description = ?, buyer_settings = ?, brand_domain = ?, operator = ?,
  updated_at = ? WHERE account_no = ?`;

export const ownAdvertisers = (principalNo: number): Script<readonly AdvertiserRow[]> =>
  all<AdvertiserRow>(own, principalNo);

export const ownAdvertiserById = (
  principalNo: number,
  accountId: string,
): Script<AdvertiserRow | undefined> => get<AdvertiserRow>(ownById, principalNo, accountId);

export interface AdvertiserWords {
  readonly name: string;
  readonly description: string | null;
  readonly settings: string | null;
  readonly brandDomain: string;
  readonly operator: string;
}

export const changeAdvertiser = (accountNo: number, words: AdvertiserWords, nowMs: number): Script<number> =>
  run(
    change,
    words.name,
    words.description,
    words.settings,
    words.brandDomain,
    words.operator,
    nowMs,
    accountNo,
  );
