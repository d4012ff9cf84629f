import { identifierCodes } from '../../base/identifier-types.ts';
import { limits } from '../../base/limits.ts';
import type { Json, JsonObject, MemberFaultKind } from '../types.ts';
import { memberFaultBits } from '../types.ts';
import { commitRow } from './columns.ts';
import { hashFaultOf, isHashOfNothing, isShowableId } from './hash-shape.ts';
import { decodeHash, hashChars, hashWords } from './hex.ts';
import type { FaultCollector } from './member-faults.ts';
import { countFault, missingIdBit, sampleMember } from './member-faults.ts';
import type { MemberScan } from './member-scan.ts';
import { appendText, appendUids, stageUid, uidCodes } from './member-scan.ts';
import type { fieldNames } from './member-shape.ts';
import { emailShapes, idShapes, phoneShapes, shapeBits } from './member-shape.ts';
import { keepValuesBelow } from './uid-values.ts';
import { readValue } from './json.ts';
import type { Reader } from './reader.ts';
import { stop } from './reader.ts';

const encoder = new TextEncoder();

type FieldName = (typeof fieldNames)[number];

/** A member that is read field by field: it has escapes or faults, or stands near the end of the body. */
interface OddRow {
  readonly s: MemberScan;
  readonly collector: FaultCollector;
  readonly index: number;
  faults: number;
  shape: number;
  /** The columns do not say all of the member, so its text has to. */
  canonical: boolean;
  /** Fields without a column. */
  others: JsonObject | undefined;
  externalId: string | null;
  idBytes: number;
  /** E-mail and phone in the columns. */
  hashes: number;
}

function fault(row: OddRow, kind: MemberFaultKind, path: string): void {
  const bit = 1 << memberFaultBits[kind];
  if ((row.faults & bit) !== 0) return;
  row.faults |= bit;
  countFault(row.collector, kind, `[${row.index}]${path}`);
}

/**
 * Reads the member at the reader's position by way of plain values, whatever it is, as a row. Several
 * microseconds; gives the same row as `readPlainMember` where that one succeeds.
 */
