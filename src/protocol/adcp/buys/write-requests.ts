/** Arguments of create_media_buy and update_media_buy. Sources: AdCP `media-buy/{create,update}-media-buy-request.json`. */
import type { RequestKey } from '../../../base/brand.ts';
import type { JsonObject } from '../../../engine/types.ts';
import type { AccountReference, CallbackRequest, Generation } from '../../../service/api.ts';
import type { CreateBuyCall, UpdateBuyCall } from '../../../service/buys/api.ts';
import { readRequiredAccount } from '../account-reference.ts';
import { ArgumentReader, IssueList } from '../argument-reader.ts';
import { readRequestKey } from '../sync-audiences-request.ts';
import { readCanceled, readCancellationReason, readChanges, readNewPackages } from './read-package.ts';
import { checkWords, idCharsMax, keptWords, readCallback, readStart, refuseFields } from './read-parts.ts';

type Outside = 'caller' | 'generation' | 'requestDigest' | 'context' | 'encode';
export type CreateArguments = Omit<CreateBuyCall, Outside>;
export type UpdateArguments = Omit<UpdateBuyCall, Outside>;

const noReports = 'This seller pushes no reports; ask get_media_buy_delivery.';
const unsupportedInBoth = {
  reporting_webhook: noReports,
  invoice_recipient: 'This seller bills the account.',
} as const;
const unsupportedInCreate = {
  ...unsupportedInBoth,
  artifact_webhook: 'This seller delivers no artifacts.',
  proposal_id: 'This seller makes no proposals; send packages.',
  plan_id: 'This seller checks no governance plans.',
  io_acceptance: 'This seller has no insertion orders to sign.',
} as const;

const kept = ['po_number', 'agency_estimate_number', 'advertiser_industry'] as const;

interface Common {
  readonly account: AccountReference;
  readonly requestKey: RequestKey;
  readonly callback: CallbackRequest | null;
}

function readCommon(reader: ArgumentReader, issues: IssueList, generation: Generation): () => Common {
  const account = readRequiredAccount(reader, issues);
  const requestKey = readRequestKey(reader, true);
  const callback = readCallback(reader, issues, generation);
  // Only asked for after issues.settle(), which throws where one of these could not be read.
  return () => ({ account: account as AccountReference, requestKey: requestKey as RequestKey, callback });
}

function readBrand(reader: ArgumentReader, issues: IssueList): void {
  if (!reader.has('brand')) reader.missing('brand');
  const brand = reader.object('brand');
  if (brand === undefined) return;
  new ArgumentReader(brand, reader.pathOf('brand'), issues).string('domain', {
    required: true,
    charsMax: 253,
  });
}

export function readCreate(args: JsonObject, generation: Generation): CreateArguments {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const common = readCommon(reader, issues, generation);
  refuseFields(reader, unsupportedInCreate);
  readBrand(reader, issues);
  if (!reader.has('start_time')) reader.missing('start_time');
  const startAtMs = readStart(reader);
  if (!reader.has('end_time')) reader.missing('end_time');
  const endAtMs = reader.time('end_time');
  const paused = reader.boolean('paused') ?? false;
  if (!reader.has('packages')) reader.missing('packages');
  const packages = readNewPackages(reader, issues, 'packages');
  const words = keptWords(reader, kept);
  checkWords(reader, issues, words);
  issues.settle();
  return { ...common(), startAtMs: startAtMs ?? null, endAtMs: endAtMs ?? 0, paused, packages, words };
}

export function readUpdate(args: JsonObject, generation: Generation): UpdateArguments {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const common = readCommon(reader, issues, generation);
  refuseFields(reader, unsupportedInBoth);
  const mediaBuyId = reader.string('media_buy_id', { required: true, charsMax: idCharsMax });
  const change = {
    revision: reader.integer('revision', 1, Number.MAX_SAFE_INTEGER),
    paused: reader.boolean('paused'),
    canceled: readCanceled(reader),
    cancellationReason: readCancellationReason(reader),
    startAtMs: readStart(reader),
    endAtMs: reader.time('end_time'),
    packages: readChanges(reader, issues),
    newPackages: readNewPackages(reader, issues, 'new_packages'),
  };
  issues.settle();
  return { ...common(), mediaBuyId: mediaBuyId ?? '', ...change };
}
