import type { AudienceId, RequestKey } from '../../base/brand.ts';
import { limits } from '../../base/limits.ts';
import type { JsonObject, PreparedAudience } from '../../engine/types.ts';
import type { AccountReference, AudienceRequest, CallbackRequest, Generation } from '../../service/api.ts';
import { readRequiredAccount } from './account-reference.ts';
import { ArgumentReader, isArray, isObject, IssueList } from './argument-reader.ts';
import { readPushConfig } from './push-config.ts';

/** What the arguments of sync_audiences say, checked. */
export interface SyncArguments {
  readonly account: AccountReference;
  readonly requestKey: RequestKey | null;
  /** Null: discovery. */
  readonly audiences: readonly AudienceRequest[] | null;
  readonly deleteMissing: boolean;
  readonly invalidMembers: 'fail' | 'skip';
  /** Null for discovery too, which is always answered at once. */
  readonly callback: CallbackRequest | null;
}

const audienceTypes = ['crm', 'suppression', 'lookalike_seed'] as const;
const consentBases = ['consent', 'legitimate_interest', 'contract', 'legal_obligation'] as const;

/** Source: AdCP request schemas, `idempotency_key`. */
const keyRule = {
  charsMin: limits.requestKeyCharsMin,
  charsMax: limits.requestKeyCharsMax,
  pattern: /^[A-Za-z0-9_.:-]+$/,
  patternSays: 'made of letters, digits and _ . : -',
} as const;

/** Reads the key that makes a call safe to repeat. */
export function readRequestKey(reader: ArgumentReader, isRequired: boolean): RequestKey | null {
  if (isRequired && !reader.has('idempotency_key')) {
    return (
      reader.issue('idempotency_key', 'required', 'is required: send a new UUID with every new call.') ?? null
    );
  }
  const key = reader.string('idempotency_key', keyRule);
  return key === undefined ? null : (key as RequestKey);
}

/** The members of an entry that asks for deletion count for nothing. */
const nothing = {
  addCount: 0,
  removeCount: 0,
  hasAdd: false,
  hasRemove: false,
  addFaults: [],
  removeFaults: [],
  rejected: [],
  rejectedCount: 0,
} as const;

function membersOf(prepared: PreparedAudience | undefined): Omit<AudienceRequest, 'audienceId' | 'delete'> {
  if (prepared === undefined) return nothing;
  return {
    addCount: prepared.addCount,
    removeCount: prepared.removeCount,
    hasAdd: prepared.hasAdd,
    hasRemove: prepared.hasRemove,
    addFaults: prepared.addFaults,
    removeFaults: prepared.removeFaults,
    rejected: prepared.rejected,
    rejectedCount: prepared.rejectedCount,
    ...(prepared.operation === undefined ? {} : { operation: prepared.operation }),
    ...(prepared.forward === undefined ? {} : { forward: prepared.forward }),
  };
}

function readTags(reader: ArgumentReader): readonly string[] | undefined {
  const tags = reader.strings('tags', 0, limits.tagCountMax, { charsMax: limits.tagCharsMax });
  if (tags !== undefined && new Set(tags).size !== tags.length) {
    return reader.issue('tags', 'uniqueItems', 'must not name a tag twice.');
  }
  return tags;
}

/** Fields of an audience beside its members, as far as they were given. */
function readDescription(reader: ArgumentReader): Partial<AudienceRequest> {
  const name = reader.string('name', { charsMax: limits.audienceNameCharsMax });
  const description = reader.string('description', {
    charsMin: 0,
    charsMax: limits.audienceDescriptionCharsMax,
    lines: true,
  });
  const audienceType = reader.oneOf('audience_type', audienceTypes);
  const consentBasis = reader.oneOf('consent_basis', consentBases);
  const tags = readTags(reader);
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(audienceType === undefined ? {} : { audienceType }),
    ...(consentBasis === undefined ? {} : { consentBasis }),
    ...(tags === undefined ? {} : { tags }),
  };
}

