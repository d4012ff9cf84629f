import type { JsonObject } from '../../engine/types.ts';
import type {
  Account,
  AccountPage,
  AccountReference,
  AccountResult,
  AccountsOutcome,
  Generation,
} from '../../service/api.ts';
import { errorOfItem } from './error-body.ts';

const pendingMessage = 'The seller has to approve this account; ask your contact there.';

function brandOf(domain: string, brandId: string | null): JsonObject {
  return { domain, ...(brandId === null ? {} : { brand_id: brandId }) };
}

/** An account as AdCP `core/account.json` shows it. */
function accountBody(account: Account): JsonObject {
  return {
    account_id: account.accountId,
    name: account.name,
    status: account.status,
    brand: brandOf(account.brandDomain, account.brandId),
    operator: account.operator,
    billing: account.billing,
    account_scope: 'operator_brand',
    ...(account.status === 'pending_approval' ? { setup: { message: pendingMessage } } : {}),
    sandbox: account.sandbox,
  };
}

/** `cursor` is there exactly when there is more. Source: AdCP core/pagination-response. */
export function paginationOf(nextCursor: string | null, totalCount: number): JsonObject {
  return {
    has_more: nextCursor !== null,
    ...(nextCursor === null ? {} : { cursor: nextCursor }),
    total_count: totalCount,
  };
}

/** The body of list_accounts. */
export function listAccountsBody(page: AccountPage): JsonObject {
  return {
    accounts: page.accounts.map(accountBody),
    pagination: paginationOf(page.nextCursor, page.totalCount),
  };
}

/** What an item of a failed entry can say of its account: what the caller said. */
function referenceFields(reference: AccountReference | undefined): JsonObject {
  if (reference?.kind === 'natural') {
    return {
      brand: brandOf(reference.brandDomain, reference.brandId),
      operator: reference.operator,
      ...(reference.sandbox ? { sandbox: true } : {}),
    };
  }
  // The schema wants brand and operator even where only an unknown account_id was named. These are not
  // real domains (RFC 2606), so that nobody takes them for an account of someone.
  return {
    ...(reference === undefined ? {} : { account_id: reference.accountId }),
    brand: brandOf('unknown.invalid', null),
    operator: 'unknown.invalid',
  };
}

function resultBody(result: AccountResult, warnings: readonly string[], generation: Generation): JsonObject {
  const facts = result.account === null ? undefined : accountBody(result.account);
  const failed = result.action === 'failed';
  return {
    ...(facts ?? { ...referenceFields(result.request?.reference), status: 'rejected' }),
    ...(failed ? { status: 'rejected' } : {}),
    action: result.action,
    ...(failed && result.errors !== undefined
      ? { errors: result.errors.map((fault) => errorOfItem(fault, generation)) }
      : {}),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

/** The body of sync_accounts; `warnings` are those of the request's entries, in order. */
export function syncAccountsBody(
  outcome: AccountsOutcome,
  warnings: readonly (readonly string[])[],
  generation: Generation,
): JsonObject {
  return {
    accounts: outcome.accounts.map((result, position) =>
      resultBody(result, result.request === null ? [] : (warnings[position] ?? []), generation),
    ),
    ...(outcome.dryRun ? { dry_run: true } : {}),
  };
}
