import { all, get, run, type Script, type SqlValue } from './script.ts';

export interface AccountRow {
  readonly accountNo: number;
  readonly accountId: string;
  readonly name: string;
  readonly brandDomain: string;
  /** Empty where there is none. */
  readonly brandId: string;
  readonly operator: string;
  readonly sandbox: number;
  readonly status: string;
  readonly billing: string;
  readonly createdAt: number;
  readonly declaredBy: number | null;
}

const columns = `a.account_no AS accountNo, a.account_id AS accountId, a.name, a.brand_domain AS brandDomain,
  a.brand_id AS brandId, a.operator, a.sandbox, a.status, a.billing, a.created_at AS createdAt,
  a.declared_by AS declaredBy`;
const visible = `FROM account a JOIN principal_account p ON p.account_no = a.account_no AND p.principal_no = ?`;
const ownById = `SELECT ${columns} ${visible} WHERE a.account_id = ?`;
const ownByKey = `SELECT ${columns} ${visible} WHERE a.brand_domain = ? AND a.brand_id = ? AND a.operator = ?
  AND a.sandbox = ? AND a.status <> 'closed' ORDER BY a.account_no`;
const own = `SELECT ${columns} ${visible} ORDER BY a.account_no`;
const everyone = `SELECT ${columns} FROM account a ORDER BY a.account_no`;
const anyById = `SELECT ${columns} FROM account a WHERE a.account_id = ?`;
const insert = `INSERT INTO account (account_id, name, brand_domain, brand_id, operator, sandbox, status, billing,
  created_at, declared_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING account_no AS accountNo`;
const setStatus = `UPDATE account SET status = ? WHERE account_no = ?`;
const setName = `UPDATE account SET name = ? WHERE account_no = ?`;
const setBilling = `UPDATE account SET billing = ? WHERE account_no = ?`;
const bind = `INSERT INTO principal_account (principal_no, account_no) VALUES (?, ?) ON CONFLICT DO NOTHING`;

export const ownAccountById = (principalNo: number, accountId: string): Script<AccountRow | undefined> =>
  get<AccountRow>(ownById, principalNo, accountId);

export interface NaturalKey {
  readonly brandDomain: string;
  readonly brandId: string;
  readonly operator: string;
  readonly sandbox: boolean;
}

export const ownAccountsByKey = (principalNo: number, key: NaturalKey): Script<readonly AccountRow[]> =>
  all<AccountRow>(ownByKey, principalNo, key.brandDomain, key.brandId, key.operator, key.sandbox ? 1 : 0);

export const ownAccounts = (principalNo: number): Script<readonly AccountRow[]> =>
  all<AccountRow>(own, principalNo);

/** For the seller's own commands; no caller sees this. */
export const everyAccount = (): Script<readonly AccountRow[]> => all<AccountRow>(everyone);
export const anyAccountById = (accountId: string): Script<AccountRow | undefined> =>
  get<AccountRow>(anyById, accountId);

export interface NewAccount extends NaturalKey {
  readonly accountId: string;
  readonly name: string;
  readonly status: string;
  readonly billing: string;
  readonly createdAt: number;
  readonly declaredBy: number | null;
}

export function* insertAccount(account: NewAccount): Script<number> {
  const { accountId, name, brandDomain, brandId, operator, sandbox, status, billing, createdAt, declaredBy } =
    account;
  const words: readonly SqlValue[] = [
    accountId,
    name,
    brandDomain,
    brandId,
    operator,
    sandbox ? 1 : 0,
    status,
  ];
  const row = yield* get<{ accountNo: number }>(insert, ...words, billing, createdAt, declaredBy);
  return row?.accountNo ?? 0;
}

export const setAccountStatus = (accountNo: number, status: string): Script<number> =>
  run(setStatus, status, accountNo);
export const setAccountName = (accountNo: number, name: string): Script<number> =>
  run(setName, name, accountNo);
export const setAccountBilling = (accountNo: number, billing: string): Script<number> =>
  run(setBilling, billing, accountNo);
export const bindAccount = (principalNo: number, accountNo: number): Script<number> =>
  run(bind, principalNo, accountNo);
