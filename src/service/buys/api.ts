/** What the service offers about media buys. Shapes are ours; money is in millionths of the currency, so that sums are exact. */
import type { RequestKey } from '../../base/brand.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { AccountReference, CallbackRequest, Generation, Principal } from '../api.ts';
import type { FormatId, SoldFormat } from './formats.ts';

export interface PricingOption {
  readonly pricingOptionId: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Price of a thousand impressions, or null: the buyer bids, from the floor on. */
  readonly fixedMicros: number | null;
  readonly floorMicros: number | null;
  readonly minBudgetMicros: number;
}

/** Measurement terms that a seller agrees to. */
export interface AcceptedTerms {
  readonly windows: readonly string[];
  /** Differences of counts below this, in percent, must be borne. */
  readonly minVariancePercent: number;
}

/** Something that can be bought, as the seller configured it. */
export interface Product {
  readonly productId: string;
  readonly name: string;
  readonly description: string;
  readonly publisherDomain: string;
  readonly channels: readonly string[];
  /** ISO 3166-1 codes of where it is sold; null: everywhere. */
  readonly countries: readonly string[] | null;
  readonly deliveryType: 'guaranteed' | 'non_guaranteed';
  readonly formatIds: readonly SoldFormat[];
  readonly pricingOptions: readonly PricingOption[];
  /** Null: no terms but the seller's own. */
  readonly terms: AcceptedTerms | null;
}

export type BuyStatus =
  'pending_creatives' | 'pending_start' | 'active' | 'paused' | 'completed' | 'rejected' | 'canceled';

