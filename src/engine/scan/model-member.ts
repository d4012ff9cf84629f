/** One member by the contract's rules, for the model; see model.ts. */
import { createHash } from 'node:crypto';

import type { IdentifierType } from '../../base/identifier-types.ts';
import { limits } from '../../base/limits.ts';
import type { Json, MemberFaultKind } from '../types.ts';

export interface ModelRow {
  readonly externalId: string;
  /** `type:hex` of the 32 bytes, each once, in the order of the columns. */
  readonly identifiers: readonly string[];
  readonly faults: ReadonlyMap<MemberFaultKind, string>;
}

const uidTypes = [
  'rampid',
  'rampid_derived',
  'id5',
  'uid2',
  'euid',
  'pairid',
  'maid',
  'hashed_email',
  'publisher_first_party',
  'world_id_nullifier',
  'other',
];

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const nothing = ['', 'null', 'undefined', 'none'].map(sha256);

export function modelHashFault(value: unknown): MemberFaultKind | undefined {
  if (typeof value !== 'string') return 'hash_type';
  if (nothing.includes(value)) return 'hash_of_nothing';
  if (/^[0-9a-f]{64}$/.test(value)) return undefined;
  if (value.indexOf('@') >= 0) return 'hash_clear_email';
  const digits = [...value].filter((c) => '0123456789'.includes(c)).length;
  if ([...value].every((c) => '0123456789 +-.()'.includes(c)) && digits > 6 && digits < 16) {
    return 'hash_clear_phone';
  }
  if ([...value].every((c) => '0123456789abcdefABCDEF'.includes(c))) {
    return value.length === 64 ? 'hash_upper_case' : 'hash_length';
  }
  const unpadded = value.length === 44 && value.endsWith('=') ? value.slice(0, 43) : value;
  return unpadded.length === 43 && !/[^\w+/-]/.test(unpadded) ? 'hash_base64' : 'hash_format';
}

export function modelMember(
  member: Json,
  index: number,
  side: 'add' | 'remove',
): ModelRow | 'both spellings' {
  const faults = new Map<MemberFaultKind, string>();
  const fault = (kind: MemberFaultKind, path: string): void => {
    if (!faults.has(kind)) faults.set(kind, `[${index}]${path}`);
  };
  const identifiers = new Set<string>();
  let externalId = '';
  if (typeof member !== 'object' || member === null || Array.isArray(member)) {
    fault('not_an_object', '');
    return { externalId, identifiers: [], faults };
  }
  const entries = new Map(Object.entries(member as object) as [string, Json][]);
  const pairs = [
    ['external_id', 'externalId'],
    ['hashed_email', 'hashedEmail'],
    ['hashed_phone', 'hashedPhone'],
  ] as const;
  if (pairs.some(([snake, camel]) => entries.has(snake) && entries.has(camel))) return 'both spellings';
  const [idName, emailName, phoneName] = pairs.map(([snake, camel]) => (entries.has(camel) ? camel : snake));

  const id = entries.get(idName!);
  if (id === undefined) fault('external_id_missing', '.external_id');
  else if (typeof id !== 'string') fault('external_id_type', `.${idName}`);
  else if (id.length === 0 || Buffer.byteLength(id) > limits.externalIdBytesMax) {
    fault('external_id_length', `.${idName}`);
  } else externalId = id;

  for (const [name, type] of [
    [emailName!, 'hashed_email'],
    [phoneName!, 'hashed_phone'],
  ] as const) {
    if (!entries.has(name)) continue;
    const kind = modelHashFault(entries.get(name));
    if (kind === undefined) identifiers.add(`${type}:${entries.get(name) as string}`);
    else fault(kind, `.${name}`);
  }
  if (entries.has('uids')) modelUids(entries.get('uids')!, identifiers, fault);
  const none = !entries.has(emailName!) && !entries.has(phoneName!) && !entries.has('uids');
  if (none && !(side === 'remove' && entries.has(idName!))) fault('identifier_missing', '');
  const bad = [...faults.keys()].some((kind) => kind !== 'external_id_missing');
  return { externalId, identifiers: bad ? [] : [...identifiers], faults };
}

function modelUids(
  uids: Json,
  identifiers: Set<string>,
  fault: (kind: MemberFaultKind, path: string) => void,
): void {
  if (!Array.isArray(uids) || uids.length === 0) return fault('uid_shape', '.uids');
  if (uids.length > limits.uidCountPerMemberMax) return fault('uid_count', '.uids');
  for (const [i, uid] of (uids as Json[]).entries()) {
    const path = `.uids[${i}]`;
    if (typeof uid !== 'object' || uid === null || Array.isArray(uid)) {
      fault('uid_shape', path);
      continue;
    }
    const { type, value } = uid as { type?: Json; value?: Json };
    const known = uidTypes.includes(type as string);
    if (typeof type !== 'string') fault('uid_shape', `${path}.type`);
    else if (!known) fault('uid_type_unknown', `${path}.type`);
    if (typeof value !== 'string') {
      fault('uid_shape', `${path}.value`);
      continue;
    }
    if (!known) continue;
    if (type === 'hashed_email') {
      const kind = modelHashFault(value);
      if (kind === undefined) identifiers.add(`${type}:${value}`);
      else fault(kind, `${path}.value`);
    } else if (value === '' || Buffer.byteLength(value) > limits.uidValueBytesMax) {
      fault('uid_value', `${path}.value`);
    } else if (type === 'maid' && [...value].every((c) => c === '0' || c === '-')) {
      fault('uid_value', `${path}.value`);
    } else {
      const folded = type === 'maid' ? value.replace(/[A-Z]/g, (c) => c.toLowerCase()) : value;
      identifiers.add(`${type as IdentifierType}:${sha256(folded)}`);
    }
  }
}
