import type { Primitives } from '../../base/primitives.ts';
import type { MemberColumns } from '../types.ts';

/**
 * The 16 bytes that name a member before encryption. The first byte says which of four forms follows,
 * so that no two forms ever meet, and the forms need no column of their own: one tweak serves them all,
 * and a change of key can decrypt and encrypt member tokens without knowing their form.
 *
 * | first byte  | form | holds |
 * | ----------- | ---- | ----- |
 * | 0x01 … 0x0F | packed | that many bytes of the external id, then zeros: injective |
 * | 0x80 … 0xBF | UUID | a lower-case UUID of the RFC 9562 variant: its byte 8 (whose top bits are always 10) moved to the front: injective |
 * | 0xF0        | hashed | first 15 bytes of SHA-256 of a longer external id |
 * | 0xF1        | derived | first 15 bytes of SHA-256 over the sorted identifiers of a member without external id |
 *
 * 120 bits of hash make an accidental meeting of two ids in a billion members about 4e-19.
 */
export const memberKeyForms = { uuidFirst: 0x80, uuidLast: 0xbf, hashed: 0xf0, derived: 0xf1 } as const;

const packedBytesMax = 15;
const uuidChars = 36;
const keyBytes = 16;

/** Hex digit → value; 255 for every other byte, upper-case digits included: they are another string. */
const hexValue = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte));
  return digit < 0 ? 255 : digit;
});

/**
 * Writes the key of an external id (`bytes[start … end)`, at least one byte) to `out[at … at + 16)`,
 * which must be zero. A long id costs one SHA-256; the other forms cost tens of nanoseconds.
 */
export function writeExternalIdKey(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
  primitives: Primitives,
): void {
  const length = end - start;
  if (length <= packedBytesMax) {
    out[at] = length;
    for (let i = 0; i < length; i++) out[at + 1 + i] = bytes[start + i]!;
    return;
  }
  if (length === uuidChars && writeUuidKey(bytes, start, out, at)) return;
  writeHashedKey(memberKeyForms.hashed, primitives.sha256(bytes.subarray(start, end)), out, at);
}

function writeHashedKey(form: number, digest: Uint8Array, out: Uint8Array, at: number): void {
  out[at] = form;
  for (let i = 1; i < keyBytes; i++) out[at + i] = digest[i - 1]!;
}

/** False, with `out` untouched, when the 36 bytes are not a canonical lower-case UUID of the usual variant. */
function writeUuidKey(bytes: Uint8Array, start: number, out: Uint8Array, at: number): boolean {
  const dash = 0x2d;
  let bad = 0;
  let place = 0;
  let variant = 0;
  for (let i = 0; i < uuidChars;) {
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (bytes[start + i] !== dash) return clearKey(out, at);
      i += 1;
      continue;
    }
    const high = hexValue[bytes[start + i]!]!;
    const low = hexValue[bytes[start + i + 1]!]!;
    bad |= high | low;
    const value = ((high << 4) | low) & 0xff;
    if (place === 8) variant = value;
    else out[at + (place < 8 ? place + 1 : place)] = value;
    place += 1;
    i += 2;
  }
  if (bad > 15 || variant >> 6 !== 2) return clearKey(out, at);
  out[at] = variant;
  return true;
}

function clearKey(out: Uint8Array, at: number): false {
  out.fill(0, at, at + keyBytes);
  return false;
}

/**
 * Writes the key of a member without external id: the same for the same set of (type, digest) pairs,
 * whatever their order and repetition. The member must hold at least one identifier.
 */
export function writeDerivedKey(
  columns: MemberColumns,
  row: number,
  out: Uint8Array,
  at: number,
  primitives: Primitives,
): void {
  const entries: Uint8Array[] = [];
  for (let i = columns.identifierStart[row]!; i < columns.identifierStart[row + 1]!; i++) {
    const entry = new Uint8Array(33);
    entry[0] = columns.identifierType[i]!;
    entry.set(columns.identifierDigest.subarray(i * 32, i * 32 + 32), 1);
    entries.push(entry);
  }
  entries.sort(compareBytes);
  const distinct = entries.filter((entry, i) => i === 0 || compareBytes(entries[i - 1]!, entry) !== 0);
  const joined = new Uint8Array(distinct.length * 33);
  distinct.forEach((entry, i) => joined.set(entry, i * 33));
  writeHashedKey(memberKeyForms.derived, primitives.sha256(joined), out, at);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
