/**
 * A digest of the members of an audience: the sum, word by word modulo 2^32, of four mixed words for each member's row. A sum
 * does not ask for an order, so that equal members have equal digests however their blocks were cut or merged, and an operation
 * moves the digest by the rows it adds and takes away.
 *
 * It is of tokens alone, which say nothing without the operator's key, and so does it. It finds what damage and faults do: a row
 * that is lost, doubled, changed, or in another audience changes it as good as certainly; a change in one place of one row always
 * does. It does not stop somebody who writes to the database and wants it to hold: whoever can choose rows can find others with
 * the same sum, and can store another sum.
 */
import type { MemberBlock } from '../types.ts';
import type { AudienceView } from './audience-view.ts';

/** Four words, which begin at zero: nobody. */
export type MemberDigest = Uint32Array;

const words = 4;
export const digestBytes = words * 4;

export const emptyDigest = (): MemberDigest => new Uint32Array(words);

/** Whether the rows come to the audience, or leave it. */
export type DigestSign = 1 | -1;

/**
 * Adds rows `first … end - 1` to the digest, or takes them away; none of them may be a tombstone. About 40 ns an identifier.
 *
 * The words of the member's token are the state; each identifier is added to it and followed by two of ChaCha's quarter rounds
 * (RFC 8439), every step of which can be undone: so two rows that differ in one place have different words, and the sum is not
 * one of the tokens themselves. Identifiers are added one word further on, so that a member's token and an identifier's that
 * changed places are told apart.
 */
export function digestRows(
  digest: MemberDigest,
  block: MemberBlock,
  first: number,
  end: number,
  sign: DigestSign,
): void {
  const { memberToken, identifierStart, identifierType, identifierToken } = block;
  for (let row = first; row < end; row++) {
    let a = memberToken[row * words]!;
    let b = memberToken[row * words + 1]!;
    let c = memberToken[row * words + 2]!;
    let d = memberToken[row * words + 3]!;
    const last = identifierStart[row + 1]!;
    for (let entry = identifierStart[row]!; entry < last; entry++) {
      // Types are small numbers; an odd factor spreads them over the word and keeps them apart.
      a = (a + identifierToken[entry * words + 1]! + Math.imul(identifierType[entry]!, 0x9e3779b1)) | 0;
      b = (b + identifierToken[entry * words + 2]!) | 0;
      c = (c + identifierToken[entry * words + 3]!) | 0;
      d = (d + identifierToken[entry * words]!) | 0;
      for (let round = 0; round < 2; round++) {
        a = (a + b) | 0;
        d ^= a;
        d = (d << 16) | (d >>> 16);
        c = (c + d) | 0;
        b ^= c;
        b = (b << 12) | (b >>> 20);
        a = (a + b) | 0;
        d ^= a;
        d = (d << 8) | (d >>> 24);
        c = (c + d) | 0;
        b ^= c;
        b = (b << 7) | (b >>> 25);
      }
    }
    digest[0] = digest[0]! + Math.imul(a, sign);
    digest[1] = digest[1]! + Math.imul(b, sign);
    digest[2] = digest[2]! + Math.imul(c, sign);
    digest[3] = digest[3]! + Math.imul(d, sign);
  }
}

/** The digest of all members of an audience, from nothing. */
export function digestOf(view: AudienceView): MemberDigest {
  const digest = emptyDigest();
  view.forEachLive((piece, first, end) => digestRows(digest, piece, first, end, 1));
  return digest;
}

/** As it is stored: the words in order, the lowest byte first. */
export function encodeDigest(digest: MemberDigest): Uint8Array {
  const bytes = new Uint8Array(digestBytes);
  const view = new DataView(bytes.buffer);
  digest.forEach((word, at) => view.setUint32(at * 4, word, true));
  return bytes;
}

/** Null where none is stored. */
export function decodeDigest(bytes: Uint8Array | null): MemberDigest | null {
  if (bytes === null) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: words }, (_, at) => view.getUint32(at * 4, true));
}
