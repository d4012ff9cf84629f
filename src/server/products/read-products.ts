/** The file that says what a seller sells, checked field by field. */
import { readFileSync } from 'node:fs';

import { limits } from '../../base/limits.ts';
import type { Json, JsonObject } from '../../engine/types.ts';
import { ArgumentReader, isObject, IssueList } from '../../protocol/adcp/argument-reader.ts';
import { RequestFault } from '../../protocol/adcp/issues.ts';
import type { AcceptedTerms, PricingOption, Product } from '../../service/buys/api.ts';
import { channels } from '../../service/buys/channels.ts';
import { microsOf } from '../../service/buys/money.ts';
import { UsageFault } from '../options-table.ts';
import { defaultProducts, testProduct } from './default-products.ts';

const idRule = {
  required: true,
  charsMax: 128,
  pattern: /^[A-Za-z0-9_.:-]+$/,
  patternSays: 'made of letters, digits and _ . : -',
} as const;
const domainRule = {
  charsMax: 253,
  pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  patternSays: 'a domain in lower case, such as news.example',
} as const;

/** Source: AdCP `core/format-id.json`, which is narrower than for other ids. */
const formatIdRule = {
  ...idRule,
  pattern: /^[A-Za-z0-9_-]+$/,
  patternSays: 'made of letters, digits and _ -',
} as const;
const countryRule = {
  charsMax: 2,
  pattern: /^[A-Z]{2}$/,
  patternSays: 'two capital letters, such as DE',
} as const;

/** A name that is nobody's field is a mistake that would otherwise do nothing. */
function refuseUnknown(reader: ArgumentReader, object: JsonObject, known: readonly string[]): void {
  for (const name of Object.keys(object)) {
    if (!known.includes(name)) reader.issue(name, 'not', `is no field here; there are ${known.join(', ')}.`);
  }
}

/** A list in which nothing is there twice. */
function uniqueStrings(
  reader: ArgumentReader,
  name: string,
  rule: Parameters<ArgumentReader['strings']>[3],
): readonly string[] | undefined {
  const found = reader.strings(name, 1, limits.productCountMax, rule);
  if (found !== undefined && new Set(found).size < found.length) {
    reader.issue(name, 'uniqueItems', 'holds something twice.');
  }
  return found;
}

function each<T>(
  reader: ArgumentReader,
  issues: IssueList,
  name: string,
  countMin: number,
  read: (entry: ArgumentReader, object: JsonObject) => T,
): readonly T[] {
  if (!reader.has(name) && countMin > 0) reader.missing(name);
  return (reader.array(name, countMin, limits.productCountMax) ?? []).flatMap((entry: Json, position) => {
    const path = reader.pathOf(name, position);
    if (isObject(entry)) return [read(new ArgumentReader(entry, path, issues), entry)];
    issues.add(path, 'type', 'must be an object.');
    return [];
  });
}

const priceFields = [
  'pricing_option_id',
  'pricing_model',
  'currency',
  'fixed_price',
  'floor_price',
  'min_spend_per_package',
];

function readPrice(reader: ArgumentReader, object: JsonObject): PricingOption {
  refuseUnknown(reader, object, priceFields);
  const id = reader.string('pricing_option_id', idRule);
  reader.oneOf('pricing_model', ['cpm']);
  const currency = reader.string('currency', {
    required: true,
    charsMax: 3,
    pattern: /^[A-Z]{3}$/,
    patternSays: 'three capital letters, such as EUR',
  });
  const fixed = reader.number('fixed_price', 0, limits.budgetMax);
  const floor = reader.number('floor_price', 0, limits.budgetMax);
  if (reader.has('fixed_price') === reader.has('floor_price')) {
    reader.issue('fixed_price', 'oneOf', 'or floor_price must be given, and not both.');
  }
  return {
    pricingOptionId: id ?? '',
    currency: currency ?? '',
    fixedMicros: fixed === undefined ? null : microsOf(fixed),
    floorMicros: floor === undefined ? null : microsOf(floor),
    minBudgetMicros: microsOf(reader.number('min_spend_per_package', 0, limits.budgetMax) ?? 0),
  };
}

function readTerms(holder: ArgumentReader, issues: IssueList): AcceptedTerms | null {
  const object = holder.object('measurement_terms');
  if (object === undefined) return null;
  const reader = new ArgumentReader(object, holder.pathOf('measurement_terms'), issues);
  refuseUnknown(reader, object, ['windows', 'min_variance_percent']);
  return {
    windows: reader.strings('windows', 0, 20, { charsMax: 64 }) ?? [],
    minVariancePercent: reader.number('min_variance_percent', 0, 100) ?? 0,
  };
}

