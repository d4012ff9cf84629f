/** Products that a caller's tests set up: what they say over what the seller's own product says, so that every product is whole. */
import { isPlainObject, textIn } from './json-parts.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { PricingOption, Product } from './api.ts';
import { microsOf } from './money.ts';

export interface SeededProduct {
  readonly fixture: JsonObject;
  readonly prices: Readonly<Record<string, JsonObject>>;
}

function priceOf(pricingOptionId: string, fixture: JsonObject): PricingOption {
  const micros = (name: string): number | null => {
    const value = fixture[name];
    return typeof value === 'number' && value >= 0 ? microsOf(value) : null;
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

function formatsOf(fixture: JsonObject, like: Product): Product['formatIds'] {
  const given = fixture['format_ids'];
  const agent = like.formatIds[0]?.agentUrl ?? '';
  const formats = (Array.isArray(given) ? (given as readonly unknown[]) : []).flatMap((one) => {
    const id = isPlainObject(one) ? textIn(one, 'id') : undefined;
    return id === undefined ? [] : [{ agentUrl: textIn(one as JsonObject, 'agent_url') ?? agent, id }];
  });
  return formats.length === 0 ? like.formatIds : formats;
}

/** `like`: the product that stands for whatever the fixture does not say. */
export function seededProduct(productId: string, { fixture, prices }: SeededProduct, like: Product): Product {
  const channels = fixture['channels'];
  const own = Object.entries(prices).map(([id, price]) => priceOf(id, price));
  return {
    productId,
    name: textIn(fixture, 'name') ?? productId,
    description: textIn(fixture, 'description') ?? like.description,
    publisherDomain: like.publisherDomain,
    channels: Array.isArray(channels)
      ? (channels as readonly unknown[]).filter((one) => typeof one === 'string')
      : like.channels,
    deliveryType: fixture['delivery_type'] === 'guaranteed' ? 'guaranteed' : 'non_guaranteed',
    formatIds: formatsOf(fixture, like),
    pricingOptions: own.length === 0 ? like.pricingOptions : own,
    terms: like.terms,
  };
}
