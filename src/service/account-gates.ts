import { AppError } from '../base/faults.ts';
import type { Account } from './api.ts';

/**
 * What the status of an account lets its callers do with audiences: reading in any state that keeps data,
 * changing only when active or while a payment is open. A rejected or closed account answers like an
 * unknown one. Source: AdCP accounts overview, operations by account status, read for `sync_*` tasks.
 */
export function requireSyncable({ status }: Account, changes: boolean): void {
  switch (status) {
    case 'active':
      return;
    case 'payment_required':
      return;
    case 'suspended':
      if (changes) throw new AppError('ACCOUNT_SUSPENDED');
      return;
    case 'pending_approval':
      throw new AppError('ACCOUNT_SETUP_REQUIRED');
    case 'rejected':
    case 'closed':
      throw new AppError('ACCOUNT_NOT_FOUND');
  }
}

/** Buying is a commitment to pay: only an account in good standing can make one. Source: AdCP accounts overview. */
export function requireBuyable(account: Account): void {
  if (account.status === 'payment_required') throw new AppError('ACCOUNT_PAYMENT_REQUIRED');
  requireSyncable(account, true);
}
