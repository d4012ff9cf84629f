/** `sync_accounts`: buyers declare the accounts they act for. Source: AdCP accounts, sync_accounts. */
import { unreachable } from '../base/assert.ts';
import {
  bindAccount,
  insertAccount,
  ownAccountById,
  ownAccounts,
  ownAccountsByKey,
  setAccountBilling,
  setAccountStatus,
  type AccountRow,
} from '../store/account-rows.ts';
import { findIdempotency, insertIdempotency } from '../store/idempotency-rows.ts';
import type { Script } from '../store/script.ts';
import { accountOf, newRow } from './account-scripts.ts';
import type { AccountRequest, AccountResult, AccountsOutcome, ItemFault } from './api.ts';
import type { Sealer } from './seal.ts';

/** Billing that this seller offers; nothing is remapped silently. */
export const supportedBilling = ['operator', 'agent'] as const;
/** Calls that name no account keep their request keys under this number. */
const noAccount = 0;

export interface SyncAccountsInput {
  readonly principalNo: number;
  readonly keyHash: Uint8Array | null;
  readonly digest: Uint8Array;
  readonly accounts: readonly AccountRequest[];
  /** An id for each account that may have to be made. */
  readonly newIds: readonly string[];
  readonly deleteMissing: boolean;
  readonly dryRun: boolean;
  readonly allowsDeclaring: boolean;
  /** The seller serves no sandbox accounts, so none is made. */
  readonly refusesSandbox?: boolean;
  readonly nowMs: number;
  readonly expiresAtMs: number;
}

export type SyncAccountsOutput =
  | { readonly kind: 'conflict' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'answered'; readonly outcome: AccountsOutcome; readonly replayed: boolean };

export function createAccountSyncScripts(sealer: Sealer) {
  return {
    *syncAccounts(input: SyncAccountsInput): Script<SyncAccountsOutput> {
      const { principalNo, keyHash, nowMs } = input;
      const known = keyHash === null ? undefined : yield* findIdempotency(noAccount, principalNo, keyHash);
      if (known !== undefined) {
        if (known.expiresAt < nowMs) return { kind: 'expired' };
        if (Buffer.compare(known.digest, input.digest) !== 0 || known.response === null)
          return { kind: 'conflict' };
        return { kind: 'answered', outcome: sealer.open(known.response), replayed: true };
      }
      const accounts: AccountResult[] = [];
      for (const [at, request] of input.accounts.entries()) {
        accounts.push(yield* syncOne(input, request, input.newIds[at] ?? ''));
      }
      if (input.deleteMissing && !input.dryRun) yield* closeMissing(input);
      const outcome: AccountsOutcome = { accounts, dryRun: input.dryRun };
      if (keyHash !== null) {
        yield* insertIdempotency({
          accountNo: noAccount,
          principalNo,
          keyHash,
          digest: input.digest,
          operationName: 'sync_accounts',
          taskId: null,
          createdAt: nowMs,
          expiresAt: input.expiresAtMs,
          response: sealer.seal(outcome),
        });
      }
      return { kind: 'answered', outcome, replayed: false };
    },
  };
}

function* syncOne(input: SyncAccountsInput, request: AccountRequest, newId: string): Script<AccountResult> {
  const fault = billingFault(request);
  if (fault !== null) return failed(request, fault);
  const row = yield* findOwn(input.principalNo, request);
  switch (request.mode) {
    case 'settings':
      if (row === undefined)
        return failed(request, {
          code: 'ACCOUNT_NOT_FOUND',
          message: 'No such account, or it is not yours.',
        });
      return { action: 'unchanged', request, account: accountOf(row) };
    case 'provision':
      return row === undefined ? yield* declare(input, request, newId) : yield* update(input, request, row);
    default:
      return unreachable(request.mode);
  }
}

function* findOwn(principalNo: number, { reference }: AccountRequest): Script<AccountRow | undefined> {
  if (reference.kind === 'id') return yield* ownAccountById(principalNo, reference.accountId);
  const { brandDomain, brandId, operator, sandbox } = reference;
  return (yield* ownAccountsByKey(principalNo, {
    brandDomain,
    brandId: brandId ?? '',
    operator,
    sandbox,
  }))[0];
}

function* declare(
  input: SyncAccountsInput,
  request: AccountRequest,
  accountId: string,
): Script<AccountResult> {
  const { reference } = request;
  const isRefused = reference.kind === 'natural' && reference.sandbox && input.refusesSandbox === true;
  if (!input.allowsDeclaring || reference.kind === 'id' || isRefused) {
    return failed(request, {
      code: 'UNSUPPORTED_PROVISIONING',
      message: 'This seller creates accounts itself.',
      suggestion: 'Ask the seller for an account, then use its account_id.',
    });
  }
  const { brandDomain, brandId, operator, sandbox } = reference;
  const name = request.name ?? null;
  const base = newRow({ accountId, brandDomain, brandId, operator, sandbox, name, nowMs: input.nowMs });
  const row = { ...base, billing: request.billing ?? base.billing, declaredBy: input.principalNo };
  if (!input.dryRun) yield* bindAccount(input.principalNo, yield* insertAccount(row));
  const stored = { ...row, accountNo: 0, sandbox: sandbox ? 1 : 0 };
  return { action: 'created', request, account: accountOf(stored) };
}

function* update(input: SyncAccountsInput, request: AccountRequest, row: AccountRow): Script<AccountResult> {
  const billing = request.billing ?? row.billing;
  const changed = billing !== row.billing;
  if (changed && !input.dryRun) yield* setAccountBilling(row.accountNo, billing);
  return { action: changed ? 'updated' : 'unchanged', request, account: accountOf({ ...row, billing }) };
}

/** Closes the caller's own declared accounts that the request does not name; never anybody else's. */
function* closeMissing({ principalNo, accounts }: SyncAccountsInput): Script<void> {
  const named = new Set<number>();
  for (const request of accounts) {
    const row = yield* findOwn(principalNo, request);
    if (row !== undefined) named.add(row.accountNo);
  }
  for (const row of yield* ownAccounts(principalNo)) {
    const isOwn = row.declaredBy === principalNo && row.status !== 'closed';
    if (isOwn && !named.has(row.accountNo)) yield* setAccountStatus(row.accountNo, 'closed');
  }
}

function billingFault({ billing }: AccountRequest): ItemFault | null {
  if (billing === null || supportedBilling.some((offered) => offered === billing)) return null;
  return {
    code: 'BILLING_NOT_SUPPORTED',
    message: 'This seller does not offer that billing.',
    field: 'billing',
    suggestion: `Use one of: ${supportedBilling.join(', ')}.`,
    details: { scope: 'capability', supported_billing: [...supportedBilling] },
  };
}

function failed(request: AccountRequest, error: ItemFault): AccountResult {
  return { action: 'failed', request, account: null, errors: [error] };
}
