/**
 * What the service offers beside AdCP: accounts as the advertisers of a buyer, and a page of an account's audiences.
 * Sources: Scope3 REST, advertisers and list audiences.
 */
import type { AccountId } from '../base/brand.ts';
import type { ConsentBasis, Principal } from './api.ts';

export interface LinkedAccount {
  readonly partnerId: string;
  readonly accountId: string;
  readonly billingType?: string;
}

/** Words that a buyer keeps with its advertiser. They are given back and nothing here acts on them. */
export interface AdvertiserSettings {
  readonly linkedAccounts?: readonly LinkedAccount[];
  readonly optimizationApplyMode?: 'AUTO' | 'MANUAL';
  readonly utmConfig?: readonly { readonly paramKey: string; readonly paramValue: string }[];
}

export interface Advertiser {
  readonly accountId: AccountId;
  readonly name: string;
  readonly description: string | null;
  readonly brandDomain: string;
  readonly brandId: string | null;
  readonly operator: string;
  readonly sandbox: boolean;
  /** The account is closed or rejected. */
  readonly isArchived: boolean;
  readonly settings: AdvertiserSettings;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface AdvertiserQuery {
  readonly isArchived?: boolean;
  /** Part of the name, compared without case. */
  readonly namePart?: string;
  readonly limit: number;
  readonly offset: number;
}
export interface AdvertiserPage {
  readonly advertisers: readonly Advertiser[];
  readonly total: number;
}

export interface NewAdvertiser {
  readonly name: string;
  readonly description: string | null;
  readonly brandDomain: string;
  readonly sandbox: boolean;
  readonly settings: AdvertiserSettings;
}
export interface CreateAdvertiserCall {
  readonly caller: Principal;
  readonly advertiser: NewAdvertiser;
  /** Makes the call safe to repeat; null: it is not. */
  readonly requestKey: string | null;
  readonly requestDigest: Uint8Array;
}
/** `exists`: the caller has an advertiser of this brand already. */
export type CreateAdvertiserAnswer =
  | { readonly kind: 'created'; readonly advertiser: Advertiser; readonly replayed: boolean }
  | { readonly kind: 'exists' };

/** Fields that are left out stay as they are; linked accounts are added to those that are there. */
export interface AdvertiserChanges {
  readonly name?: string;
  readonly description?: string | null;
  readonly brandDomain?: string;
  readonly settings: AdvertiserSettings;
}
export type UpdateAdvertiserAnswer =
  | { readonly kind: 'updated'; readonly advertiser: Advertiser }
  /** Another advertiser of the caller has this brand. */
  | { readonly kind: 'exists' }
  /** The seller made the account: its brand is not the buyer's to change. */
  | { readonly kind: 'brand_fixed' };

/** Where the newest sync of an audience stands. */
export type LastOperation = 'processing' | 'completed' | 'error';

export interface ListedAudience {
  readonly audienceId: string;
  readonly name: string | null;
  readonly consentBasis: ConsentBasis | null;
  /** `error`: the newest sync failed for this audience, or the seller has taken it offline. */
  readonly status: 'processing' | 'ready' | 'too_small' | 'error';
  readonly isDeleted: boolean;
  /** Distinct members now; null while they are being counted. */
  readonly memberCount: number | null;
  /** Only where the number may be published: at or above the minimum. */
  readonly matchedCount: number | null;
  readonly lastOperation: LastOperation;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
export interface ListedAudiencePage {
  readonly accountId: AccountId;
  readonly audiences: readonly ListedAudience[];
  readonly total: number;
}

/** Every method refuses with AppError; an account that is not the caller's is ACCOUNT_NOT_FOUND. */
export interface AdvertiserService {
  listAdvertisers(caller: Principal, query: AdvertiserQuery): Promise<AdvertiserPage>;
  getAdvertiser(caller: Principal, accountId: string): Promise<Advertiser>;
  createAdvertiser(call: CreateAdvertiserCall): Promise<CreateAdvertiserAnswer>;
  updateAdvertiser(
    caller: Principal,
    accountId: string,
    changes: AdvertiserChanges,
  ): Promise<UpdateAdvertiserAnswer>;
  /** In the order in which they were made. Deleted ones stay in the list for the retention period. */
  listAudiences(
    caller: Principal,
    accountId: string,
    page: { readonly take: number; readonly skip: number },
  ): Promise<ListedAudiencePage>;
}
