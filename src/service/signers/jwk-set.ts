import { AppError } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';

/** Names of keys go into logs and onto screens. */
const keyidPattern = /^[A-Za-z0-9_.:-]{1,128}$/;
const keyCountMax = 100;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Members of a key that are secret. Source: RFC 7518, 6. */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

function refuse(says: string): never {
  throw new AppError('INVALID_REQUEST', says, {
    suggestion: 'A JWK set is {"keys": [{"kty", "crv", "x", "alg", "kid", "use", "key_ops", "adcp_use"}]}.',
  });
}

/**
 * The keys of a JWK set by their names. Refuses what is no set, a key without a name that can be shown, a name twice, and a set
 * that holds a private key. Source: RFC 7517, 5.
 */
export function keysOfSet(text: string): ReadonlyMap<string, JsonObject> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    refuse('This is not JSON.');
  }
  const keys = isObject(parsed) ? parsed['keys'] : undefined;
  if (!Array.isArray(keys) || keys.length === 0) return refuse('This is not a JWK set.');
  if (keys.length > keyCountMax) return refuse(`A set holds at most ${keyCountMax} keys.`);
  const byName = new Map<string, JsonObject>();
  for (const key of keys as readonly unknown[]) {
    const kid = isObject(key) ? key['kid'] : undefined;
    if (!isObject(key) || typeof kid !== 'string' || !keyidPattern.test(kid)) {
      return refuse('Every key needs a kid of 1 to 128 letters, digits and _ . : -.');
    }
    if (secretMembers.some((name) => Object.hasOwn(key, name))) {
      return refuse(
        'The set holds a private key. Take it out of use, and register the public part of a new one.',
      );
    }
    if (byName.has(kid)) return refuse('A kid stands for two keys.');
    byName.set(kid, key);
  }
  return byName;
}
