/** Bodies of the answers about media buys. Sources: AdCP `media-buy/*-response.json`, `core/{package,impairment}.json`. */
import type { Json, JsonObject } from '../../../engine/types.ts';
import type { BuyOutcome, BuyPage, BuyView, Impairment, PackageView } from '../../../service/buys/api.ts';
import { amountOf } from '../../../service/buys/money.ts';
import { actionsIn } from '../../../service/buys/states.ts';
import { paginationOf } from '../accounts-response.ts';
import { isObject } from '../argument-reader.ts';
import { ownOverlayFields } from './read-package.ts';

const isoTime = (ms: number): string => new Date(ms).toISOString();

const timeField = (name: string, ms: number | null): JsonObject =>
  ms === null ? {} : { [name]: isoTime(ms) };

function cancellationOf(atMs: number | null, reason: string | null): JsonObject {
  if (atMs === null) return {};
  return {
    cancellation: {
      canceled_at: isoTime(atMs),
      canceled_by: 'buyer',
      ...(reason === null ? {} : { reason }),
    },
  };
}

/** Fields that are kept for the seller's ad server, and that nothing here carries out. */
const leftFields = ['creative_assignments', 'pacing', 'impressions', 'format_ids'] as const;

/** Says what of a package is passed on and not carried out here, so that nobody takes an echo for more. */
function passedOn(words: JsonObject): JsonObject {
  const overlay = isObject(words['targeting_overlay']) ? words['targeting_overlay'] : {};
  const left = [
    ...Object.keys(overlay)
      .filter((name) => !ownOverlayFields.includes(name))
      .map((name) => `targeting_overlay.${name}`),
    ...leftFields.filter((name) => words[name] !== undefined),
  ];
  return left.length === 0 ? {} : { ext: { rollcall: { left_to_ad_server: left } } };
}

function packageBody(view: PackageView): JsonObject {
  return {
    package_id: view.packageId,
    product_id: view.productId,
    pricing_option_id: view.pricingOptionId,
    budget: amountOf(view.budgetMicros),
    paused: view.paused,
    ...timeField('start_time', view.startAtMs),
    ...timeField('end_time', view.endAtMs),
    ...(view.canceledAtMs === null ? {} : { canceled: true }),
    ...cancellationOf(view.canceledAtMs, view.cancellationReason),
    ...view.words,
    ...passedOn(view.words),
  };
}

function totalBudget(buy: BuyView): number {
  const live = buy.packages.filter(({ canceledAtMs }) => canceledAtMs === null);
  return amountOf(live.reduce((sum, { budgetMicros }) => sum + budgetMicros, 0));
}

/**
 * Where the buy's own state stands: 3.1 keeps `status` for the task, which is completed, and readers of 3.0 take it for the buy's state,
 * so that `completed` would tell them that a buy is over which has just begun. Source: AdCP migration, media-buy status, which lets a
 * seller of 3.1 write the state there too.
 */
function stateFields(buy: BuyView, readsBy30: boolean): JsonObject {
  return { media_buy_status: buy.status, ...(readsBy30 ? { status: buy.status } : {}) };
}

/** What the buyer is asked. Source: AdCP `media-buy/create-media-buy-async-response-input-required.json`. */
function inputRequiredBody(message: string | null): JsonObject {
  const says = message ?? 'This media buy needs an approval.';
  const error = { code: 'X_ROLLCALL_APPROVAL_REQUIRED', message: says, recovery: 'correctable' };
  return { status: 'input-required', reason: 'APPROVAL_REQUIRED', message: says, errors: [error] };
}

/** The body of create_media_buy and update_media_buy. `readsBy30`: the caller named 3.0, or no release. */
export function outcomeBody(
  outcome: BuyOutcome,
  operation: 'create_media_buy' | 'update_media_buy',
  readsBy30: boolean,
): JsonObject {
  if (outcome.kind === 'submitted') {
    return {
      status: 'submitted',
      task_id: outcome.taskId,
      ...(outcome.message === null ? {} : { message: outcome.message }),
    };
  }
  if (outcome.kind === 'input_required') return inputRequiredBody(outcome.message);
  const { buy, affected } = outcome;
  const packages: readonly Json[] = buy.packages
    .filter(({ packageId }) => affected.includes(packageId))
    .map(packageBody);
  const common = {
    media_buy_id: buy.mediaBuyId,
    ...stateFields(buy, readsBy30),
    revision: buy.revision,
    currency: buy.currency,
    total_budget: totalBudget(buy),
    valid_actions: actionsIn(buy.status, buy.paused),
    ...(buy.sandbox ? { sandbox: true } : {}),
  };
  if (operation === 'update_media_buy') return { ...common, affected_packages: packages };
  return { ...common, ...timeField('confirmed_at', buy.confirmedAtMs), packages };
}

function impairmentBody(one: Impairment): JsonObject {
  return {
    impairment_id: one.impairmentId,
    resource_type: 'audience',
    resource_id: one.audienceId,
    package_ids: one.packageIds,
    transition: { to: 'suspended' },
    reason_code: one.reasonCode,
    observed_at: isoTime(one.observedAtMs),
  };
}

function buyBody(buy: BuyView, wantsSnapshot: boolean): JsonObject {
  const snapshot = wantsSnapshot ? { snapshot_unavailable_reason: 'SNAPSHOT_UNSUPPORTED' } : {};
  return {
    media_buy_id: buy.mediaBuyId,
    status: buy.status,
    health: buy.impairments.length === 0 ? 'ok' : 'impaired',
    impairments: buy.impairments.map(impairmentBody),
    ...(buy.rejectionReason === null ? {} : { rejection_reason: buy.rejectionReason }),
    currency: buy.currency,
    total_budget: totalBudget(buy),
    start_time: isoTime(buy.startAtMs),
    end_time: isoTime(buy.endAtMs),
    confirmed_at: buy.confirmedAtMs === null ? null : isoTime(buy.confirmedAtMs),
    ...cancellationOf(buy.canceledAtMs, buy.cancellationReason),
    revision: buy.revision,
    created_at: isoTime(buy.createdAtMs),
    updated_at: isoTime(buy.updatedAtMs),
    ...(buy.context === null ? {} : { context: buy.context }),
    valid_actions: actionsIn(buy.status, buy.paused),
    packages: buy.packages.map((one) => ({ ...packageBody(one), currency: buy.currency, ...snapshot })),
  };
}

/** The body of get_media_buys. */
export function buysBody({ buys, nextCursor, totalCount }: BuyPage, wantsSnapshot: boolean): JsonObject {
  return {
    media_buys: buys.map((buy) => buyBody(buy, wantsSnapshot)),
    pagination: paginationOf(nextCursor, totalCount),
    ...(buys.length > 0 && buys.every(({ sandbox }) => sandbox) ? { sandbox: true } : {}),
  };
}
