import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AppError } from '../base/faults.ts';
import { requireSyncable } from './account-gates.ts';
import type { Account, AccountStatus } from './api.ts';

/** Source: AdCP accounts overview, operations by account status. Null: allowed. */
const table: Readonly<
  Record<AccountStatus, { readonly changing: string | null; readonly reading: string | null }>
> = {
  active: { changing: null, reading: null },
  pending_approval: { changing: 'ACCOUNT_SETUP_REQUIRED', reading: 'ACCOUNT_SETUP_REQUIRED' },
  payment_required: { changing: null, reading: null },
  suspended: { changing: 'ACCOUNT_SUSPENDED', reading: null },
  rejected: { changing: 'ACCOUNT_NOT_FOUND', reading: 'ACCOUNT_NOT_FOUND' },
  closed: { changing: 'ACCOUNT_NOT_FOUND', reading: 'ACCOUNT_NOT_FOUND' },
};

function answer(status: AccountStatus, changes: boolean): string | null {
  try {
    requireSyncable({ status } as Account, changes);
    return null;
  } catch (error) {
    return error instanceof AppError ? error.code : assert.fail('another kind of error');
  }
}

for (const [status, { changing, reading }] of Object.entries(table) as [
  AccountStatus,
  (typeof table)['active'],
][]) {
  test(`an account that is ${status}`, () => {
    assert.equal(answer(status, true), changing);
    assert.equal(answer(status, false), reading);
  });
}
