/** `sync_audiences` as we send it to other sellers: members of a delta in AdCP's words, and their answers read. */
import { identifierTypeOfCode } from '../../base/identifier-types.ts';
import { digestBytes, type ForwardMembers } from '../../engine/forward/forward-members.ts';
import type { Json, JsonObject } from '../../engine/types.ts';
import type {
  OutgoingAudience,
  OutgoingCall,
  RemoteAudience,
} from '../../service/syndication/seller-link.ts';
import { isArray, isObject } from './argument-reader.ts';

interface Uid {
  readonly type: string;
  readonly value: string;
}

/** The arguments of one call. The SDK adds the version. Costs about a microsecond a member. */
export function outboundArguments(call: OutgoingCall, remoteAccountId: string): Record<string, unknown> {
  const envelope = { account: { account_id: remoteAccountId }, idempotency_key: call.requestKey };
  if (call.kind === 'look') return envelope;
  return { ...envelope, audiences: [audienceOf(call)] };
}

function audienceOf(call: Exclude<OutgoingCall, { kind: 'look' }>): Record<string, unknown> {
  const audience_id = call.audience.audienceId;
  if (call.kind === 'delete') return { audience_id, delete: true };
  const details = detailsOf(call.audience);
  if (call.kind === 'create') return { audience_id, ...details };
  const { delta, chunk } = call;
  const members: Record<string, unknown>[] = [];
  for (let at = chunk.from; at < chunk.to; at++) {
    members.push(
      chunk.side === 'add'
        ? memberOf(delta.after, delta.added[at]!, () => true)
        : memberOf(delta.before, delta.removed[at]!, (i) => !delta.isStillHeld(i)),
    );
  }
  return { audience_id, ...(chunk.side === 'add' ? details : {}), [chunk.side]: members };
}

function detailsOf({ name, audienceType, consentBasis }: OutgoingAudience): Record<string, unknown> {
  return {
    ...(name === null ? {} : { name }),
    ...(audienceType === null ? {} : { audience_type: audienceType }),
    ...(consentBasis === null ? {} : { consent_basis: consentBasis }),
  };
}

/**
 * AdCP has one field for an e-mail and one for a phone; a second hashed e-mail goes among the uids, from where it can only have come.
 * A removal names identifiers too, because AdCP's schema asks for one, but none that another member holds: a seller that goes by them
 * would remove that member as well.
 */
function memberOf(
  members: ForwardMembers,
  row: number,
  isNamed: (identifier: number) => boolean,
): Record<string, unknown> {
  const digests = viewOf(members.identifierDigest);
  const ids = viewOf(members.externalIdBytes);
  const values = viewOf(members.valueBytes);
  const id = ids.toString('utf8', members.externalIdStart[row], members.externalIdStart[row + 1]);
  const member: Record<string, unknown> = { external_id: id };
  const uids: Uid[] = [];
  for (let i = members.identifierStart[row]!; i < members.identifierStart[row + 1]!; i++) {
    if (!isNamed(i)) continue;
    const type = identifierTypeOfCode(members.identifierType[i]!);
    const hash = (): string => digests.toString('hex', i * digestBytes, (i + 1) * digestBytes);
    if (type === 'hashed_email' && member['hashed_email'] === undefined) member['hashed_email'] = hash();
    else if (type === 'hashed_phone') member['hashed_phone'] = hash();
    else if (type === 'hashed_email') uids.push({ type, value: hash() });
    else
      uids.push({ type, value: values.toString('utf8', members.valueStart[i], members.valueStart[i + 1]) });
  }
  if (uids.length > 0) member['uids'] = uids;
  return member;
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Fields of an answer that are kept: counts and words about the audience, none about its members, and none about the call, which
 * only looked.
 */
const keptFields = [
  ...['audience_id', 'seller_id', 'status', 'total_uploaded_count', 'matched_count'],
  ...['effective_match_rate', 'match_breakdown', 'minimum_size', 'last_synced_at'],
];
const keptBytesMax = 16 * 1024;

export interface RemoteError {
  readonly code: string;
  readonly message: string;
  readonly recovery: string | null;
  readonly retryAfterSeconds: number | null;
  /** The code in another generation's words, where the seller gave it. */
  readonly otherCode: string | null;
}

/** The entry of one audience; null where the answer has none. */
export function itemOf(data: unknown, audienceId: string): JsonObject | null {
  const audiences = isObject(data as Json) ? (data as JsonObject)['audiences'] : undefined;
  if (!isArray(audiences ?? null)) return null;
  const found = (audiences as readonly Json[]).find(
    (item) => isObject(item) && item['audience_id'] === audienceId,
  );
  return found === undefined ? null : (found as JsonObject);
}

export function remoteAudienceOf(item: JsonObject): RemoteAudience {
  const kept = keptFields
    .filter((name) => Object.hasOwn(item, name))
    .map((name) => [name, item[name]] as const);
  const body = Object.fromEntries(kept) as JsonObject;
  const status = item['status'];
  const count = item['total_uploaded_count'];
  return {
    status: typeof status === 'string' ? status : null,
    memberCount: typeof count === 'number' ? count : null,
    body: JSON.stringify(body).length <= keptBytesMax ? body : { audience_id: item['audience_id'] ?? null },
  };
}

/** The error of an entry that failed; null for one that did not. */
export function errorOfAnswer(item: JsonObject): RemoteError | null {
  if (item['action'] !== 'failed') return null;
  const errors = item['errors'];
  const first = isArray(errors ?? null) ? (errors as readonly Json[])[0] : undefined;
  return readError(first) ?? { code: 'UNKNOWN', message: 'The seller gave no reason.', ...unsaid };
}

const unsaid = { recovery: null, retryAfterSeconds: null, otherCode: null };
const depthMax = 8;

/** `adcp_error` wherever a transport wraps it: A2A's client hands over the whole exchange when a call was refused. */
export function findError(data: unknown, depth = 0): RemoteError | null {
  if (typeof data !== 'object' || data === null || depth > depthMax) return null;
  const own = readError((data as JsonObject)['adcp_error']);
  if (own !== null) return own;
  for (const part of Object.values(data)) {
    const found = findError(part, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function readError(value: unknown): RemoteError | null {
  if (typeof value !== 'object' || value === null) return null;
  const { code, message, recovery, retry_after: retryAfter, details } = value as Record<string, unknown>;
  if (typeof code !== 'string') return null;
  const others = typeof details === 'object' && details !== null ? (details as Record<string, unknown>) : {};
  const other = others['legacy_code'] ?? others['current_code'];
  return {
    code,
    message: typeof message === 'string' ? message : '',
    recovery: typeof recovery === 'string' ? recovery : null,
    retryAfterSeconds: typeof retryAfter === 'number' ? retryAfter : null,
    otherCode: typeof other === 'string' ? other : null,
  };
}
