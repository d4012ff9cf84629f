/** Arguments of the tools that read media buys and products. */
import type { JsonObject } from '../../../engine/types.ts';
import type { AccountReference, CallbackRequest, Generation } from '../../../service/api.ts';
import type { BuyListQuery, BuyQuery, BuyStatus, DeliveryQuery } from '../../../service/buys/api.ts';
import type { ProductFilters } from '../../../service/buys/filter-products.ts';
import { readAccountReference } from '../account-reference.ts';
import { ArgumentReader, isArray, isDay, isObject, IssueList } from '../argument-reader.ts';
import { buyStatuses } from '../../../service/buys/states.ts';
import { readFilters } from './read-filters.ts';
import { idCharsMax, readCallback } from './read-parts.ts';

const idCountMax = 1_000;
const pageSizeDefault = 50;
const pageSizeMax = 100;

export interface Page {
  readonly pageSize: number;
  readonly cursor: string | null;
}

export function readPage(reader: ArgumentReader, issues: IssueList): Page {
  const page = reader.object('pagination') ?? {};
  const inside = new ArgumentReader(page, reader.pathOf('pagination'), issues);
  const pageSize = inside.integer('max_results', 1, pageSizeMax) ?? pageSizeDefault;
  return { pageSize, cursor: inside.string('cursor', { charsMax: 1_024 }) ?? null };
}

/** One status, or a list of them. */
function readStatuses(reader: ArgumentReader): readonly BuyStatus[] | undefined {
  const value = reader.raw('status_filter');
  if (value === undefined) return undefined;
  if (typeof value === 'string') {
    const one = reader.oneOf('status_filter', buyStatuses);
    return one === undefined ? undefined : [one];
  }
  const words = reader.strings('status_filter', 1, buyStatuses.length, { charsMax: 64 }) ?? [];
  return words.flatMap((word) => {
    const known = buyStatuses.find((status) => status === word);
    if (known === undefined) {
      reader.issue('status_filter', 'enum', `must hold only ${buyStatuses.join(', ')}.`, buyStatuses);
    }
    return known === undefined ? [] : [known];
  });
}

function readQuery(reader: ArgumentReader, issues: IssueList): BuyQuery {
  return {
    account: readAccountReference(reader, 'account', issues),
    mediaBuyIds: reader.strings('media_buy_ids', 1, idCountMax, { charsMax: idCharsMax }),
    statuses: readStatuses(reader),
  };
}

/** Source: AdCP `media-buy/get-media-buys-request.json`: without ids and statuses, those that are active. */
export function readGetBuys(args: JsonObject): BuyListQuery & { readonly wantsSnapshot: boolean } {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const query = readQuery(reader, issues);
  const page = readPage(reader, issues);
  const wantsSnapshot = reader.boolean('include_snapshot') ?? false;
  issues.settle();
  const statuses = query.statuses ?? (query.mediaBuyIds === undefined ? (['active'] as const) : undefined);
  return { ...query, statuses, ...page, wantsSnapshot };
}

function readDay(reader: ArgumentReader, name: string): string | undefined {
  const day = reader.string(name, {
    charsMax: 10,
    pattern: /^\d{4}-\d{2}-\d{2}$/,
    patternSays: 'YYYY-MM-DD',
  });
  if (day === undefined || isDay(day)) return day;
  return reader.issue(name, 'format', 'must be a day that exists.');
}

function readDays(reader: ArgumentReader): DeliveryQuery['days'] {
  const from = readDay(reader, 'start_date');
  const before = readDay(reader, 'end_date');
  for (const [name, other] of [
    ['start_date', 'end_date'],
    ['end_date', 'start_date'],
  ] as const) {
    if (!reader.has(name) && reader.has(other)) reader.issue(name, 'required', `is required with ${other}.`);
  }
  if (from === undefined || before === undefined) return undefined;
  if (from >= before)
    reader.issue('start_date', 'maximum', 'must be before end_date, whose day is not counted.');
  return { from, before };
}

export function readDelivery(args: JsonObject): DeliveryQuery & { readonly wantsDays: boolean } {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const query = readQuery(reader, issues);
  const days = readDays(reader);
  const wantsDays = reader.boolean('include_package_daily_breakdown') ?? false;
  issues.settle();
  return { ...query, days, wantsDays };
}

/** One entry of `refine`, as far as it is understood. */
export interface Refinement {
  readonly scope: 'request' | 'product' | 'proposal';
  readonly id: string | undefined;
  readonly action: string | undefined;
  /** It wants something that is to be understood. */
  readonly hasAsk: boolean;
}

export interface ProductsQuery extends Page {
  readonly mode: 'brief' | 'wholesale' | 'refine';
  readonly account: AccountReference | undefined;
  readonly filters: ProductFilters;
  /** Fields of the request that were named and not applied. */
  readonly notApplied: readonly string[];
  readonly refinements: readonly Refinement[];
  /** Named by the caller and not applied. */
  readonly hasPropertyList: boolean;
  readonly hasCatalog: boolean;
  readonly callback: CallbackRequest | null;
}

function readRefinements(reader: ArgumentReader, issues: IssueList): readonly Refinement[] {
  const found: Refinement[] = [];
  for (const [position, entry] of (reader.array('refine', 1, 100) ?? []).entries()) {
    const path = reader.pathOf('refine', position);
    if (!isObject(entry) || isArray(entry)) {
      issues.add(path, 'type', 'must be an object.');
      continue;
    }
    const one = new ArgumentReader(entry, path, issues);
    if (!one.has('scope')) one.missing('scope');
    const scope = one.oneOf('scope', ['request', 'product', 'proposal']);
    if (scope === undefined) continue;
    const id =
      scope === 'request' ? undefined : one.string(`${scope}_id`, { required: true, charsMax: idCharsMax });
    found.push({ scope, id, action: one.string('action', { charsMax: 64 }), hasAsk: one.has('ask') });
  }
  return found;
}

export function readGetProducts(args: JsonObject, generation: Generation): ProductsQuery {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const named = reader.oneOf('buying_mode', ['brief', 'wholesale', 'refine']);
  const mode = named ?? (reader.has('refine') ? 'refine' : 'brief');
  const refinements = readRefinements(reader, issues);
  reader.string('brief', { charsMin: 0, charsMax: 10_000, lines: true });
  const query = {
    mode,
    account: readAccountReference(reader, 'account', issues),
    ...readFilters(reader, issues),
    // Only answered in this mode, so that elsewhere they must not change the answer.
    refinements: mode === 'refine' ? refinements : [],
    hasPropertyList: reader.has('property_list'),
    hasCatalog: reader.has('catalog'),
    ...readPage(reader, issues),
    callback: readCallback(reader, issues, generation),
  };
  issues.settle();
  return query;
}
