/** The body of get_products. Source: AdCP `media-buy/get-products-response.json`, `core/product.json`. */
import type { JsonObject } from '../../../engine/types.ts';
import type { PricingOption, Product, ProductList } from '../../../service/buys/api.ts';
import { amountOf } from '../../../service/buys/money.ts';
import { afterCursor, cursorAfter } from '../../../service/buys/pages.ts';
import { paginationOf } from '../accounts-response.ts';
import type { ProductFilters, ProductsQuery, Refinement } from './read-requests.ts';

/** What is counted, and can be required. */
const metrics = ['impressions', 'spend', 'clicks'] as const;

/** What get_media_buy_delivery really does. */
const reporting: JsonObject = {
  available_reporting_frequencies: ['daily'],
  expected_delay_minutes: 0,
  timezone: 'UTC',
  supports_webhooks: false,
  available_metrics: metrics,
  date_range_support: 'date_range',
};

function priceBody(option: PricingOption): JsonObject {
  return {
    pricing_option_id: option.pricingOptionId,
    pricing_model: 'cpm',
    currency: option.currency,
    ...(option.fixedMicros === null
      ? { floor_price: amountOf(option.floorMicros ?? 0) }
      : { fixed_price: amountOf(option.fixedMicros) }),
    ...(option.minBudgetMicros === 0 ? {} : { min_spend_per_package: amountOf(option.minBudgetMicros) }),
  };
}

function productBody(product: Product): JsonObject {
  return {
    product_id: product.productId,
    name: product.name,
    description: product.description,
    publisher_properties: [{ publisher_domain: product.publisherDomain, selection_type: 'all' }],
    channels: product.channels,
    delivery_type: product.deliveryType,
    format_ids: product.formatIds.map(({ agentUrl, id }) => ({ agent_url: agentUrl, id })),
    pricing_options: product.pricingOptions.map(priceBody),
    reporting_capabilities: reporting,
  };
}

function fitsPrice(option: PricingOption, { isFixedPrice, currencies }: ProductFilters): boolean {
  return (
    (isFixedPrice === undefined || (option.fixedMicros !== null) === isFixedPrice) &&
    (currencies === undefined || currencies.includes(option.currency))
  );
}

function fits(product: Product, filters: ProductFilters): boolean {
  const { channels, deliveryType, metrics: required, formatIds } = filters;
  return (
    (channels === undefined || channels.some((one) => product.channels.includes(one))) &&
    (deliveryType === undefined || product.deliveryType === deliveryType) &&
    (required === undefined || required.every((one) => metrics.some((metric) => metric === one))) &&
    (formatIds === undefined || formatIds.some((id) => product.formatIds.some((one) => one.id === id))) &&
    product.pricingOptions.some((option) => fitsPrice(option, filters))
  );
}

const unable = 'This seller sells its products as they are listed.';

/** What became of a wish: products can be taken out, and nothing is negotiated. */
function refinementBody({ scope, id, action }: Refinement): JsonObject {
  if (scope === 'product' && (action === 'omit' || action === 'include')) {
    return { scope, product_id: id ?? '', status: 'applied' };
  }
  const named = scope === 'request' ? {} : { [`${scope}_id`]: id ?? '' };
  return { scope, ...named, status: 'unable', notes: unable };
}

/** Wholesale lists prices, so that those which do not fit are left out of it. Source: AdCP get_products, filters. */
function priced(product: Product, { mode, filters }: ProductsQuery): Product {
  if (mode !== 'wholesale') return product;
  return { ...product, pricingOptions: product.pricingOptions.filter((one) => fitsPrice(one, filters)) };
}

export function productsBody(list: ProductList, query: ProductsQuery): JsonObject {
  const omitted = new Set(
    query.refinements
      .filter(({ scope, action }) => scope === 'product' && action === 'omit')
      .map(({ id }) => id),
  );
  const found = list.products
    .filter((product) => fits(product, query.filters) && !omitted.has(product.productId))
    .map((product) => priced(product, query));
  const ids = found.map(({ productId }) => productId);
  const start = query.cursor === null ? 0 : afterCursor(ids, query.cursor);
  const page = found.slice(start, start + query.pageSize);
  return {
    products: page.map(productBody),
    ...(query.mode === 'refine' ? { refinement_applied: query.refinements.map(refinementBody) } : {}),
    ...(query.hasPropertyList ? { property_list_applied: false } : {}),
    ...(query.hasCatalog ? { catalog_applied: false } : {}),
    cache_scope: list.isPrivate ? 'account' : 'public',
    pagination: paginationOf(cursorAfter(ids, start + page.length), ids.length),
    ...(list.sandbox ? { sandbox: true } : {}),
  };
}
