import type { IdentifierType } from '../../base/identifier-types.ts';
import type { Primitives } from '../../base/primitives.ts';
import { wordsForNothing } from '../../base/recipes.ts';
import type { Tokeniser } from '../token/tokeniser.ts';
import { tokenWords } from '../types.ts';

/** The types whose identifiers are hashes that a buyer makes, and that recipes exist for. */
export const diagnosedTypes = ['hashed_email', 'hashed_phone'] as const satisfies readonly IdentifierType[];
export type DiagnosedType = (typeof diagnosedTypes)[number];

/** The tokens of hashes of nothing, as either type: of the empty string, or of a word such as `null`. */
export function tokensOfNothing(tokeniser: Tokeniser, primitives: Primitives): Uint32Array {
  const encoder = new TextEncoder();
  const hashes = wordsForNothing.map((word) => primitives.sha256(encoder.encode(word)));
  const tokens = diagnosedTypes.flatMap((type) => hashes.map((hash) => tokeniser.tokenOf(type, hash)));
  const words = new Uint32Array(tokens.length * tokenWords);
  tokens.forEach((token, i) => words.set(token, i * tokenWords));
  return words;
}

/** Whether a token stands for a hash of nothing. No graph is needed. */
export type IsNothing = (tokens: Uint32Array, index: number) => boolean;

/** Costs about 10 ns a token. */
export function isNothingAmong(nothing: Uint32Array): IsNothing {
  const byWordZero = new Map<number, number>();
  for (let at = 0; at < nothing.length; at += tokenWords) byWordZero.set(nothing[at]!, at);
  return (tokens, index) => {
    const from = index * tokenWords;
    const at = byWordZero.get(tokens[from]!);
    return at !== undefined && nothing[at + 1] === tokens[from + 1] && nothing[at + 2] === tokens[from + 2];
  };
}