function readAudience(
  reader: ArgumentReader,
  prepared: PreparedAudience | undefined,
): AudienceRequest | undefined {
  const audienceId = reader.string('audience_id', { required: true, charsMax: limits.audienceIdCharsMax });
  const isDelete = reader.boolean('delete') ?? false;
  if (isDelete) {
    return audienceId === undefined
      ? undefined
      : { audienceId: audienceId as AudienceId, delete: true, ...nothing };
  }
  for (const side of ['add', 'remove'] as const) {
    // Member arrays were taken out of the arguments, so what is left under their names is no array.
    if (reader.has(side)) reader.wrongType(side, 'an array of members');
  }
  if (reader.has('ext')) reader.object('ext');
  const description = readDescription(reader);
  if (audienceId === undefined) return undefined;
  return { audienceId: audienceId as AudienceId, delete: false, ...description, ...membersOf(prepared) };
}

function readAudiences(
  reader: ArgumentReader,
  prepared: readonly PreparedAudience[],
  issues: IssueList,
): readonly AudienceRequest[] | null {
  const entries = reader.array('audiences', 0, limits.audienceCountPerCallMax);
  if (entries === undefined) return null;
  const preparedAt = new Map(prepared.map((audience) => [audience.audienceIndex, audience]));
  const audiences: AudienceRequest[] = [];
  const seen = new Set<string>();
  for (const [position, entry] of entries.entries()) {
    const path = reader.pathOf('audiences', position);
    if (!isObject(entry)) {
      issues.add(path, 'type', 'must be an object.');
      continue;
    }
    const audience = readAudience(new ArgumentReader(entry, path, issues), preparedAt.get(position));
    if (audience === undefined) continue;
    if (seen.has(audience.audienceId)) {
      issues.add(
        [...path, 'audience_id'],
        'uniqueItems',
        'names an audience that this call names already; merge the two entries.',
      );
    }
    seen.add(audience.audienceId);
    audiences.push(audience);
  }
  return audiences;
}

function readInvalidMembers(reader: ArgumentReader, issues: IssueList): 'fail' | 'skip' {
  const ext = reader.object('ext');
  if (ext === undefined) return 'fail';
  const extReader = new ArgumentReader(ext, reader.pathOf('ext'), issues);
  const ours = extReader.object('rollcall');
  if (ours === undefined) return 'fail';
  const oursReader = new ArgumentReader(ours, extReader.pathOf('rollcall'), issues);
  return oursReader.oneOf('invalid_members', ['fail', 'skip']) ?? 'fail';
}

/** Rules on the list as a whole. Sources: AdCP sync-audiences-request (`if`/`then`); contract, syncing an audience. */
function checkList(reader: ArgumentReader, deleteMissing: boolean): void {
  if (deleteMissing && !reader.has('audiences')) {
    reader.issue(
      'audiences',
      'required',
      'is required with delete_missing: list the audiences to keep, or send [] to delete every one.',
    );
  }
  const audiences = reader.raw('audiences');
  if (isArray(audiences) && audiences.length === 0 && !deleteMissing) {
    reader.issue(
      'audiences',
      'minItems',
      'must not be empty: leave it out to list all audiences, or add delete_missing: true to delete all.',
    );
  }
}

/** Reads the arguments of sync_audiences. Every shape that is wrong is refused with its exact field. */
export function readSyncAudiences(
  args: JsonObject,
  prepared: readonly PreparedAudience[],
  generation: Generation,
): SyncArguments {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const account = readRequiredAccount(reader, issues);
  const requestKey = readRequestKey(reader, generation !== 'legacy');
  const deleteMissing = reader.boolean('delete_missing') ?? false;
  const audiences = readAudiences(reader, prepared, issues);
  const invalidMembers = readInvalidMembers(reader, issues);
  checkList(reader, deleteMissing);
  const callback = readPushConfig(reader, issues, generation);
  issues.settle();
  // settle() threw if the account could not be read.
  return {
    account: account as AccountReference,
    requestKey,
    audiences,
    deleteMissing,
    invalidMembers,
    callback: audiences === null ? null : callback,
  };
}
