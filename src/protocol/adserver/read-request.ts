import { createHash } from 'node:crypto';

import { AppError } from '../../base/faults.ts';
import { identifierCodes, type IdentifierType } from '../../base/identifier-types.ts';
import { limits } from '../../base/limits.ts';
import type { Json, JsonObject } from '../../engine/types.ts';
import type { ImpressionReport, OverlayAsk, UserAsk, UserIdentifier } from '../../service/decisions/api.ts';
import { isArray, isObject } from '../adcp/argument-reader.ts';

/** What a call asks for. */
export interface DecisionRequest {
  readonly asks: readonly UserAsk[];
  /** Several were asked in a list, and are answered in one. */
  readonly isBatch: boolean;
  /** Says why others are not eligible. */
  readonly explains: boolean;
}

function refuse(field: string, message: string, suggestion?: string): never {
  throw new AppError('INVALID_REQUEST', message, {
    field,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

const within = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** `{user, packages?, explain?}`, or `{requests: [{user, packages?}], explain?}`. */
export function readDecisionRequest(body: Json): DecisionRequest {
  if (!isObject(body)) return refuse('', 'The body must be a JSON object.');
  const { requests, explain = true } = body;
  if (typeof explain !== 'boolean') return refuse('explain', 'explain must be true or false.');
  if (requests === undefined) return { asks: [readAsk(body, '')], isBatch: false, explains: explain };
  if (!isArray(requests) || requests.length === 0) {
    return refuse('requests', 'requests must be a list of at least one request.');
  }
  const max = limits.decisionCountPerCallMax;
  if (requests.length > max) {
    return refuse('requests', `requests must have at most ${max} entries.`, 'Send the rest in another call.');
  }
  const asks = requests.map((one, at) => readAsk(one, `requests[${at}]`));
  return { asks, isBatch: true, explains: explain };
}

function readAsk(value: Json | undefined, path: string): UserAsk {
  if (!isObject(value)) return refuse(path, `${path} must be an object with a user.`);
  return {
    user: readUser(value['user'], within(path, 'user')),
    packageIds: readPackages(value['packages'], within(path, 'packages')),
  };
}

function readPackages(value: Json | undefined, path: string): readonly string[] | null {
  if (value === undefined) return null;
  const max = limits.decisionPackageCountMax;
  if (!isArray(value) || !value.every((one) => typeof one === 'string') || value.length > max) {
    return refuse(
      path,
      `${path} must be a list of at most ${max} package ids.`,
      'Leave it out to ask about all.',
    );
  }
  return value as readonly string[];
}

const userForms = 'one of id, hashed_email, hashed_phone and uid';
const hashPattern = /^[0-9a-f]{64}$/;

function readUser(value: Json | undefined, path: string): UserIdentifier {
  if (!isObject(value)) return refuse(path, `${path} must be an object with ${userForms}.`);
  const names = Object.keys(value);
  const [name] = names;
  if (names.length !== 1 || name === undefined)
    return refuse(path, `${path} must have ${userForms}, and no more.`);
  const field = within(path, name);
  switch (name) {
    case 'id':
      return hashed('publisher_first_party', readText(value['id'], field, limits.externalIdBytesMax));
    case 'hashed_email':
    case 'hashed_phone':
      return { type: name, digest: readHash(value[name], field) };
    case 'uid':
      return readUid(value['uid'], field);
    default:
      return refuse(path, `${path} must have ${userForms}.`);
  }
}

function readText(value: Json | undefined, field: string, bytesMax: number): string {
  if (typeof value !== 'string' || value === '' || Buffer.byteLength(value) > bytesMax) {
    return refuse(field, `${field} must be a string of 1 to ${bytesMax} bytes.`);
  }
  return value;
}

function readHash(value: Json | undefined, field: string): Uint8Array {
  if (typeof value === 'string' && hashPattern.test(value)) return Buffer.from(value, 'hex');
  return refuse(
    field,
    `${field} must be 64 lower-case hexadecimal digits.`,
    'Hash the e-mail address, trimmed and in lower case, or the phone number in E.164 with its plus sign, with SHA-256.',
  );
}

function readUid(value: Json | undefined, field: string): UserIdentifier {
  if (!isObject(value)) return refuse(field, `${field} must be an object with type and value.`);
  const type = value['type'];
  const isKnown = typeof type === 'string' && Object.hasOwn(identifierCodes, type);
  if (!isKnown || type === 'hashed_email' || type === 'hashed_phone') {
    return refuse(`${field}.type`, `${field}.type is no type of universal id.`);
  }
  const text = readText(value['value'], `${field}.value`, limits.uidValueBytesMax);
  // A MAID is compared without case, every other id as it is. Contract, matching.
  return hashed(type as IdentifierType, type === 'maid' ? text.toLowerCase() : text);
}

function hashed(type: IdentifierType, text: string): UserIdentifier {
  return { type, digest: createHash('sha256').update(text).digest() };
}

export interface ImpressionRequest {
  readonly batchId: string;
  readonly reports: readonly ImpressionReport[];
}

const batchIdPattern = /^[\x21-\x7e]{16,255}$/;

/** `{batch_id, impressions: [{package_id, at?, count?, clicks?}]}`. */
export function readImpressionRequest(body: Json): ImpressionRequest {
  if (!isObject(body)) return refuse('', 'The body must be a JSON object.');
  const { batch_id: batchId, impressions } = body;
  if (typeof batchId !== 'string' || !batchIdPattern.test(batchId)) {
    return refuse(
      'batch_id',
      'batch_id must be 16 to 255 visible ASCII characters.',
      'Make one up for each report, a UUID for instance, and send it again when you repeat the report.',
    );
  }
  const max = limits.impressionReportCountMax;
  if (!isArray(impressions) || impressions.length === 0 || impressions.length > max) {
    return refuse('impressions', `impressions must be a list of 1 to ${max} entries.`);
  }
  return { batchId, reports: impressions.map((one, at) => readReport(one, `impressions[${at}]`)) };
}

function readReport(value: Json, path: string): ImpressionReport {
  if (!isObject(value)) return refuse(path, `${path} must be an object with a package_id.`);
  const { at, count = 1, clicks = 0 } = value;
  const impressions = readCount(count, within(path, 'count'), 1);
  return {
    packageId: readText(value['package_id'], within(path, 'package_id'), limits.audienceIdCharsMax),
    atMs: at === undefined ? null : readTime(at, within(path, 'at')),
    impressions,
    clicks: readCount(clicks, within(path, 'clicks'), 0),
  };
}

function readCount(value: Json, field: string, min: number): number {
  const max = limits.impressionCountMax;
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  return refuse(field, `${field} must be a whole number from ${min} to ${max}.`);
}

function readTime(value: Json, field: string): number {
  const isTime =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value);
  const ms = isTime ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  return refuse(field, `${field} must be a time such as 2026-11-27T10:00:00Z.`);
}

/** `account_id=A&audience_include=X&audience_include=Y&audience_exclude=Z`, as the body would be. */
export function overlayOfQuery(query: string): JsonObject {
  const asked = new URLSearchParams(query);
  const accounts = asked.getAll('account_id');
  if (accounts.length > 1) refuse('account_id', 'account_id must be there once.');
  const sides = ['audience_include', 'audience_exclude'].filter((side) => asked.has(side));
  const unknown = [...asked.keys()].find((name) => name !== 'account_id' && !sides.includes(name));
  if (unknown !== undefined)
    refuse('', 'The query may hold account_id, audience_include and audience_exclude.');
  return {
    ...(accounts[0] === undefined ? {} : { account_id: accounts[0] }),
    ...Object.fromEntries(sides.map((side) => [side, asked.getAll(side)])),
  };
}

/** `{account_id, audience_include?, audience_exclude?}`. */
export function readOverlayRequest(body: Json): OverlayAsk {
  if (!isObject(body)) return refuse('', 'The body must be a JSON object.');
  return {
    accountId: readText(body['account_id'], 'account_id', limits.audienceIdCharsMax),
    include: readAudiences(body, 'audience_include'),
    exclude: readAudiences(body, 'audience_exclude'),
  };
}

function readAudiences(body: JsonObject, name: string): readonly string[] {
  const value = body[name];
  if (value === undefined) return [];
  const max = limits.audienceCountPerCallMax;
  if (
    !isArray(value) ||
    value.length === 0 ||
    value.length > max ||
    !value.every((one) => typeof one === 'string')
  ) {
    return refuse(name, `${name} must be a list of 1 to ${max} audience ids, or left out.`);
  }
  return value as readonly string[];
}
