import { AppError } from '../../base/faults.ts';
import type { Json, JsonObject } from '../../engine/types.ts';
import { fieldOf } from './issues.ts';
import type { Path } from './issues.ts';

/** Compared without case, `_` and `-`. Source: AdCP security, credentials in arguments. */
const credentialNames = new Set([
  'apikey',
  'clientsecret',
  'bearer',
  'bearertoken',
  'authorization',
  'jwk',
  'jwks',
  'jwksuri',
]);
const credentialEnding = 'accesstoken';

function namesCredential(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[_-]/g, '');
  return credentialNames.has(plain) || plain.endsWith(credentialEnding);
}

function findCredential(value: Json, path: Path): Path | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (const [position, element] of (value as readonly Json[]).entries()) {
      const found = findCredential(element, [...path, position]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  for (const [name, below] of Object.entries(value as JsonObject)) {
    const here = [...path, name];
    if (namesCredential(name)) return here;
    const found = findCredential(below, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** True when a name anywhere in the value is that of a credential. */
export function holdsCredential(value: Json): boolean {
  return findCredential(value, []) !== undefined;
}

/**
 * Refuses arguments that carry a credential anywhere, `context` and `ext` included. What a webhook's receiver expects
 * (`push_notification_config.authentication.credentials`) is no credential of the caller and has another name.
 * The depth of arguments is bounded by the scanner.
 */
export function refuseCredentials(args: JsonObject): void {
  const found = findCredential(args, []);
  if (found === undefined) return;
  throw new AppError('CREDENTIAL_IN_ARGS', 'A credential was sent inside the arguments.', {
    field: fieldOf(found),
    suggestion: 'Take it out, replace it with a new one, and send the key in the Authorization header only.',
  });
}
