import { AppError } from '../../base/faults.ts';

/** Longer than any key that was ever given out. */
const credentialCharsMax = 512;

/** RFC 6750, 2.1: `Bearer` 1*SP b64token; the scheme is compared without case (RFC 9110, 11.1). */
const bearerPattern = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/**
 * The credential of a request, without its scheme. AUTH_MISSING when the request has no Authorization header,
 * AUTH_INVALID when what the header holds cannot be a key. A credential anywhere else is not a credential.
 */
export function bearerOf(authorization: string | undefined): string {
  if (authorization === undefined) throw new AppError('AUTH_MISSING');
  const credential =
    authorization.length <= credentialCharsMax ? bearerPattern.exec(authorization)?.[1] : undefined;
  if (credential !== undefined) return credential;
  throw new AppError('AUTH_INVALID', 'The Authorization header holds no API key; send "Bearer <key>".');
}
