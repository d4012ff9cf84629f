/** The filters of get_products: those that are applied, those that nothing here can meet, and those that nobody here can judge. */
import { limits } from '../../../base/limits.ts';
import type { JsonObject } from '../../../engine/types.ts';
import type { ProductFilters } from '../../../service/buys/filter-products.ts';
import { microsOf } from '../../../service/buys/money.ts';
import { ArgumentReader, isDay, type IssueList } from '../argument-reader.ts';
import { mediaBuyFeatures } from '../capabilities.ts';
import { readFormatIds } from './read-parts.ts';

/** What products of this seller never have: what was sent of these leaves no product. */
const lists = [
  'signal_targeting',
  'required_vendor_metrics',
  'required_performance_standards',
  'required_axe_integrations',
] as const;

/** What products say nothing about, so that nobody can tell which of them fit. */
const unjudged = [
  ...['exclusivity', 'standard_formats_only', 'min_exposures', 'regions', 'metros', 'postal_areas'],
  ...['geo_proximity', 'required_geo_targeting', 'keywords', 'video_placement_types'],
  ...['audio_distribution_types', 'sponsored_placement_types', 'social_placement_surfaces'],
];

const countMax = 300;

const wordsOf = (
  filters: ArgumentReader,
  name: string,
  pattern?: RegExp,
  patternSays = '',
): readonly string[] | undefined =>
  filters.strings(name, 1, countMax, {
    charsMax: 100,
    ...(pattern === undefined ? {} : { pattern, patternSays }),
  });

function readBudget(filters: ArgumentReader, issues: IssueList): ProductFilters['budget'] {
  const object = filters.object('budget_range');
  if (object === undefined) return undefined;
  const reader = new ArgumentReader(object, filters.pathOf('budget_range'), issues);
  const currency = reader.string('currency', {
    required: true,
    charsMax: 3,
    pattern: /^[A-Z]{3}$/,
    patternSays: 'three capital letters, such as EUR',
  });
  const min = reader.number('min', 0, Number.MAX_VALUE);
  const max = reader.number('max', 0, Number.MAX_VALUE);
  if (!reader.has('min') && !reader.has('max')) reader.issue('max', 'required', 'or min must be given.');
  if (min !== undefined && max !== undefined && min > max) {
    reader.issue('min', 'maximum', 'must not be more than max.');
  }
  // No product costs more than a budget can be.
  const most = max === undefined ? undefined : microsOf(Math.min(max, limits.budgetMax));
  return currency === undefined ? undefined : { currency, maxMicros: most };
}

/** Every product can be bought for any flight, so that dates take out none; they must be dates all the same. */
function checkDates(filters: ArgumentReader): void {
  const days = ['start_date', 'end_date'].map((name) => {
    const day = filters.string(name, { charsMax: 10 });
    return day === undefined || isDay(day)
      ? day
      : filters.issue(name, 'format', 'must be a day that exists, YYYY-MM-DD.');
  });
  const [start, end] = days;
  if (start !== undefined && end !== undefined && start > end) {
    filters.issue('start_date', 'maximum', 'must not be after end_date.');
  }
}

function isImpossible(filters: ArgumentReader): boolean {
  const wanted = lists.filter((name) => filters.array(name, 1, countMax) !== undefined);
  const match = Object.keys(filters.object('trusted_match') ?? {});
  const features: JsonObject = filters.object('required_features') ?? {};
  const missing = Object.entries(features).filter(
    ([name, value]) => value === true && !Object.hasOwn(mediaBuyFeatures, name),
  );
  return wanted.length + match.length + missing.length > 0;
}

export interface ReadFilters {
  readonly filters: ProductFilters;
  /** Fields of the request that were named and not applied. */
  readonly notApplied: readonly string[];
}

export function readFilters(reader: ArgumentReader, issues: IssueList): ReadFilters {
  const filters = new ArgumentReader(reader.object('filters') ?? {}, reader.pathOf('filters'), issues);
  checkDates(filters);
  return {
    filters: {
      channels: wordsOf(filters, 'channels'),
      countries: wordsOf(filters, 'countries', /^[A-Z]{2}$/, 'two capital letters, such as DE'),
      deliveryType: filters.oneOf('delivery_type', ['guaranteed', 'non_guaranteed']),
      isFixedPrice: filters.boolean('is_fixed_price'),
      currencies: wordsOf(filters, 'pricing_currencies'),
      metrics: wordsOf(filters, 'required_metrics'),
      formatIds: readFormatIds(filters, issues),
      budget: readBudget(filters, issues),
      isImpossible: isImpossible(filters),
    },
    notApplied: [
      ...unjudged
        .filter((name) => filters.has(name) && filters.raw(name) !== false)
        .map((name) => `filters.${name}`),
      ...(reader.has('required_policies') ? ['required_policies'] : []),
    ],
  };
}
