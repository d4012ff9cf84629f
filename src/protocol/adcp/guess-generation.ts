import type { JsonObject } from '../../engine/types.ts';
import type { Generation } from '../../service/api.ts';
import type { BodyEnds } from '../endpoint.ts';
import { isLegacyCall } from './call-mode.ts';
import { defaultRelease, negotiate } from './releases.ts';

const modernNames = ['"idempotency_key"', '"adcp_version"', '"adcp_major_version"'] as const;

/**
 * The generation of a call whose arguments could not be read, for the choice of one word: does any field that older
 * callers do not know stand near an end of the body?
 */
export function guessGeneration(ends: BodyEnds): Generation {
  const isModern = modernNames.some((name) => ends.head.includes(name) || ends.tail.includes(name));
  return isModern ? defaultRelease : 'legacy';
}

/** The generation of a call that is refused before it is performed: its own, or the default where that is refused too. */
export function generationOf(operation: string, args: JsonObject): Generation {
  try {
    return negotiate(operation, args);
  } catch {
    return isLegacyCall(operation, args) ? 'legacy' : defaultRelease;
  }
}
