import { anyAccountById, ownAccountById } from '../../store/account-rows.ts';
import type { Script } from '../../store/script.ts';
import { requireSyncable } from '../account-gates.ts';
import { accountNotFound, accountOf } from '../account-scripts.ts';
import type { Account } from '../api.ts';

export interface AskedAccount {
  /** Null: the operator, who may use every account. */
  readonly principalNo: number | null;
  readonly accountId: string;
}

/** The account that was asked for, when who asks may use it. */
export function* ownAccount({ principalNo, accountId }: AskedAccount, changes: boolean): Script<Account> {
  const row =
    principalNo === null ? yield* anyAccountById(accountId) : yield* ownAccountById(principalNo, accountId);
  if (row === undefined) throw accountNotFound({ kind: 'id', accountId });
  const account = accountOf(row);
  if (principalNo !== null) requireSyncable(account, changes);
  return account;
}
