import { sameToken } from '../token/compare.ts';

/** A set of tokens for scans that ask about many and find few. */
export interface TokenSet {
  readonly size: number;
  /** Whether token `tokens[index]` is in the set. A miss costs one look at a small filter. */
  has(tokens: Uint32Array, index: number): boolean;
}

/** Bits of the filter per token: one miss in 32 goes on to the table. */
const filterBitsPerToken = 32;

/**
 * The set of the first `count` tokens of `source` (which must stay as it is). Tokens are uniform, so
 * their own bits are the hash: word 0 selects in the filter, word 1 in the table.
 */
export function createTokenSet(source: Uint32Array, count: number): TokenSet {
  const filterBits = 2 ** Math.min(28, Math.max(5, Math.ceil(Math.log2(count * filterBitsPerToken + 1))));
  const filterShift = 32 - Math.log2(filterBits);
  const filter = new Uint32Array(filterBits / 32);
  const tableSize = 2 ** Math.max(4, Math.ceil(Math.log2(count * 2 + 1)));
  const mask = tableSize - 1;
  /** Place of a token in `source`, plus one; 0 is free. */
  const table = new Uint32Array(tableSize);
  let size = 0;
  for (let i = 0; i < count; i++) {
    let slot = source[i * 4 + 1]! & mask;
    while (table[slot] !== 0 && !sameToken(source, table[slot]! - 1, source, i)) slot = (slot + 1) & mask;
    if (table[slot] !== 0) continue;
    table[slot] = i + 1;
    size += 1;
    const bit = source[i * 4]! >>> filterShift;
    filter[bit >>> 5]! |= 1 << (bit & 31);
  }
  return {
    size,
    has(tokens, index) {
      const bit = tokens[index * 4]! >>> filterShift;
      if ((filter[bit >>> 5]! & (1 << (bit & 31))) === 0) return false;
      let slot = tokens[index * 4 + 1]! & mask;
      while (table[slot] !== 0) {
        if (sameToken(source, table[slot]! - 1, tokens, index)) return true;
        slot = (slot + 1) & mask;
      }
      return false;
    },
  };
}
