/** Accounts: who they are, who may see them, how they come about. */
import { AppError } from '../base/faults.ts';
import type { AccountId, AccountNo } from '../base/brand.ts';
import {
  anyAccountById,
  bindAccount,
  everyAccount,
  insertAccount,
  ownAccountById,
  ownAccounts,
  ownAccountsByKey,
  setAccountName,
  setAccountStatus,
  type AccountRow,
} from '../store/account-rows.ts';
import type { Script } from '../store/script.ts';
import type { Account, AccountPage, AccountQuery, AccountReference, AccountStatus } from './api.ts';

export interface NewAccountInput {
  readonly accountId: string;
  readonly brandDomain: string;
  readonly brandId: string | null;
  readonly operator: string;
  readonly sandbox: boolean;
  readonly name: string | null;
  readonly nowMs: number;
}

export interface ResolveInput {
  readonly principalNo: number;
  readonly reference: AccountReference;
}

export type AccountScripts = ReturnType<typeof createAccountScripts>;

export function createAccountScripts() {
  return {
    createAccount: createAccountScript,

    *listEveryAccount(_: object): Script<readonly Account[]> {
      return (yield* everyAccount()).map(accountOf);
    },

    *everyOwnAccount({ principalNo }: { readonly principalNo: number }): Script<readonly AccountRow[]> {
      return yield* ownAccounts(principalNo);
    },

    updateAccount: updateAccountScript,

    resolveAccount: resolveAccountScript,

    *accountsOfCaller({
      principalNo,
      query,
    }: {
      readonly principalNo: number;
      readonly query: AccountQuery;
    }): Script<AccountPage> {
      const rows = (yield* ownAccounts(principalNo)).map(accountOf);
      return pageOf(
        rows.filter((account) => fits(account, query)),
        query,
      );
    },

    declareAccount: declareAccountScript,
  };
}

function* createAccountScript(input: NewAccountInput): Script<Account> {
  if ((yield* anyAccountById(input.accountId)) !== undefined) {
    throw new AppError('INVALID_REQUEST', 'An account with this id exists.', {
      suggestion: 'Choose another --id.',
    });
  }
  const clash = (yield* everyAccount()).find(
    (row) => row.status !== 'closed' && row.declaredBy === null && isSameKey(row, input),
  );
  if (clash !== undefined) {
    throw new AppError(
      'INVALID_REQUEST',
      `Account ${clash.accountId} has the same brand, operator and sandbox flag.`,
      {
        suggestion: 'Use that account, or name another brand or operator.',
      },
    );
  }
  yield* insertAccount({ ...newRow(input), declaredBy: null });
  const row = yield* anyAccountById(input.accountId);
  if (row === undefined) throw new AppError('SERVICE_UNAVAILABLE');
  return accountOf(row);
}

/** Contract, isolation: an unknown account and somebody else's are the same answer, by the same query. */
function* resolveAccountScript({ principalNo, reference }: ResolveInput): Script<Account> {
  const row =
    reference.kind === 'id'
      ? yield* ownAccountById(principalNo, reference.accountId)
      : yield* ownByNaturalKey(principalNo, reference);
  if (row === undefined) {
    throw accountNotFound(reference);
  }
  return accountOf(row);
}

/** A natural key that a caller uses for the first time, where the seller lets buyers declare accounts. */
function* declareAccountScript(input: NewAccountInput & { readonly principalNo: number }): Script<Account> {
  const known = yield* ownAccountsByKey(input.principalNo, { ...input, brandId: input.brandId ?? '' });
  if (known[0] !== undefined) return accountOf(known[0]);
  const accountNo = yield* insertAccount({ ...newRow(input), declaredBy: input.principalNo });
  yield* bindAccount(input.principalNo, accountNo);
  const row = yield* ownAccountById(input.principalNo, input.accountId);
  if (row === undefined) throw new AppError('SERVICE_UNAVAILABLE');
  return accountOf(row);
}

