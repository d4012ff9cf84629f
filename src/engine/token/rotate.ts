import type { Tokeniser } from './tokeniser.ts';

/**
 * The same identifiers or members under another key: `types` holds an identifier code per token, or is
 * null for member tokens. Two calls of the cipher, whatever the number of tokens. The order of tokens
 * under the new key has nothing to do with the old one, so sorted columns must be sorted again.
 */
export function rotateTokens(
  from: Tokeniser,
  to: Tokeniser,
  types: Uint8Array | null,
  tokens: Uint32Array,
): Uint32Array {
  return to.seal(types, from.open(types, tokens));
}
