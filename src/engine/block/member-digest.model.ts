import type { AudienceView } from './audience-view.ts';
import type { MemberDigest } from './member-digest.ts';

const modulus = 2n ** 32n;
const wordsAt = (tokens: Uint32Array, index: number): bigint[] =>
  Array.from(tokens.subarray(index * 4, index * 4 + 4), BigInt);
const rotated = (word: bigint, bits: bigint): bigint => ((word << bits) % modulus) | (word >> (32n - bits));

/** RFC 8439, 2.1, as it is written. */
function quarterRound([a = 0n, b = 0n, c = 0n, d = 0n]: readonly bigint[]): bigint[] {
  a = (a + b) % modulus;
  d = rotated(d ^ a, 16n);
  c = (c + d) % modulus;
  b = rotated(b ^ c, 12n);
  a = (a + b) % modulus;
  d = rotated(d ^ a, 8n);
  c = (c + d) % modulus;
  b = rotated(b ^ c, 7n);
  return [a, b, c, d];
}

/** The digest as it is meant: slowly, in whole numbers. */
export function digestModel(view: AudienceView): MemberDigest {
  const sum = [0n, 0n, 0n, 0n];
  view.forEachLive((piece, first, end) => {
    for (let row = first; row < end; row++) {
      let state = wordsAt(piece.memberToken, row);
      for (let entry = piece.identifierStart[row]!; entry < piece.identifierStart[row + 1]!; entry++) {
        const token = wordsAt(piece.identifierToken, entry);
        const type = BigInt(piece.identifierType[entry]!) * 0x9e3779b1n;
        state = state.map((word, at) => (word + token[(at + 1) % 4]! + (at === 0 ? type : 0n)) % modulus);
        state = quarterRound(quarterRound(state));
      }
      state.forEach((word, at) => (sum[at] = (sum[at]! + word) % modulus));
    }
  });
  return Uint32Array.from(sum, Number);
}
