/** From identifiers to the ordinals of the users whom they name. */
import { identifierCodes } from '../../base/identifier-types.ts';
import { createOrdinalList } from '../../engine/bitmap/ordinal-list.ts';
import type { Tokeniser } from '../../engine/token/tokeniser.ts';
import type { GraphIndex } from '../../engine/types.ts';
import type { UserIdentifier } from '../../service/decisions/api.ts';

const digestBytes = 32;
/** A look-up counts no further; whom such an identifier names is asked for alone. */
const hitsMax = 255;

/** The persons of each user, in order; none for one who is not known. One call of the cipher for all. */
export function lookUpUsers(
  tokeniser: Tokeniser,
  graph: GraphIndex,
  users: readonly UserIdentifier[],
): readonly Uint32Array[] {
  const types = new Uint8Array(users.length);
  const digests = new Uint8Array(users.length * digestBytes);
  users.forEach(({ type, digest }, at) => {
    types[at] = identifierCodes[type];
    digests.set(digest, at * digestBytes);
  });
  const tokens = tokeniser.identifierTokens(types, digests);
  const hits = new Uint8Array(users.length);
  const found = createOrdinalList();
  graph.lookup(tokens, 0, users.length, hits, found);
  if (hits.includes(hitsMax)) return users.map((_, at) => lookUpOne(graph, tokens, at));
  const persons = found.values();
  let from = 0;
  return users.map((_, at) => persons.subarray(from, (from += hits[at]!)));
}

function lookUpOne(graph: GraphIndex, tokens: Uint32Array, at: number): Uint32Array {
  const found = createOrdinalList();
  graph.lookup(tokens, at, 1, new Uint8Array(1), found);
  return found.values();
}
