/** The body of get_products. Source: AdCP `media-buy/get-products-response.json`, `core/product.json`. */
import type { JsonObject } from '../../../engine/types.ts';
import type { PricingOption, Product, ProductList } from '../../../service/buys/api.ts';
import { countedMetrics, filterProducts } from '../../../service/buys/filter-products.ts';
import { amountOf } from '../../../service/buys/money.ts';
import { afterCursor, cursorAfter } from '../../../service/buys/pages.ts';
import { paginationOf } from '../accounts-response.ts';
import type { ProductsQuery, Refinement } from './read-requests.ts';
import { notAppliedBody } from './warnings.ts';

/** What get_media_buy_delivery really does. */
const reporting: JsonObject = {
  available_reporting_frequencies: ['daily'],
  expected_delay_minutes: 0,
  timezone: 'UTC',
  supports_webhooks: false,
  available_metrics: countedMetrics,
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
    ...(product.countries === null ? {} : { ext: { rollcall: { countries: product.countries } } }),
  };
}

const unable = 'This seller sells its products as they are listed.';

/** What became of a wish: products can be taken out, and nothing is negotiated. `found`: the products of the answer. */
function refinementBody(
  { scope, id = '', action = 'include', hasAsk }: Refinement,
  known: ReadonlySet<string>,
  found: ReadonlySet<string>,
): JsonObject {
  if (scope !== 'product') {
    const named = scope === 'request' ? {} : { [`${scope}_id`]: id };
    return { scope, ...named, status: 'unable', notes: unable };
  }
  const echo = { scope, product_id: id };
  if (!known.has(id)) return { ...echo, status: 'unable', notes: 'This seller has no such product.' };
  if (action === 'omit') return { ...echo, status: 'applied' };
  if (!found.has(id)) return { ...echo, status: 'unable', notes: 'The product does not fit the rest.' };
  if (action === 'include' && !hasAsk) return { ...echo, status: 'applied' };
  return { ...echo, status: 'partial', notes: `The product is in the list. ${unable}` };
}

export function productsBody(list: ProductList, query: ProductsQuery): JsonObject {
  const omitted = new Set(
    query.refinements
      .filter(({ scope, action }) => scope === 'product' && action === 'omit')
      .map(({ id }) => id),
  );
  const found = filterProducts(list.products, query.filters).filter(
    ({ productId }) => !omitted.has(productId),
  );
  const ids = found.map(({ productId }) => productId);
  const start = query.cursor === null ? 0 : afterCursor(ids, query.cursor);
  const page = found.slice(start, start + query.pageSize);
  const known = new Set(list.products.map(({ productId }) => productId));
  const there = new Set(ids);
  return {
    products: page.map(productBody),
    ...(query.mode === 'refine'
      ? { refinement_applied: query.refinements.map((one) => refinementBody(one, known, there)) }
      : {}),
    ...notAppliedBody(query.notApplied, 'products here say nothing about it.'),
    ...(query.hasPropertyList ? { property_list_applied: false } : {}),
    ...(query.hasCatalog ? { catalog_applied: false } : {}),
    cache_scope: list.isPrivate ? 'account' : 'public',
    pagination: paginationOf(cursorAfter(ids, start + page.length), ids.length),
    ...(list.sandbox ? { sandbox: true } : {}),
  };
}
