import type { IdentifierType } from '../../base/identifier-types.ts';
import type { Primitives } from '../../base/primitives.ts';
import { wordsForNothing } from '../../base/recipes.ts';
import type { Tokeniser } from '../token/tokeniser.ts';

/** Whether a token stands for a hash of nothing: of the empty string, or of a word such as `null`. No graph is needed. */
export type IsNothing = (tokens: Uint32Array, index: number) => boolean;

/** Costs about 10 ns a token. */
export function nothingTokens(
  types: readonly IdentifierType[],
  tokeniser: Tokeniser,
  primitives: Primitives,
): IsNothing {
  const encoder = new TextEncoder();
  const byWordZero = new Map<number, Uint32Array>();
  for (const type of types) {
    for (const word of wordsForNothing) {
      const token = tokeniser.tokenOf(type, primitives.sha256(encoder.encode(word)));
      byWordZero.set(token[0]!, token);
    }
  }
  return (tokens, index) => {
    const token = byWordZero.get(tokens[index * 4]!);
    if (token === undefined) return false;
    return token[1] === tokens[index * 4 + 1] && token[2] === tokens[index * 4 + 2];
  };
}
