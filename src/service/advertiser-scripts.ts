/** Accounts as advertisers of a buyer, and the page of an account's audiences. */
import type { AccountId } from '../base/brand.ts';
import { AppError } from '../base/faults.ts';
import { bindAccount, insertAccount, ownAccountById, ownAccountsByKey } from '../store/account-rows.ts';
import {
  changeAdvertiser,
  ownAdvertiserById,
  ownAdvertisers,
  type AdvertiserRow,
  type AdvertiserWords,
} from '../store/advertiser-rows.ts';
import { findIdempotency, insertIdempotency } from '../store/idempotency-rows.ts';
import { countListedAudiences, listedAudiences } from '../store/listed-audience-rows.ts';
import type { Script } from '../store/script.ts';
import { requireSyncable } from './account-gates.ts';
import { accountNotFound, accountOf, newRow } from './account-scripts.ts';
import type {
  Advertiser,
  AdvertiserChanges,
  AdvertiserPage,
  AdvertiserQuery,
  AdvertiserSettings,
  ListedAudiencePage,
  NewAdvertiser,
  UpdateAdvertiserAnswer,
} from './advertiser-api.ts';
import { sizeRule, type SizeRules } from './finish-sync.ts';
import { listedAudienceOf } from './listed-audience.ts';
import type { Sealer } from './seal.ts';

/** A deleted audience stays in lists this long. */
export const deletedListedMs: number = 30 * 24 * 3_600_000;
/** Calls that name no account keep their request keys under this number. */
const noAccount = 0;
const operationName = 'create_advertiser';

export interface CreateAdvertiserInput {
  readonly principalNo: number;
  /** For the account if one is made. */
  readonly accountId: string;
  readonly advertiser: NewAdvertiser;
  readonly keyHash: Uint8Array | null;
  readonly digest: Uint8Array;
  readonly nowMs: number;
  readonly expiresAtMs: number;
}

export type CreateAdvertiserOutput =
  | { readonly kind: 'conflict' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'created'; readonly advertiser: Advertiser; readonly replayed: boolean };

export interface ListAudiencesInput {
  readonly principalNo: number;
  readonly accountId: string;
  /** Sandbox accounts answer like unknown ones where they are not served. */
  readonly servesSandbox: boolean;
  readonly take: number;
  readonly skip: number;
  readonly nowMs: number;
}

export type AdvertiserScripts = ReturnType<typeof createAdvertiserScripts>;

export function createAdvertiserScripts(sealer: Sealer, rules: SizeRules) {
  return {
    *advertisersOfCaller(input: {
      readonly principalNo: number;
      readonly query: AdvertiserQuery;
    }): Script<AdvertiserPage> {
      const { limit, offset } = input.query;
      const all = (yield* ownAdvertisers(input.principalNo)).map(advertiserOf);
      const fitting = all.filter((advertiser) => fits(advertiser, input.query));
      return { advertisers: fitting.slice(offset, offset + limit), total: fitting.length };
    },

    *advertiserOfCaller(input: {
      readonly principalNo: number;
      readonly accountId: string;
    }): Script<Advertiser> {
      return advertiserOf(yield* ownRow(input.principalNo, input.accountId));
    },

    createAdvertiser: (input: CreateAdvertiserInput) => createAdvertiserScript(sealer, input),

    updateAdvertiser: updateAdvertiserScript,

    audiencesOfAccount: (input: ListAudiencesInput) => audiencesOfAccountScript(rules, input),
  };
}

function* createAdvertiserScript(
  sealer: Sealer,
  input: CreateAdvertiserInput,
): Script<CreateAdvertiserOutput> {
  const { principalNo, keyHash, nowMs } = input;
  const known = keyHash === null ? undefined : yield* findIdempotency(noAccount, principalNo, keyHash);
  if (known !== undefined) {
    if (known.expiresAt < nowMs) return { kind: 'expired' };
    const isSame = known.operationName === operationName && Buffer.compare(known.digest, input.digest) === 0;
    if (!isSame || known.response === null) return { kind: 'conflict' };
    return { kind: 'created', advertiser: sealer.open<Advertiser>(known.response), replayed: true };
  }
  const advertiser = yield* insertAdvertiser(input);
  if (advertiser === null) return { kind: 'exists' };
  if (keyHash !== null) {
    yield* insertIdempotency({
      accountNo: noAccount,
      principalNo,
      keyHash,
      digest: input.digest,
      operationName,
      taskId: null,
      createdAt: nowMs,
      expiresAt: input.expiresAtMs,
      response: sealer.seal(advertiser),
    });
  }
  return { kind: 'created', advertiser, replayed: false };
}