const productFields = [
  'product_id',
  'name',
  'description',
  'publisher_domain',
  'channels',
  'countries',
  'delivery_type',
  'format_ids',
  'pricing_options',
  'measurement_terms',
];

function readProduct(
  reader: ArgumentReader,
  object: JsonObject,
  issues: IssueList,
  publisherDomain: string,
): Product {
  refuseUnknown(reader, object, productFields);
  const productId = reader.string('product_id', idRule);
  const name = reader.string('name', { required: true, charsMax: 255 });
  const described = reader.string('description', { required: true, charsMax: 2_000, lines: true });
  const domain = reader.string('publisher_domain', domainRule);
  const named = uniqueStrings(reader, 'channels', { charsMax: 64 }) ?? ['display'];
  if (!named.every((one) => channels.includes(one))) {
    reader.issue('channels', 'enum', `must hold only ${channels.join(', ')}.`);
  }
  return {
    productId: productId ?? '',
    name: name ?? '',
    description: described ?? '',
    publisherDomain: domain ?? publisherDomain,
    channels: named,
    countries: uniqueStrings(reader, 'countries', countryRule) ?? null,
    deliveryType: reader.oneOf('delivery_type', ['guaranteed', 'non_guaranteed']) ?? 'non_guaranteed',
    formatIds: each(reader, issues, 'format_ids', 1, (format, fields) => {
      refuseUnknown(format, fields, ['agent_url', 'id', 'name']);
      const agentUrl = format.string('agent_url', { required: true, charsMax: 2_048 });
      if (agentUrl !== undefined && !/^https?:$/.test(URL.parse(agentUrl)?.protocol ?? '')) {
        format.issue('agent_url', 'format', 'must be an address, such as https://creative.example.');
      }
      const name = format.string('name', { charsMax: 255 }) ?? null;
      return { agentUrl: agentUrl ?? '', id: format.string('id', formatIdRule) ?? '', name };
    }),
    pricingOptions: each(reader, issues, 'pricing_options', 1, readPrice),
    terms: readTerms(reader, issues),
  };
}

function refuseTwice(issues: IssueList, products: readonly Product[]): void {
  const seen = new Set<string>();
  for (const [position, { productId, pricingOptions }] of products.entries()) {
    if (seen.has(productId))
      issues.add(['products', position, 'product_id'], 'uniqueItems', 'is there twice.');
    seen.add(productId);
    const prices = new Set(pricingOptions.map(({ pricingOptionId }) => pricingOptionId));
    if (prices.size < pricingOptions.length) {
      issues.add(['products', position, 'pricing_options'], 'uniqueItems', 'has an id twice.');
    }
  }
}

/** Refuses with RequestFault, every message of which names its field. */
export function parseProducts(json: Json, publisherDomain: string): readonly Product[] {
  const issues = new IssueList();
  const reader = new ArgumentReader(isObject(json) ? json : {}, [], issues);
  if (!isObject(json)) issues.add([], 'type', 'The file must hold an object: { "products": [ … ] }.');
  else refuseUnknown(reader, json, ['products']);
  const products = each(reader, issues, 'products', 1, (one, object) =>
    readProduct(one, object, issues, publisherDomain),
  );
  refuseTwice(issues, products);
  issues.settle();
  return products;
}

function readJson(file: string): Json {
  let text: string;
  try {
    // Some editors begin a file with a mark that JSON does not have.
    text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    throw new UsageFault(`products: ${file} cannot be read.`);
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new UsageFault(`products: ${file} is not JSON.`);
  }
}

function productsIn(file: string, publisherDomain: string): readonly Product[] {
  const json = readJson(file);
  try {
    return parseProducts(json, publisherDomain);
  } catch (error) {
    if (!(error instanceof RequestFault)) throw error;
    const lines = error.issues.map(({ message }) => `  ${message}`).join('\n');
    throw new UsageFault(`products: ${file} cannot be used.\n${lines}`);
  }
}

/** Where the seller's adagents.json would be, as long as nothing says so: a name that is nobody's. */
const unknownDomain = 'publisher.example';

/** What a server sells. Throws UsageFault that says what is wrong with the file, and where. */
export function catalogueOf(settings: {
  /** Empty: the products that every seller has. */
  readonly products: string;
  readonly publicUrl: string;
  readonly testController: boolean;
}): readonly Product[] {
  const host = URL.parse(settings.publicUrl)?.hostname ?? '';
  // An address of IPv6 is no domain.
  const domain = domainRule.pattern.test(host) ? host : unknownDomain;
  const sold = settings.products === '' ? defaultProducts(domain) : productsIn(settings.products, domain);
  const [first] = sold;
  if (!settings.testController || first === undefined) return sold;
  const extra = testProduct(first);
  return sold.some(({ productId }) => productId === extra.productId) ? sold : [...sold, extra];
}