/** Names of audiences in an overlay; undefined: the overlay has none. */
export interface AudienceNames {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** A package that is asked for, checked for shape. */
export interface PackageRequest {
  /** Where it stands in the call, for faults: `packages[0]`. */
  readonly path: string;
  readonly productId: string;
  readonly pricingOptionId: string;
  readonly budgetMicros: number;
  readonly bidMicros: number | null;
  readonly paused: boolean;
  readonly startAtMs: number | null;
  readonly endAtMs: number | null;
  readonly audiences: AudienceNames;
  /** None: all that the product takes. */
  readonly formatIds: readonly FormatId[];
  readonly terms: { readonly window: string | null; readonly variancePercent: number | null } | null;
  /** What is kept as it was said and echoed: the overlay, the context and the like. */
  readonly words: JsonObject;
}

/** The same with its price, agreed. */
export interface PricedPackage extends Omit<PackageRequest, 'terms' | 'bidMicros' | 'formatIds'> {
  readonly rateMicros: number;
  readonly floorMicros: number | null;
  readonly minBudgetMicros: number;
  readonly currency: string;
}

/** A change of one package. What is undefined stays. */
export interface PackageChange {
  readonly path: string;
  readonly packageId: string;
  readonly budgetMicros: number | undefined;
  readonly bidMicros: number | undefined;
  readonly paused: boolean | undefined;
  readonly canceled: boolean;
  readonly cancellationReason: string | undefined;
  readonly startAtMs: number | undefined;
  readonly endAtMs: number | undefined;
  /** With a new overlay. */
  readonly audiences: AudienceNames | undefined;
  readonly words: JsonObject;
}

interface BuyCall {
  readonly caller: Principal;
  readonly generation: Generation;
  readonly account: AccountReference;
  readonly requestKey: RequestKey;
  readonly requestDigest: Uint8Array;
  readonly callback: CallbackRequest | null;
  readonly context: JsonObject | undefined;
  readonly encode: (outcome: BuyOutcome) => JsonObject;
}

export interface CreateBuyCall extends BuyCall {
  /** Null: as soon as possible. */
  readonly startAtMs: number | null;
  readonly endAtMs: number;
  readonly paused: boolean;
  readonly packages: readonly PackageRequest[];
  /** What is kept as it was said. */
  readonly words: JsonObject;
}

export interface UpdateBuyCall extends BuyCall {
  readonly mediaBuyId: string;
  readonly revision: number | undefined;
  readonly paused: boolean | undefined;
  readonly canceled: boolean;
  readonly cancellationReason: string | undefined;
  /** Null: as soon as possible; undefined: stays. */
  readonly startAtMs: number | null | undefined;
  readonly endAtMs: number | undefined;
  readonly packages: readonly PackageChange[];
  readonly newPackages: readonly PackageRequest[];
}

export interface PackageView {
  readonly packageId: string;
  readonly productId: string;
  readonly pricingOptionId: string;
  readonly budgetMicros: number;
  readonly rateMicros: number;
  readonly paused: boolean;
  readonly canceledAtMs: number | null;
  readonly cancellationReason: string | null;
  readonly startAtMs: number | null;
  readonly endAtMs: number | null;
  readonly words: JsonObject;
}

/** A suspended audience that packages of a buy lean on. Source: AdCP `core/impairment.json`. */
export interface Impairment {
  readonly impairmentId: string;
  readonly audienceId: string;
  readonly packageIds: readonly string[];
  readonly reasonCode: string;
  readonly observedAtMs: number;
}

export interface BuyView {
  readonly mediaBuyId: string;
  readonly sandbox: boolean;
  readonly status: BuyStatus;
  /** Before it begins too, when the state does not tell. */
  readonly paused: boolean;
  readonly revision: number;
  readonly startAtMs: number;
  readonly endAtMs: number;
  readonly confirmedAtMs: number | null;
  readonly canceledAtMs: number | null;
  readonly cancellationReason: string | null;
  readonly rejectionReason: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly currency: string;
  /** Of the call that made it. */
  readonly context: JsonObject | null;
  readonly packages: readonly PackageView[];
  /** None for a buy that is over. */
  readonly impairments: readonly Impairment[];
}

/** What a creation or a change came to. */
export type BuyOutcome =
  | { readonly kind: 'done'; readonly buy: BuyView; readonly affected: readonly string[] }
  | { readonly kind: 'submitted'; readonly taskId: string; readonly message: string | null }
  /** Nothing was done: the buyer is asked first. */
  | { readonly kind: 'input_required'; readonly message: string | null };

export interface BuyAnswer {
  readonly body: JsonObject;
  readonly replayed: boolean;
}

export interface BuyQuery {
  readonly account: AccountReference | undefined;
  readonly mediaBuyIds: readonly string[] | undefined;
  readonly statuses: readonly BuyStatus[] | undefined;
}

export interface BuyListQuery extends BuyQuery {
  readonly pageSize: number;
  readonly cursor: string | null;
}

export interface BuyPage {
  readonly buys: readonly BuyView[];
  readonly totalCount: number;
  readonly nextCursor: string | null;
}

export interface DeliveryQuery extends BuyQuery {
  /** First day and the day after the last, YYYY-MM-DD in UTC; undefined: all. */
  readonly days: { readonly from: string; readonly before: string } | undefined;
}

export interface DeliveredDay {
  readonly day: string;
  readonly impressions: number;
  readonly clicks: number;
  readonly spendMicros: number;
}

export interface BuyDelivery {
  readonly buy: BuyView;
  /** By package, in the order of the buy's. */
  readonly packages: readonly { readonly package: PackageView; readonly days: readonly DeliveredDay[] }[];
}

export interface DeliveryReport {
  readonly startAtMs: number;
  readonly endAtMs: number;
  readonly deliveries: readonly BuyDelivery[];
}

/** Answer of the test controller, in its own words. Source: AdCP comply_test_controller. */
export type ControllerAnswer = JsonObject;

export interface ControllerCall {
  readonly caller: Principal;
  /** Undefined: every sandbox account of the caller. */
  readonly account: AccountReference | undefined;
  readonly scenario: string;
  readonly params: JsonObject;
}

/** Media buys as protocols see them. Every method refuses with AppError, and the controller answers in its own words. */
export interface BuyService {
  /** What this caller can buy; an account is only looked up. */
  products(caller: Principal, account: AccountReference | undefined): Promise<ProductList>;
  createBuy(call: CreateBuyCall): Promise<BuyAnswer>;
  updateBuy(call: UpdateBuyCall): Promise<BuyAnswer>;
  listBuys(caller: Principal, query: BuyListQuery): Promise<BuyPage>;
  delivery(caller: Principal, query: DeliveryQuery): Promise<DeliveryReport>;
  controller(call: ControllerCall): Promise<ControllerAnswer>;
}

export interface ProductList {
  readonly products: readonly Product[];
  /** Some are this caller's alone. */
  readonly isPrivate: boolean;
  readonly sandbox: boolean;
}
