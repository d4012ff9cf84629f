/** Packages of create_media_buy and update_media_buy. Sources: AdCP `media-buy/package-request.json`, `package-update.json`. */
import { limits } from '../../../base/limits.ts';
import type { JsonObject } from '../../../engine/types.ts';
import type { AudienceNames, PackageChange, PackageRequest } from '../../../service/buys/api.ts';
import { microsOf } from '../../../service/buys/money.ts';
import { ArgumentReader, isArray, isObject, type IssueList } from '../argument-reader.ts';
import { fieldOf, type Path } from '../issues.ts';
import { checkWords, idCharsMax, keptWords, eachObject, readFormatIds, refuseFields } from './read-parts.ts';

/** Fields of an overlay that Rollcall carries out itself; the seller's ad server sees to the others. */
export const ownOverlayFields: readonly string[] = ['audience_include', 'audience_exclude'];

const noCreatives = 'This seller takes no creatives over AdCP.';
const noPromise = 'This seller agrees to no such commitment.';
const unsupported = {
  creatives: noCreatives,
  catalogs: 'This seller takes no catalogs.',
  optimization_goals: noPromise,
  performance_standards: noPromise,
  committed_metrics: noPromise,
  keyword_targets_add: 'Send the whole targeting_overlay instead.',
  keyword_targets_remove: 'Send the whole targeting_overlay instead.',
  negative_keywords_add: 'Send the whole targeting_overlay instead.',
  negative_keywords_remove: 'Send the whole targeting_overlay instead.',
} as const;

const byFormatId = 'This seller names formats by format_ids only.';
const unsupportedOfNew = {
  ...unsupported,
  format_option_refs: byFormatId,
  format_kind: byFormatId,
  params: byFormatId,
  capability_ids: byFormatId,
} as const;

/** Settled when a package is made. Source: AdCP 3.1 `media-buy/package-update.json`, which forbids them. */
const settled = [
  'product_id',
  'pricing_option_id',
  'format_ids',
  'format_option_refs',
  'format_kind',
  'params',
  'capability_ids',
] as const;

const kept = [
  ...['pacing', 'bid_price', 'creative_assignments', 'targeting_overlay', 'context', 'impressions'],
] as const;
const keptOfNew = [...kept, 'format_ids', 'measurement_terms', 'agency_estimate_number'] as const;

const none: AudienceNames = { include: [], exclude: [] };

/** There are no signals here, so that whatever is named is unknown. Source: AdCP targeting: an audience is no signal. */
function refuseSignals(overlay: JsonObject, path: Path, issues: IssueList): void {
  const says = 'names no signal of this seller; audiences belong in audience_include.';
  if (overlay['signal_targeting'] !== undefined) {
    issues.add([...path, 'signal_targeting', 0], 'not', says);
  }
  if (overlay['signal_targeting_groups'] === undefined) return;
  const groups = isObject(overlay['signal_targeting_groups'])
    ? overlay['signal_targeting_groups']['groups']
    : [];
  const at = isArray(groups)
    ? groups.findIndex((group) => isObject(group) && isArray(group['signals']) && group['signals'].length > 0)
    : -1;
  const place = [...path, 'signal_targeting_groups', 'groups', Math.max(at, 0), 'signals', 0, 'signal_ref'];
  issues.add(place, 'not', says);
}

/** The audiences of the overlay, or undefined where there is no overlay. */
function readOverlay(reader: ArgumentReader, issues: IssueList): AudienceNames | undefined {
  const overlay = reader.object('targeting_overlay');
  if (overlay === undefined) return undefined;
  const path = reader.pathOf('targeting_overlay');
  refuseSignals(overlay, path, issues);
  const inside = new ArgumentReader(overlay, path, issues);
  const names = (name: string): readonly string[] =>
    inside.strings(name, 1, limits.audienceCountPerOverlayMax, { charsMax: limits.audienceIdCharsMax }) ?? [];
  return { include: names('audience_include'), exclude: names('audience_exclude') };
}

function readTerms(reader: ArgumentReader, issues: IssueList): PackageRequest['terms'] {
  const terms = reader.object('measurement_terms');
  if (terms === undefined) return null;
  const inside = new ArgumentReader(terms, reader.pathOf('measurement_terms'), issues);
  const billing = inside.object('billing_measurement') ?? {};
  const measured = new ArgumentReader(billing, inside.pathOf('billing_measurement'), issues);
  return {
    window: measured.string('measurement_window', { charsMax: 64 }) ?? null,
    variancePercent: measured.number('max_variance_percent', 0, 100) ?? null,
  };
}