export function readOddMember(r: Reader, s: MemberScan, collector: FaultCollector, index: number): void {
  const value = readValue(r, undefined);
  const row: OddRow = {
    s,
    collector,
    index,
    faults: 0,
    shape: 0,
    canonical: false,
    others: undefined,
    externalId: null,
    idBytes: 0,
    hashes: 0,
  };
  s.uidCount = 0;
  s.extrasPending = 0;
  if (isObject(value)) readFields(r, row, value);
  else fault(row, 'not_an_object', '');
  let identifiers = appendUids(s, row.hashes);
  if (identifiers !== row.hashes + s.uidCount) row.canonical = true;
  if ((row.faults & ~missingIdBit) !== 0) {
    row.canonical = true;
    identifiers = 0;
    // The next row's identifiers take the same places.
    if (s.columns.values !== null) keepValuesBelow(s.columns.values, s.columns.identifierCount);
  }
  if (row.canonical) {
    s.extrasPending = 0;
    appendText(s, value);
  } else if (row.others !== undefined) {
    row.shape |= shapeBits.others;
    appendText(s, row.others);
  }
  s.columns.extrasUsed += s.extrasPending;
  commitRow(s.columns, row.faults, row.canonical ? shapeBits.canonical : row.shape, row.idBytes, identifiers);
  if (row.faults !== 0) sampleMember(collector, index, row.faults, row.externalId);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** In the order in which faults are listed, so that the order of keys does not show. */
function readFields(r: Reader, row: OddRow, member: JsonObject): void {
  const id = spellingOf(r, member, 'external_id', 'externalId');
  const email = spellingOf(r, member, 'hashed_email', 'hashedEmail');
  const phone = spellingOf(r, member, 'hashed_phone', 'hashedPhone');
  const uids = Object.hasOwn(member, 'uids') ? ('uids' as const) : undefined;
  const names = [id, email, phone, uids].filter((name) => name !== undefined);
  for (const name of names) row.shape |= shapeBits[name];
  if (Object.keys(member).length !== names.length) {
    const isOther = ([name]: [string, Json]): boolean => !names.includes(name as FieldName);
    row.others = Object.fromEntries(Object.entries(member).filter(isOther));
  }
  if (id === undefined) fault(row, 'external_id_missing', '.external_id');
  else readId(row, member[id]!, id);
  if (email !== undefined) readHash(row, member[email]!, email, identifierCodes.hashed_email);
  if (phone !== undefined) readHash(row, member[phone]!, phone, identifierCodes.hashed_phone);
  if (uids !== undefined) readUids(row, member.uids!);
  const hasIdentifier = (row.shape & (emailShapes | phoneShapes | shapeBits.uids)) !== 0;
  const removesById = row.s.removing && (row.shape & idShapes) !== 0;
  if (!hasIdentifier && !removesById) fault(row, 'identifier_missing', '');
}

/** The name under which a field stands; one that stands under both is a key twice. */
function spellingOf<Snake extends string, Camel extends string>(
  r: Reader,
  member: JsonObject,
  snake: Snake,
  camel: Camel,
): Snake | Camel | undefined {
  const hasCamel = Object.hasOwn(member, camel);
  if (!Object.hasOwn(member, snake)) return hasCamel ? camel : undefined;
  if (!hasCamel) return snake;
  r.path.push(camel);
  return stop(r, 'duplicate_key');
}

function readId(row: OddRow, value: Json, name: string): void {
  if (typeof value !== 'string') return fault(row, 'external_id_type', `.${name}`);
  const c = row.s.columns;
  const room = c.externalIdBytes.subarray(c.externalIdUsed, c.externalIdUsed + limits.externalIdBytesMax);
  const { read, written } = encoder.encodeInto(value, room);
  if (value === '' || read < value.length) return fault(row, 'external_id_length', `.${name}`);
  row.idBytes = written;
  row.externalId = isShowableId(value) ? value : null;
}

function readHash(row: OddRow, value: Json, name: string, code: number): void {
  if (typeof value !== 'string') return fault(row, 'hash_type', `.${name}`);
  const c = row.s.columns;
  const at = c.identifierCount + row.hashes;
  if (!decodeText(row.s, value, c.identifierWords, at * hashWords)) {
    return fault(row, hashFaultOf(value), `.${name}`);
  }
  if (isHashOfNothing(row.s.nothing, c.identifierWords, at * hashWords)) {
    return fault(row, 'hash_of_nothing', `.${name}`);
  }
  c.identifierType[at] = code;
  row.hashes++;
}

function decodeText(s: MemberScan, text: string, words: Int32Array, at: number): boolean {
  if (text.length !== hashChars) return false;
  // A character beyond ASCII becomes a byte that is no digit, which is all that must be known of it.
  for (let i = 0; i < hashChars; i++) s.value[i] = Math.min(text.charCodeAt(i), 0xff);
  return decodeHash(s.valueView, 0, words, at);
}

function readUids(row: OddRow, value: Json): void {
  if (!Array.isArray(value) || value.length === 0) return fault(row, 'uid_shape', '.uids');
  if (value.length > limits.uidCountPerMemberMax) return fault(row, 'uid_count', '.uids');
  (value as readonly Json[]).forEach((uid, i) => readUid(row, uid, `.uids[${i}]`));
}

function readUid(row: OddRow, uid: Json, path: string): void {
  if (!isObject(uid)) return fault(row, 'uid_shape', path);
  if (Object.keys(uid).length !== 2) row.canonical = true;
  const type = Object.hasOwn(uid, 'type') ? uid.type : undefined;
  const value = Object.hasOwn(uid, 'value') ? uid.value : undefined;
  if (typeof type !== 'string') fault(row, 'uid_shape', `${path}.type`);
  const code = typeof type === 'string' ? uidCodes.get(type) : undefined;
  if (typeof type === 'string' && code === undefined) fault(row, 'uid_type_unknown', `${path}.type`);
  if (typeof value !== 'string') return fault(row, 'uid_shape', `${path}.value`);
  if (code === undefined) return;
  const kind = stageText(row.s, code, value);
  if (kind !== undefined) fault(row, kind, `${path}.value`);
}

/** Stages a uid's value, or says what is wrong with it. */
function stageText(s: MemberScan, code: number, value: string): MemberFaultKind | undefined {
  const { read, written } = encoder.encodeInto(value, s.value);
  const fits = value !== '' && read === value.length;
  if (fits && stageUid(s, code, written)) return undefined;
  if (code !== identifierCodes.hashed_email) return 'uid_value';
  return /^[0-9a-f]{64}$/.test(value) ? 'hash_of_nothing' : hashFaultOf(value);
}
