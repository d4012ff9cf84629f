import { identifierCodes } from '../../base/identifier-types.ts';
import { limits } from '../../base/limits.ts';
import { closeBrace, comma, openBracket, quote, skipSpace } from './bytes.ts';
import { commitRow } from './columns.ts';
import { isHashOfNothing } from './hash-shape.ts';
import { decodeHash, hashChars, hashWords } from './hex.ts';
import { missingIdBit } from './member-faults.ts';
import type { MemberScan } from './member-scan.ts';
import { appendText, appendUids } from './member-scan.ts';
import { emailShapes, fieldNames, idShapes, phoneShapes, shapeBits } from './member-shape.ts';
import { copyPlainText, lookAheadBytes, valueAfter, word } from './plain-text.ts';
import { readOtherField } from './other-fields.ts';
import { readPlainUids } from './plain-uids.ts';
import type { Reader } from './reader.ts';

const wExte = word('exte');
const wRnal = word('rnal');
const wIdSnake = word('_id"');
const wIdCamel = word('Id"');
const wHash = word('hash');
const wEdE = word('ed_e');
const wMail = word('mail');
const wEdP = word('ed_p');
const wHone = word('hone');
const wEdEm = word('edEm');
const wAil = word('ail"');
const wEdPh = word('edPh');
const wOne = word('one"');
const wUids = word('uids');

/** The field whose key begins at `p`, behind its quote, as its shape bit; 0 for any other key. */
function fieldAt(view: DataView, p: number): number {
  const first = view.getInt32(p, true);
  const second = view.getInt32(p + 4, true);
  const third = view.getInt32(p + 8, true);
  if (first === wHash) {
    const closed = view.getUint8(p + 12) === quote;
    if (second === wEdE) return third === wMail && closed ? shapeBits.hashed_email : 0;
    if (second === wEdP) return third === wHone && closed ? shapeBits.hashed_phone : 0;
    if (second === wEdEm) return third === wAil ? shapeBits.hashedEmail : 0;
    return second === wEdPh && third === wOne ? shapeBits.hashedPhone : 0;
  }
  if (first === wExte && second === wRnal) {
    if (third === wIdSnake) return shapeBits.external_id;
    return (third & 0xffffff) === wIdCamel ? shapeBits.externalId : 0;
  }
  return first === wUids && (second & 0xff) === quote ? shapeBits.uids : 0;
}

/** Bytes of a field's key with its closing quote, by shape bit. */
const keyBytes = new Uint8Array(128);
/** The shapes of which a field may hold only one, by shape bit. */
const rivalShapes = new Uint8Array(128);
for (const name of fieldNames) {
  const bit = shapeBits[name];
  keyBytes[bit] = name.length + 1;
  rivalShapes[bit] = [idShapes, emailShapes, phoneShapes].find((shapes) => (shapes & bit) !== 0) ?? bit;
}

/**
 * Reads the member that begins at `start` straight into the columns as a row, when it is a plain one: an object whose
 * known fields are right and have strings without escapes, with any other fields, in any order and with any white space. Returns the
 * position behind it; -1 when it is not plain, and then no row was added (the reader's position is spoilt). `reserveRow` must have been
 * called. Costs about 0.1 µs for an id and two hashes.
 */
export function readPlainMember(r: Reader, s: MemberScan, start: number): number {
  const { bytes, view, end, columns } = s;
  const base = columns.identifierCount;
  let shape = 0;
  let idBytes = 0;
  let hashes = 0;
  s.uidCount = 0;
  s.extrasPending = 0;
  s.others = undefined;
  s.otherCount = 0;
  let p = start + 1;
  for (;;) {
    if (p < end && bytes[p]! <= 0x20) p = skipSpace(bytes, p, end);
    if (p + lookAheadBytes > end || bytes[p] !== quote) return -1;
    const field = fieldAt(view, p + 1);
    if ((shape & rivalShapes[field]!) !== 0) return -1;
    shape |= field;
    p = field === 0 ? readOtherField(r, s, p) : valueAfter(bytes, p + 1 + keyBytes[field]!, end);
    if (p < 0) return -1;
    if (field >= shapeBits.hashed_email && field < shapeBits.uids) {
      if (bytes[p] !== quote || bytes[p + 1 + hashChars] !== quote) return -1;
      const at = (base + hashes) * hashWords;
      if (!decodeHash(view, p + 1, columns.identifierWords, at)) return -1;
      if (isHashOfNothing(s.nothing, columns.identifierWords, at)) return -1;
      if (hashes === 1 && (field & emailShapes) !== 0) swapRows(columns.identifierWords, base);
      hashes++;
      p += hashChars + 2;
    } else if (field === shapeBits.uids) {
      if (bytes[p] !== openBracket) return -1;
      p = readPlainUids(s, p + 1);
      if (p < 0) return -1;
    } else if (field !== 0) {
      if (bytes[p] !== quote) return -1;
      const max = limits.externalIdBytesMax;
      idBytes = copyPlainText(bytes, p + 1, end, columns.externalIdBytes, columns.externalIdUsed, max);
      if (idBytes <= 0) return -1;
      p += idBytes + 2;
    }
    if (p < end && bytes[p]! <= 0x20) p = skipSpace(bytes, p, end);
    if (p >= end) return -1;
    const byte = bytes[p++];
    if (byte === closeBrace) return commitPlain(s, shape, idBytes, hashes) ? p : -1;
    if (byte !== comma) return -1;
  }
}

/** A phone that came before its e-mail goes behind it: the order of keys must not show. */
function swapRows(words: Int32Array, first: number): void {
  for (let i = first * hashWords; i < (first + 1) * hashWords; i++) {
    const word = words[i]!;
    words[i] = words[i + hashWords]!;
    words[i + hashWords] = word;
  }
}

/** False when the member has a fault that must be reported or names one identifier twice. */
function commitPlain(s: MemberScan, shape: number, idBytes: number, hashes: number): boolean {
  const c = s.columns;
  if (hashes > 0) {
    const at = c.identifierCount;
    c.identifierType[at] =
      (shape & emailShapes) !== 0 ? identifierCodes.hashed_email : identifierCodes.hashed_phone;
    if (hashes === 2) c.identifierType[at + 1] = identifierCodes.hashed_phone;
  }
  const identifiers = s.uidCount === 0 ? hashes : appendUids(s, hashes);
  if (identifiers !== hashes + s.uidCount) return false;
  if (identifiers === 0 && !(s.removing && (shape & idShapes) !== 0)) return false;
  if (s.others !== undefined) {
    shape |= shapeBits.others;
    appendText(s, s.others);
  }
  c.extrasUsed += s.extrasPending;
  commitRow(c, (shape & idShapes) === 0 ? missingIdBit : 0, shape, idBytes, identifiers);
  return true;
}
