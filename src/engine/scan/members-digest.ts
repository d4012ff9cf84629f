import type { Primitives } from '../../base/primitives.ts';
import type { ColumnBuilder } from './columns.ts';
import { hashWords } from './hex.ts';
import type { ScannedArray } from './member-array.ts';

const fingerprintBytes = 16;
const hashBytes = hashWords * 4;
/** Arrays up to this size are hashed in one piece: a call of the hash costs more than the copy. */
const onePieceBytesMax = 32 * 1024;

/**
 * 32 bytes that are equal exactly when the member arrays are equal by RFC 8785. Made of fingerprints: a call may hold one
 * member only, and a plain hash of it, kept with the request's key, would let a thief try out who it was.
 *
 * A plain row is told whole by its shape, its external id and its identifiers in canonical order, beside the spelling of
 * MAIDs (which the columns fold) and the canonical text of its other fields; any other row has its canonical text in the extras, and its part of the
 * columns follows from that text. Arrays count in the order of audience and side, because the order of the
 * keys `add` and `remove` does not show in a JSON value.
 */
export function membersDigest(
  c: ColumnBuilder,
  arrays: readonly ScannedArray[],
  primitives: Primitives,
): Uint8Array {
  const ordered = [...arrays].sort(
    (a, b) =>
      a.array.audienceIndex - b.array.audienceIndex ||
      Number(a.array.side === 'remove') - Number(b.array.side === 'remove'),
  );
  const all = new Uint8Array(ordered.length * fingerprintBytes);
  ordered.forEach((scanned, i) => all.set(arrayFingerprint(c, scanned, primitives), i * fingerprintBytes));
  return primitives.sha256(all);
}

function arrayFingerprint(c: ColumnBuilder, scanned: ScannedArray, primitives: Primitives): Uint8Array {
  const { audienceIndex, side, firstRow, rowCount } = scanned.array;
  const endRow = firstRow + rowCount;
  const identifierStart = c.identifierStart[firstRow]!;
  const identifierEnd = c.identifierStart[endRow]!;
  const parts = [
    bytesOf(c.rowShape.subarray(firstRow, endRow)),
    c.externalIdBytes.subarray(c.externalIdStart[firstRow], c.externalIdStart[endRow]),
    c.identifierType.subarray(identifierStart, identifierEnd),
    bytesOf(c.identifierWords).subarray(identifierStart * hashBytes, identifierEnd * hashBytes),
    c.extras.subarray(scanned.extrasStart, scanned.extrasEnd),
  ];
  const lengths = parts.map((part) => part.length);
  const header = bytesOf(Uint32Array.of(audienceIndex, side === 'add' ? 0 : 1, rowCount, ...lengths));
  const size = lengths.reduce((sum, length) => sum + length, 0);
  // The header holds the lengths, so both forms read in one way only, and it decides which form follows.
  if (size <= onePieceBytesMax) return primitives.fingerprint(joined([header, ...parts]));
  return primitives.fingerprint(joined([header, ...parts.map((part) => primitives.fingerprint(part))]));
}

function bytesOf(words: Uint32Array | Int32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