function* updateAccountScript(input: {
  readonly accountId: string;
  readonly name: string | null;
  readonly status: AccountStatus | null;
  readonly nowMs: number;
}): Script<Account> {
  const row = yield* anyAccountById(input.accountId);
  if (row === undefined) throw new AppError('ACCOUNT_NOT_FOUND');
  if (input.name !== null) yield* setAccountName(row.accountNo, input.name);
  if (input.status !== null) yield* setAccountStatus(row.accountNo, input.status);
  return accountOf({ ...row, name: input.name ?? row.name, status: input.status ?? row.status });
}

/** One answer for every account that a caller cannot use, whatever the reason. */
export function accountNotFound(reference: AccountReference): AppError {
  return new AppError('ACCOUNT_NOT_FOUND', undefined, {
    field: reference.kind === 'id' ? 'account.account_id' : 'account',
    suggestion: 'Call list_accounts to see the accounts that this key may use.',
  });
}

export function* ownByNaturalKey(
  principalNo: number,
  reference: Extract<AccountReference, { kind: 'natural' }>,
): Script<AccountRow | undefined> {
  const { brandDomain, brandId, operator, sandbox } = reference;
  const rows = yield* ownAccountsByKey(principalNo, {
    brandDomain,
    brandId: brandId ?? '',
    operator,
    sandbox,
  });
  if (rows.length > 1) throw new AppError('ACCOUNT_AMBIGUOUS', undefined, { field: 'account' });
  return rows[0];
}

export function newRow(input: NewAccountInput) {
  const { accountId, brandDomain, brandId, operator, sandbox, name, nowMs } = input;
  return {
    accountId,
    brandDomain,
    brandId: brandId ?? '',
    operator,
    sandbox,
    name: name ?? `${brandDomain} by ${operator}`,
    status: 'active',
    billing: 'operator',
    createdAt: nowMs,
  };
}

function isSameKey(row: AccountRow, input: NewAccountInput): boolean {
  return (
    row.brandDomain === input.brandDomain &&
    row.brandId === (input.brandId ?? '') &&
    row.operator === input.operator &&
    (row.sandbox === 1) === input.sandbox
  );
}

export function accountOf(row: AccountRow): Account {
  return {
    accountNo: row.accountNo as AccountNo,
    accountId: row.accountId as AccountId,
    name: row.name,
    brandDomain: row.brandDomain,
    brandId: row.brandId === '' ? null : row.brandId,
    operator: row.operator,
    sandbox: row.sandbox === 1,
    status: row.status as AccountStatus,
    billing: row.billing as Account['billing'],
    createdAtMs: row.createdAt,
  };
}

function fits(account: Account, { account: reference, status, sandbox }: AccountQuery): boolean {
  if (status !== undefined && account.status !== status) return false;
  if (sandbox !== undefined && account.sandbox !== sandbox) return false;
  if (reference === undefined) return true;
  if (reference.kind === 'id') return account.accountId === reference.accountId;
  return (
    account.brandDomain === reference.brandDomain &&
    account.brandId === reference.brandId &&
    account.operator === reference.operator &&
    account.sandbox === reference.sandbox
  );
}

function pageOf(accounts: readonly Account[], { pageSize, cursor }: AccountQuery): AccountPage {
  const start = cursor === null ? 0 : afterCursor(accounts, cursor);
  const page = accounts.slice(start, start + pageSize);
  const last = page.at(-1);
  const more = start + page.length < accounts.length && last !== undefined;
  return { accounts: page, totalCount: accounts.length, nextCursor: more ? cursorOf(last.accountId) : null };
}

const cursorOf = (accountId: string): string => Buffer.from(`a1:${accountId}`).toString('base64url');

function afterCursor(accounts: readonly Account[], cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const at = text.startsWith('a1:') ? accounts.findIndex(({ accountId }) => accountId === text.slice(3)) : -1;
  if (at < 0) {
    throw new AppError('INVALID_REQUEST', 'This cursor is not from a list with these filters.', {
      field: 'pagination.cursor',
      suggestion: 'Start again without a cursor.',
    });
  }
  return at + 1;
}
