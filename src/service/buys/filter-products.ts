/** Which products a buyer asked for. Source: AdCP `core/product-filters.json`. */
import type { PricingOption, Product } from './api.ts';
import { formatKey, type FormatId } from './formats.ts';

/** What is counted of every product, and can be required. */
export const countedMetrics = ['impressions', 'spend', 'clicks'] as const;

/** Filters that are applied. What is undefined was not asked for. */
export interface ProductFilters {
  readonly channels: readonly string[] | undefined;
  readonly countries: readonly string[] | undefined;
  readonly deliveryType: string | undefined;
  readonly isFixedPrice: boolean | undefined;
  readonly currencies: readonly string[] | undefined;
  readonly metrics: readonly string[] | undefined;
  readonly formatIds: readonly FormatId[] | undefined;
  readonly budget: { readonly currency: string; readonly maxMicros: number | undefined } | undefined;
  /** Something is required that no product of this seller has. */
  readonly isImpossible: boolean;
}

const isAmong = (wanted: readonly string[] | undefined, there: readonly string[]): boolean =>
  wanted === undefined || wanted.some((one) => there.includes(one));

function isPriceWanted(option: PricingOption, { isFixedPrice, currencies }: ProductFilters): boolean {
  return (
    (isFixedPrice === undefined || (option.fixedMicros !== null) === isFixedPrice) &&
    (currencies === undefined || currencies.includes(option.currency))
  );
}

function isAffordable(option: PricingOption, { budget }: ProductFilters): boolean {
  if (budget === undefined) return true;
  const { currency, maxMicros } = budget;
  return option.currency === currency && (maxMicros === undefined || option.minBudgetMicros <= maxMicros);
}

function fits(product: Product, filters: ProductFilters, formats: readonly string[] | undefined): boolean {
  const { channels, countries, deliveryType, metrics, isImpossible } = filters;
  return (
    !isImpossible &&
    isAmong(channels, product.channels) &&
    // A product that names no countries is sold in all of them.
    (product.countries === null || isAmong(countries, product.countries)) &&
    (deliveryType === undefined || product.deliveryType === deliveryType) &&
    (metrics === undefined || metrics.every((one) => countedMetrics.some((metric) => metric === one))) &&
    (formats === undefined || isAmong(formats, product.formatIds.map(formatKey))) &&
    product.pricingOptions.some((option) => isPriceWanted(option, filters) && isAffordable(option, filters))
  );
}

/**
 * The products that fit, each with the prices that were asked for: AdCP wants no others among them, so that a buyer can take any.
 */
export function filterProducts(products: readonly Product[], filters: ProductFilters): readonly Product[] {
  const formats = filters.formatIds?.map(formatKey);
  return products
    .filter((product) => fits(product, filters, formats))
    .map((product) => ({
      ...product,
      pricingOptions: product.pricingOptions.filter((option) => isPriceWanted(option, filters)),
    }));
}