/** Shapes of what is echoed, so that an echo is an answer that AdCP describes. */
function checkEchoed(reader: ArgumentReader, issues: IssueList): void {
  reader.oneOf('pacing', ['even', 'asap', 'front_loaded']);
  eachObject(reader, issues, 'creative_assignments', 0, (one) => {
    one.string('creative_id', { required: true, charsMax: idCharsMax });
    one.number('weight', 0, 100);
    one.strings('placement_ids', 1, limits.jsonElementsPerArrayMax, { charsMax: idCharsMax });
  });
  reader.object('context');
  reader.number('impressions', 0, Number.MAX_SAFE_INTEGER);
  reader.string('agency_estimate_number', { charsMax: 100 });
}

const budgetOf = (reader: ArgumentReader): number | undefined => reader.number('budget', 0, limits.budgetMax);
const bidOf = (reader: ArgumentReader): number | undefined => reader.number('bid_price', 0, limits.budgetMax);

function readNewPackage(reader: ArgumentReader, issues: IssueList): PackageRequest | undefined {
  refuseFields(reader, unsupportedOfNew);
  const productId = reader.string('product_id', { required: true, charsMax: idCharsMax });
  const pricingOptionId = reader.string('pricing_option_id', { required: true, charsMax: idCharsMax });
  if (!reader.has('budget')) reader.missing('budget');
  const budget = budgetOf(reader);
  const bid = bidOf(reader);
  const audiences = readOverlay(reader, issues) ?? none;
  const terms = readTerms(reader, issues);
  const formatIds = readFormatIds(reader, issues) ?? [];
  checkEchoed(reader, issues);
  const words = keptWords(reader, keptOfNew);
  checkWords(reader, issues, words);
  const startAtMs = reader.time('start_time') ?? null;
  const endAtMs = reader.time('end_time') ?? null;
  const paused = reader.boolean('paused') ?? false;
  if (productId === undefined || pricingOptionId === undefined || budget === undefined) return undefined;
  return {
    ...{ path: fieldOf(reader.pathOf()), productId, pricingOptionId, paused, startAtMs, endAtMs },
    ...{ budgetMicros: microsOf(budget), bidMicros: bid === undefined ? null : microsOf(bid) },
    ...{ audiences, formatIds, terms, words },
  };
}

/** `canceled` is a word for ending only: nothing is brought back by `false`. */
export function readCanceled(reader: ArgumentReader): boolean {
  const canceled = reader.boolean('canceled');
  if (canceled === false) reader.issue('canceled', 'enum', 'can only be true; a cancellation is final.');
  return canceled === true;
}

export function readCancellationReason(reader: ArgumentReader): string | undefined {
  return reader.string('cancellation_reason', { charsMax: 500, lines: true });
}

function readChange(reader: ArgumentReader, issues: IssueList): PackageChange | undefined {
  refuseFields(reader, unsupported);
  for (const name of settled) {
    if (reader.has(name)) reader.issue(name, 'not', 'cannot change; cancel the package and add another.');
  }
  const packageId = reader.string('package_id', { required: true, charsMax: idCharsMax });
  const budget = budgetOf(reader);
  const bid = bidOf(reader);
  const audiences = readOverlay(reader, issues);
  checkEchoed(reader, issues);
  const words = keptWords(reader, kept);
  checkWords(reader, issues, words);
  const change = {
    paused: reader.boolean('paused'),
    canceled: readCanceled(reader),
    cancellationReason: readCancellationReason(reader),
    startAtMs: reader.time('start_time'),
    endAtMs: reader.time('end_time'),
  };
  if (packageId === undefined) return undefined;
  return {
    ...{ path: fieldOf(reader.pathOf()), packageId, ...change, audiences, words },
    budgetMicros: budget === undefined ? undefined : microsOf(budget),
    bidMicros: bid === undefined ? undefined : microsOf(bid),
  };
}

export const readNewPackages = (
  reader: ArgumentReader,
  issues: IssueList,
  name: 'packages' | 'new_packages',
): readonly PackageRequest[] =>
  (
    eachObject(reader, issues, name, 1, (one) => readNewPackage(one, issues), limits.packageCountPerBuyMax) ??
    []
  ).filter((one) => one !== undefined);

export const readChanges = (reader: ArgumentReader, issues: IssueList): readonly PackageChange[] =>
  (
    eachObject(
      reader,
      issues,
      'packages',
      1,
      (one) => readChange(one, issues),
      limits.packageCountPerBuyMax,
    ) ?? []
  ).filter((one) => one !== undefined);
