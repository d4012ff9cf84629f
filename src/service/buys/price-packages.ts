/** Packages that are asked for against what is sold: product, price, budget and terms. Pure. */
import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import type { AcceptedTerms, PackageRequest, PricedPackage, PricingOption, Product } from './api.ts';
import { formatKey } from './formats.ts';
import { amountOf, microsOf } from './money.ts';

function optionOf(product: Product, { path, pricingOptionId }: PackageRequest): PricingOption {
  const option = product.pricingOptions.find((one) => one.pricingOptionId === pricingOptionId);
  if (option !== undefined) return option;
  throw new AppError('INVALID_REQUEST', `${path}.pricing_option_id names no price of this product.`, {
    field: `${path}.pricing_option_id`,
    suggestion: 'Take a pricing_option_id of the product from get_products.',
  });
}

function rateOf({ fixedMicros, floorMicros }: PricingOption, { path, bidMicros }: PackageRequest): number {
  if (fixedMicros !== null) return fixedMicros;
  const field = `${path}.bid_price`;
  if (bidMicros === null) {
    throw new AppError('INVALID_REQUEST', `${field} is required: this price is bid for.`, { field });
  }
  checkFloor(bidMicros, floorMicros, field);
  return bidMicros;
}

export function checkFloor(bidMicros: number, floorMicros: number | null, field: string): void {
  if (floorMicros === null || bidMicros >= floorMicros) return;
  throw new AppError('VALIDATION_ERROR', `${field} must be ${amountOf(floorMicros)} or more.`, { field });
}

export function checkBudget(budgetMicros: number, leastMicros: number, field: string): void {
  if (budgetMicros >= leastMicros) return;
  throw new AppError('BUDGET_TOO_LOW', `${field} must be ${amountOf(leastMicros)} or more.`, {
    field,
    details: { minimum_budget: amountOf(leastMicros) },
  });
}

/** The budget of a buy is told as one sum, which must be as exact as its parts. */
export function checkTotal(budgetMicros: readonly number[], field: string): void {
  const total = budgetMicros.reduce((sum, one) => sum + one, 0);
  if (total <= microsOf(limits.budgetMax)) return;
  throw new AppError('VALIDATION_ERROR', `${field} have budgets of more than ${limits.budgetMax} together.`, {
    field,
  });
}

function checkFormats(product: Product, { path, formatIds }: PackageRequest): void {
  const taken = new Set(product.formatIds.map(formatKey));
  const other = formatIds.findIndex((one) => !taken.has(formatKey(one)));
  if (other < 0) return;
  const field = `${path}.format_ids[${other}]`;
  throw new AppError('INVALID_REQUEST', `${field} names no format of this product.`, {
    field,
    suggestion: 'Take format_ids of the product from get_products, or leave them out for all of them.',
  });
}

/** Terms that a seller did not offer are refused: agreeing to them in silence would be a promise. */
function checkTerms(accepted: AcceptedTerms | null, { path, terms }: PackageRequest): void {
  if (terms === null) return;
  const field = `${path}.measurement_terms`;
  const refuse = (says: string, at: string): never => {
    throw new AppError('TERMS_REJECTED', says, {
      field: at,
      suggestion: 'Change the terms, or leave measurement_terms out to take the seller’s own.',
    });
  };
  if (accepted === null)
    return refuse(`${field} cannot be agreed to: this product has no terms but its own.`, field);
  const { window, variancePercent } = terms;
  if (window !== null && !accepted.windows.includes(window)) {
    const at = `${field}.billing_measurement.measurement_window`;
    refuse(`${at} must be one of ${accepted.windows.join(', ')}.`, at);
  }
  if (variancePercent !== null && variancePercent < accepted.minVariancePercent) {
    const at = `${field}.billing_measurement.max_variance_percent`;
    refuse(`${at} must be ${accepted.minVariancePercent} or more.`, at);
  }
}

/** Every package with its price. Refuses the first that cannot be sold, by its field. */
export function pricePackages(
  products: readonly Product[],
  requests: readonly PackageRequest[],
): readonly PricedPackage[] {
  const byId = new Map(products.map((product) => [product.productId, product]));
  return requests.map((request) => {
    const { path, productId, budgetMicros } = request;
    const product = byId.get(productId);
    if (product === undefined)
      throw new AppError('PRODUCT_NOT_FOUND', undefined, { field: `${path}.product_id` });
    const option = optionOf(product, request);
    checkBudget(budgetMicros, option.minBudgetMicros, `${path}.budget`);
    checkFormats(product, request);
    checkTerms(product.terms, request);
    const { terms: _terms, bidMicros: _bid, formatIds: _formats, ...rest } = request;
    return {
      ...rest,
      rateMicros: rateOf(option, request),
      floorMicros: option.fixedMicros === null ? option.floorMicros : null,
      minBudgetMicros: option.minBudgetMicros,
      currency: option.currency,
    };
  });
}

/** A buy has one currency, in which its budget and its spend are told. */
export function oneCurrency(packages: readonly PricedPackage[], currency?: string): string {
  const wanted = currency ?? packages[0]?.currency ?? '';
  const other = packages.find((one) => one.currency !== wanted);
  if (other === undefined) return wanted;
  throw new AppError(
    'VALIDATION_ERROR',
    `${other.path}.pricing_option_id is in another currency than the buy.`,
    {
      field: `${other.path}.pricing_option_id`,
      suggestion: 'Make one media buy for each currency.',
    },
  );
}
