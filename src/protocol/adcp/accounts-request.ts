import type { RequestKey } from '../../base/brand.ts';
import { AppError } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';
import type {
  AccountQuery,
  AccountReference,
  AccountRequest,
  CallbackRequest,
  Generation,
} from '../../service/api.ts';
import { readAccountReference, readNaturalKey } from './account-reference.ts';
import { ArgumentReader, isObject, IssueList } from './argument-reader.ts';
import { fieldOf } from './issues.ts';
import { readPushConfig } from './push-config.ts';
import { readRequestKey } from './sync-audiences-request.ts';

const accountStatuses = [
  'active',
  'pending_approval',
  'rejected',
  'payment_required',
  'suspended',
  'closed',
] as const;
const billingParties = ['operator', 'agent', 'advertiser'] as const;

/** Source: AdCP sync-accounts-request, `maxItems`; core/pagination-request. */
const accountCountPerCallMax = 1_000;
const pageSizeMax = 100;
const pageSizeDefault = 50;
const cursorCharsMax = 1_024;

export interface PageArguments {
  readonly pageSize: number;
  readonly cursor: string | null;
}

/** Reads `pagination`. */
export function readPagination(reader: ArgumentReader, issues: IssueList): PageArguments {
  const object = reader.object('pagination');
  if (object === undefined) return { pageSize: pageSizeDefault, cursor: null };
  const page = new ArgumentReader(object, reader.pathOf('pagination'), issues);
  return {
    pageSize: page.integer('max_results', 1, pageSizeMax) ?? pageSizeDefault,
    cursor: page.string('cursor', { charsMax: cursorCharsMax }) ?? null,
  };
}

/** Reads the arguments of list_accounts. */
export function readListAccounts(args: JsonObject): AccountQuery {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const account = readAccountReference(reader, 'account', issues);
  const status = reader.oneOf('status', accountStatuses);
  const sandbox = reader.boolean('sandbox');
  const page = readPagination(reader, issues);
  issues.settle();
  return {
    ...page,
    ...(account === undefined ? {} : { account }),
    ...(status === undefined ? {} : { status }),
    ...(sandbox === undefined ? {} : { sandbox }),
  };
}

/** What the arguments of sync_accounts say, checked. */
export interface AccountsArguments {
  readonly requestKey: RequestKey | null;
  readonly accounts: readonly AccountRequest[];
  /** For each account: what was asked and is not done, in words. */
  readonly warnings: readonly (readonly string[])[];
  readonly deleteMissing: boolean;
  readonly dryRun: boolean;
  readonly callback: CallbackRequest | null;
}

/** Legal fields that change nothing here; their sender is told so. */
const unusedFields = ['billing_entity', 'payment_terms', 'preferred_reporting_protocol'] as const;

function warningsOf(reader: ArgumentReader): readonly string[] {
  return unusedFields.filter((name) => reader.has(name)).map((name) => `${name} is not used by this seller.`);
}

/** Account notifications cannot be honoured here, and a channel that cannot be honoured is refused by name. */
function refuseNotifications(reader: ArgumentReader): void {
  const configs = reader.array('notification_configs', 0, 16);
  if (configs === undefined || configs.length === 0) return;
  throw new AppError('UNSUPPORTED_FEATURE', 'This server sends no account notifications.', {
    field: fieldOf(reader.pathOf('notification_configs')),
    suggestion: 'Leave notification_configs out.',
  });
}

function readAccountEntry(
  entry: JsonObject,
  reader: ArgumentReader,
  issues: IssueList,
): AccountRequest | undefined {
  refuseNotifications(reader);
  if (reader.has('account')) {
    for (const name of ['brand', 'operator', 'billing']) {
      if (reader.has(name)) reader.issue(name, 'not', 'must not come together with account.');
    }
    const reference = readAccountReference(reader, 'account', issues);
    return reference === undefined ? undefined : { reference, mode: 'settings', billing: null };
  }
  const reference: AccountReference | undefined = readNaturalKey(entry, reader.pathOf(), issues);
  if (!reader.has('billing')) reader.missing('billing');
  const billing = reader.oneOf('billing', billingParties);
  if (reference === undefined || billing === undefined) return undefined;
  return { reference, mode: 'provision', billing };
}

/** Reads the arguments of sync_accounts. */
export function readSyncAccounts(args: JsonObject, generation: Generation): AccountsArguments {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const requestKey = readRequestKey(reader, true);
  const deleteMissing = reader.boolean('delete_missing') ?? false;
  const dryRun = reader.boolean('dry_run') ?? false;
  if (!reader.has('accounts')) reader.missing('accounts');
  const accounts: AccountRequest[] = [];
  const warnings: (readonly string[])[] = [];
  for (const [position, entry] of (reader.array('accounts', 0, accountCountPerCallMax) ?? []).entries()) {
    const path = reader.pathOf('accounts', position);
    if (!isObject(entry)) {
      issues.add(path, 'type', 'must be an object.');
      continue;
    }
    const entryReader = new ArgumentReader(entry, path, issues);
    const account = readAccountEntry(entry, entryReader, issues);
    if (account === undefined) continue;
    accounts.push(account);
    warnings.push(warningsOf(entryReader));
  }
  const callback = readPushConfig(reader, issues, generation);
  issues.settle();
  return { requestKey, accounts, warnings, deleteMissing, dryRun, callback };
}
