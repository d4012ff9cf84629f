/** Products that a caller's tests set up: what they say over what the seller's own product says, so that every product is whole. */
import { limits } from '../../base/limits.ts';
import { channels } from './channels.ts';
import { boundedIn, isPlainObject, textIn } from './json-parts.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { PricingOption, Product } from './api.ts';
import { microsOf } from './money.ts';

export interface SeededProduct {
  readonly fixture: JsonObject;
  readonly prices: Readonly<Record<string, JsonObject>>;
}

const currencyRule = /^[A-Z]{3}$/;

/** What is wrong with a price that a test sets up; null: nothing. */
export function faultOfPrice(fixture: JsonObject): string | null {
  const wrong = ['fixed_price', 'floor_price', 'min_spend_per_package'].find(
    (name) => boundedIn(fixture, name, limits.budgetMax) === null,
  );
  if (wrong !== undefined) return `${wrong} must be a number from 0 to ${limits.budgetMax}`;
  const hasCurrency = Object.hasOwn(fixture, 'currency');
  if (hasCurrency && !currencyRule.test(textIn(fixture, 'currency') ?? '')) {
    return 'currency must be three capital letters';
  }
  return null;
}

function priceOf(pricingOptionId: string, fixture: JsonObject): PricingOption {
  const micros = (name: string): number | null => {
    const value = boundedIn(fixture, name, limits.budgetMax) ?? null;
    return value === null ? null : microsOf(value);
  };
  const floorMicros = micros('floor_price');
  return {
    pricingOptionId,
    currency: textIn(fixture, 'currency') ?? 'USD',
    fixedMicros: floorMicros === null ? (micros('fixed_price') ?? microsOf(1)) : null,
    floorMicros,
    minBudgetMicros: micros('min_spend_per_package') ?? 0,
  };
}

/** Prices within the fixture of a product, by id. */
export function pricesIn(fixture: JsonObject): readonly (readonly [string, JsonObject])[] {
  const given = fixture['pricing_options'];
  return (Array.isArray(given) ? (given as readonly unknown[]) : []).flatMap((one) => {
    const id = isPlainObject(one) ? textIn(one, 'pricing_option_id') : undefined;
    return id === undefined ? [] : [[id, one as JsonObject] as const];
  });
}

/** Tests name channels that AdCP does not have; a product that says so would be none. */
function channelsOf(fixture: JsonObject, like: Product): readonly string[] {
  const given = fixture['channels'];
  const known = channels.filter((one) => Array.isArray(given) && given.includes(one));
  return known.length === 0 ? like.channels : known;
}

function formatsOf(fixture: JsonObject, like: Product): Product['formatIds'] {
  const given = fixture['format_ids'];
  const agent = like.formatIds[0]?.agentUrl ?? '';
  const formats = (Array.isArray(given) ? (given as readonly unknown[]) : []).flatMap((one) => {
    const id = isPlainObject(one) ? textIn(one, 'id') : undefined;
    if (id === undefined || !/^[\w-]+$/.test(id)) return [];
    const named = textIn(one as JsonObject, 'agent_url');
    return [{ agentUrl: named !== undefined && URL.canParse(named) ? named : agent, id, name: null }];
  });
  return formats.length === 0 ? like.formatIds : formats;
}

/** `like`: the product that stands for whatever the fixture does not say. */
export function seededProduct(productId: string, { fixture, prices }: SeededProduct, like: Product): Product {
  const own = [...new Map([...pricesIn(fixture), ...Object.entries(prices)])].map(([id, price]) =>
    priceOf(id, price),
  );
  return {
    productId,
    name: textIn(fixture, 'name') ?? productId,
    description: textIn(fixture, 'description') ?? like.description,
    publisherDomain: like.publisherDomain,
    channels: channelsOf(fixture, like),
    countries: like.countries,
    deliveryType: fixture['delivery_type'] === 'guaranteed' ? 'guaranteed' : 'non_guaranteed',
    formatIds: formatsOf(fixture, like),
    pricingOptions: own.length === 0 ? like.pricingOptions : own,
    terms: like.terms,
  };
}
