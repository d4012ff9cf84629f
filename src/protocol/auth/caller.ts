import { AppError } from '../../base/faults.ts';
import type { Principal, RollcallService } from '../../service/api.ts';
import type { ReplyRecord, RequestHead } from '../endpoint.ts';
import { bearerOf } from './bearer.ts';

/** Bytes of a body without a good key: enough for discovery and the public operation. */
export const anonymousBytesMax = 64 * 1024;

/** Who asks: a caller, or why there is none. */
export type Caller =
  | { readonly known: true; readonly principal: Principal }
  | { readonly known: false; readonly fault: AppError };

/**
 * The caller that a request's head names. A missing or bad key is an answer, because public operations need none;
 * rejects only when the service itself is in trouble.
 */
export async function callerOf(
  service: Pick<RollcallService, 'authenticate'>,
  head: RequestHead,
): Promise<Caller> {
  try {
    return { known: true, principal: await service.authenticate(bearerOf(head.headers['authorization'])) };
  } catch (error) {
    const isRefusal = error instanceof AppError && ['AUTH_MISSING', 'AUTH_INVALID'].includes(error.code);
    if (isRefusal) return { known: false, fault: error };
    throw error;
  }
}

/** What the log may say of a caller. */
export function keyRecord(caller: Caller): ReplyRecord {
  return caller.known ? { keyId: caller.principal.keyId } : {};
}

/** What is said instead of a refused body: a stranger whose body is too large is told to send a key, not to send less. */
export function bodyRefusal(caller: Caller, fault: AppError): AppError {
  return !caller.known && fault.code === 'BODY_TOO_LARGE' ? caller.fault : fault;
}