function* audiencesOfAccountScript(rules: SizeRules, input: ListAudiencesInput): Script<ListedAudiencePage> {
  const { principalNo, accountId, take, skip, nowMs } = input;
  const row = yield* ownAccountById(principalNo, accountId);
  const isHidden = row === undefined || (row.sandbox === 1 && !input.servesSandbox);
  if (isHidden) throw accountNotFound({ kind: 'id', accountId });
  const account = accountOf(row);
  requireSyncable(account, false);
  const since = nowMs - deletedListedMs;
  const rule = sizeRule(rules, account.sandbox);
  const rows = yield* listedAudiences(account.accountNo, since, take, skip);
  return {
    accountId: account.accountId,
    audiences: rows.map((audience) => listedAudienceOf(audience, rule)),
    total: yield* countListedAudiences(account.accountNo, since),
  };
}

function* ownRow(principalNo: number, accountId: string): Script<AdvertiserRow> {
  const row = yield* ownAdvertiserById(principalNo, accountId);
  if (row === undefined) throw accountNotFound({ kind: 'id', accountId });
  return row;
}

/** Null: the caller has an account of this natural key. The brand acts for itself, so it is its own operator. */
function* insertAdvertiser(input: CreateAdvertiserInput): Script<Advertiser | null> {
  const { principalNo, accountId, nowMs } = input;
  const { name, description, brandDomain, sandbox, settings } = input.advertiser;
  const key = { brandDomain, brandId: '', operator: brandDomain, sandbox };
  if ((yield* ownAccountsByKey(principalNo, key)).length > 0) return null;
  const account = newRow({
    accountId,
    brandDomain,
    brandId: null,
    operator: brandDomain,
    sandbox,
    name,
    nowMs,
  });
  const accountNo = yield* insertAccount({ ...account, declaredBy: principalNo });
  yield* bindAccount(principalNo, accountNo);
  const words = { name, description, settings: JSON.stringify(settings), brandDomain, operator: brandDomain };
  yield* changeAdvertiser(accountNo, words, nowMs);
  return advertiserOf(yield* ownRow(principalNo, accountId));
}

function* updateAdvertiserScript(input: {
  readonly principalNo: number;
  readonly accountId: string;
  readonly changes: AdvertiserChanges;
  readonly nowMs: number;
}): Script<UpdateAdvertiserAnswer> {
  const { principalNo, accountId, changes, nowMs } = input;
  const row = yield* ownRow(principalNo, accountId);
  const words = wordsAfter(row, changes);
  if (words.brandDomain !== row.brandDomain) {
    if (row.declaredBy !== principalNo) return { kind: 'brand_fixed' };
    const { brandDomain, operator } = words;
    const key = { brandDomain, brandId: row.brandId, operator, sandbox: row.sandbox === 1 };
    if ((yield* ownAccountsByKey(principalNo, key)).length > 0) return { kind: 'exists' };
  }
  yield* changeAdvertiser(row.accountNo, words, nowMs);
  return { kind: 'updated', advertiser: advertiserOf(yield* ownRow(principalNo, accountId)) };
}

/** A brand that acts for itself goes on doing so under its new domain. */
function wordsAfter(row: AdvertiserRow, changes: AdvertiserChanges): AdvertiserWords {
  const brandDomain = changes.brandDomain ?? row.brandDomain;
  return {
    name: changes.name ?? row.name,
    description: changes.description === undefined ? row.description : changes.description,
    settings: JSON.stringify(mergeSettings(settingsOf(row), changes.settings)),
    brandDomain,
    operator: row.operator === row.brandDomain ? brandDomain : row.operator,
  };
}

/** Linked accounts are only ever added; one that is named again takes its new words. */
function mergeSettings(before: AdvertiserSettings, changes: AdvertiserSettings): AdvertiserSettings {
  const { linkedAccounts, ...others } = changes;
  if (linkedAccounts === undefined) return { ...before, ...others };
  const byKey = new Map(
    [...(before.linkedAccounts ?? []), ...linkedAccounts].map((one) => [
      JSON.stringify([one.partnerId, one.accountId]),
      one,
    ]),
  );
  return { ...before, ...others, linkedAccounts: [...byKey.values()] };
}

function settingsOf({ settings }: AdvertiserRow): AdvertiserSettings {
  return settings === null ? {} : (JSON.parse(settings) as AdvertiserSettings);
}

function advertiserOf(row: AdvertiserRow): Advertiser {
  return {
    accountId: row.accountId as AccountId,
    name: row.name,
    description: row.description,
    brandDomain: row.brandDomain,
    brandId: row.brandId === '' ? null : row.brandId,
    operator: row.operator,
    sandbox: row.sandbox === 1,
    isArchived: row.status === 'closed' || row.status === 'rejected',
    settings: settingsOf(row),
    createdAtMs: row.createdAt,
    updatedAtMs: row.updatedAt,
  };
}

function fits(advertiser: Advertiser, { isArchived, namePart }: AdvertiserQuery): boolean {
  if (isArchived !== undefined && advertiser.isArchived !== isArchived) return false;
  return namePart === undefined || advertiser.name.toLowerCase().includes(namePart.toLowerCase());
}

/** What was asked of a key that stands for something else, or for something too long ago. */
export function refuseKey(kind: 'conflict' | 'expired'): AppError {
  return new AppError(kind === 'conflict' ? 'IDEMPOTENCY_CONFLICT' : 'IDEMPOTENCY_EXPIRED');
}
