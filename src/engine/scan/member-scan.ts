import { assert } from '../../base/assert.ts';
import { identifierCodeMax, identifierCodes, identifierTypes } from '../../base/identifier-types.ts';
import { canonicalJson } from '../../base/jcs.ts';
import { limits } from '../../base/limits.ts';
import type { Primitives } from '../../base/primitives.ts';
import type { Json } from '../types.ts';
import type { ColumnBuilder } from './columns.ts';
import { reserveExtras } from './columns.ts';
import type { NothingHashes } from './hash-shape.ts';
import { isHashOfNothing } from './hash-shape.ts';
import type { ScanMemory } from './scan-memory.ts';
import { copyDigest, decodeHash, hashChars, hashWords, sameDigest } from './hex.ts';
import { createUidValues, keepValuesBelow, putValue, stageValue } from './uid-values.ts';

const encoder = new TextEncoder();

/** What reading members needs beside the reader: one object for a whole scan. */
export interface MemberScan {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly end: number;
  readonly primitives: Primitives;
  readonly nothing: NothingHashes;
  readonly columns: ColumnBuilder;
  /** The array being read is a `remove`. */
  removing: boolean;
  /** uids of the row being read; they enter the columns behind its e-mail and phone. */
  uidCount: number;
  readonly uidType: Uint8Array;
  readonly uidWords: Int32Array;
  /** Extras of the row being read, written beyond `columns.extrasUsed`. */
  extrasPending: number;
  /** Fields without a column of the row being read. */
  others: { [key: string]: Json } | undefined;
  otherCount: number;
  /** First row of the array being read. */
  firstRow: number;
  /** One value's bytes in private memory. */
  readonly value: Uint8Array;
  readonly valueView: DataView;
}

export function createMemberScan(
  bytes: Uint8Array,
  end: number,
  primitives: Primitives,
  memory: ScanMemory,
  keepsUidValues: boolean,
): MemberScan {
  const { nothing, uidType, uidWords, value, valueView } = memory;
  assert(value.length >= hashChars, () => 'a hash fits where a uid value fits');
  const columns = memory.takeColumns(end);
  columns.values = keepsUidValues ? createUidValues() : null;
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, end),
    end,
    primitives,
    nothing,
    columns,
    removing: false,
    uidCount: 0,
    uidType,
    uidWords,
    extrasPending: 0,
    others: undefined,
    otherCount: 0,
    firstRow: 0,
    value,
    valueView,
  };
}

/**
 * uid types by code. A hashed phone has a field of its own and is not among them.
 * Source: AdCP `enums/uid-type.json`.
 */
export const uidTypeOfCode: readonly (string | undefined)[] = Array.from(
  { length: identifierCodeMax + 1 },
  (_, code) => identifierTypes.find((type) => identifierCodes[type] === code && type !== 'hashed_phone'),
);

/** uid type → code. */
export const uidCodes: ReadonlyMap<string, number> = new Map(
  uidTypeOfCode.flatMap((type, code) => (type === undefined ? [] : [[type, code]])),
);

/**
 * Takes the uid whose value is the first `byteCount` bytes of `s.value` (spoilt by this) into the row
 * being read. False when the value is no identifier: a bad hash, a hash of nothing, a zeroed MAID.
 * Costs a hash, 0.3 to 1 µs.
 */
export function stageUid(s: MemberScan, code: number, byteCount: number): boolean {
  assert(s.uidCount < limits.uidCountPerMemberMax, () => 'more uids than a member may have');
  const at = s.uidCount * hashWords;
  const isHash = code === identifierCodes.hashed_email;
  const { values } = s.columns;
  if (values !== null) stageValue(values, s.uidCount, s.value, isHash ? 0 : byteCount);
  if (isHash) {
    if (byteCount !== hashChars || !decodeHash(s.valueView, 0, s.uidWords, at)) return false;
    if (isHashOfNothing(s.nothing, s.uidWords, at)) return false;
  } else {
    if (code === identifierCodes.maid && !foldMaid(s, byteCount)) return false;
    copyDigest(s.primitives.sha256(s.value.subarray(0, byteCount)), s.uidWords, at);
  }
  s.uidType[s.uidCount++] = code;
  return true;
}

/**
 * Lower-cases the MAID in `s.value` and keeps its own spelling for the digest. False for a zeroed one: that
 * is what a device sends whose owner forbids tracking, and all of them send the same.
 */
function foldMaid(s: MemberScan, byteCount: number): boolean {
  const c = s.columns;
  reserveExtras(c, s.extrasPending + 4 + byteCount);
  const at = c.extrasUsed + s.extrasPending;
  writeWord(c.extras, at, byteCount);
  let isZero = true;
  const { value } = s;
  const { extras } = c;
  for (let i = 0; i < byteCount; i++) {
    const byte = value[i]!;
    extras[at + 4 + i] = byte;
    if (byte !== 0x30 && byte !== 0x2d) isZero = false;
    if (byte >= 0x41 && byte <= 0x5a) value[i] = byte | 0x20;
  }
  s.extrasPending += 4 + byteCount;
  return !isZero;
}

/** Adds the canonical text of a value to the extras of the row being read, its length before it. */
export function appendText(s: MemberScan, value: Json): void {
  const c = s.columns;
  const text = canonicalJson(value);
  reserveExtras(c, s.extrasPending + 4 + text.length * 3);
  const at = c.extrasUsed + s.extrasPending;
  const { written } = encoder.encodeInto(text, c.extras.subarray(at + 4));
  writeWord(c.extras, at, written);
  s.extrasPending += 4 + written;
}

/** A 32-bit number, low byte first. */
function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
}

/**
 * Writes the staged uids behind the `held` identifiers that the row being read has in the columns, each
 * different one once. Returns how many identifiers the row then has.
 */
export function appendUids(s: MemberScan, held: number): number {
  const { identifierType, identifierWords, identifierCount, values } = s.columns;
  if (values !== null) keepValuesBelow(values, identifierCount);
  let total = held;
  for (let uid = 0; uid < s.uidCount; uid++) {
    let known = false;
    for (let i = identifierCount; i < identifierCount + total && !known; i++) {
      known =
        identifierType[i] === s.uidType[uid] &&
        sameDigest(identifierWords, i * hashWords, s.uidWords, uid * hashWords);
    }
    if (known) continue;
    const at = identifierCount + total++;
    identifierType[at] = s.uidType[uid]!;
    if (values !== null) putValue(values, uid, at);
    for (let w = 0; w < hashWords; w++)
      identifierWords[at * hashWords + w] = s.uidWords[uid * hashWords + w]!;
  }
  return total;
}
