import type { Account } from '../service/api.ts';

/** An account as `--json` prints it. The names are a promise to scripts. */
export function accountJson(account: Account): object {
  const { accountId, brandDomain, brandId, operator, sandbox, status } = account;
  const brand = brandId === null ? { domain: brandDomain } : { domain: brandDomain, brand_id: brandId };
  return { account_id: accountId, brand, operator, sandbox, status };
}

export const accountColumns = [
  { title: 'account' },
  { title: 'brand' },
  { title: 'operator' },
  { title: 'sandbox' },
  { title: 'status' },
] as const;

export function accountRow(account: Account): readonly string[] {
  const brand =
    account.brandId === null ? account.brandDomain : `${account.brandDomain} (${account.brandId})`;
  return [account.accountId, brand, account.operator, account.sandbox ? 'yes' : 'no', account.status];
}
