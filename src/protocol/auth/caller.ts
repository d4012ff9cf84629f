import { AppError } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { Principal, RollcallService } from '../../service/api.ts';
import type { BodySeal, ReplyRecord, RequestHead } from '../endpoint.ts';
import type { FailureBudget } from '../failure-budget.ts';
import { bearerOf } from './bearer.ts';
import { isBadCredential } from './failure-budget.ts';
import type { SignatureGate, SignedHead } from '../signature-gate.ts';
import { registersSecret } from './signature/gate.ts';
import { signatureRefusal } from './signature/refusal.ts';

/** Bytes of a body without a good key: enough for discovery and the public operation. */
export const anonymousBytesMax = 64 * 1024;

/** Who asks: a caller, or why there is none. */
export type Caller =
  | {
      readonly known: true;
      readonly principal: Principal;
      /** What the body must still show; null: the request is not signed. */
      readonly seal: BodySeal | null;
    }
  | { readonly known: false; readonly fault: AppError };

/** What tells callers apart. */
export interface Credentials {
  readonly service: Pick<RollcallService, 'authenticate'>;
  /** Null: signatures are not looked at. */
  readonly signatures: SignatureGate | null;
  readonly failures: FailureBudget;
}

/**
 * The caller that a request's head names. A missing or bad key, or signature, is an answer, because public operations need none;
 * rejects only when the service itself is in trouble.
 */
export async function callerOf(credentials: Credentials, head: RequestHead): Promise<Caller> {
  const { failures, service, signatures } = credentials;
  const { address } = head;
  const authorization = head.headers['authorization'];
  const shown = authorization ?? '';
  try {
    const signed =
      signatures === null ? null : await failures.watch(address, shown, () => signatures.check(head));
    const prove = async (): Promise<Principal> => {
      const isSignedOnly = authorization === undefined && signed !== null;
      const holder = isSignedOnly ? null : await service.authenticate(bearerOf(authorization), address);
      return provenBy(holder, signed, credentials);
    };
    const principal = await (authorization === undefined
      ? failures.watch(address, shown, prove)
      : failures.watchKey(address, shown, prove));
    return { known: true, principal, seal: signed?.seal ?? null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const isTold = isBadCredential(error) || error.code === 'AUTH_MISSING' || error.code === 'RATE_LIMITED';
    if (isTold) return { known: false, fault: error };
    throw error;
  }
}

/** The caller, when what was shown is what this caller must show. */
function provenBy(
  holder: Principal | null,
  signed: SignedHead | null,
  { signatures }: Credentials,
): Principal {
  const principal = holder ?? signed?.principal;
  if (principal === undefined) throw new AppError('AUTH_MISSING');
  const isOther = signed !== null && holder !== null && signed.principal.principalNo !== holder.principalNo;
  if (isOther) throw new AppError('AUTH_INVALID', 'The API key and the signature are two callers’.');
  if (principal.proof !== 'key' && signed === null) {
    // Nobody can be asked to sign where nobody looks at signatures.
    if (signatures === null)
      throw new AppError('AUTH_INVALID', 'This caller signs, and signatures are switched off.');
    throw signatureRefusal('required');
  }
  if (principal.proof !== 'signed' && holder === null) throw new AppError('AUTH_MISSING');
  return principal;
}

/**
 * Why an operation may not go on although its caller may be who they say; null: it may. Source: AdCP request signing, pre-check.
 * `operation`: its name in AdCP, or what the request says is one.
 */
export function unsignedRefusal(
  caller: Caller,
  signatures: SignatureGate | null,
  operation: string,
  args: JsonObject | undefined,
): AppError | null {
  if (signatures === null) return null;
  if (caller.known && caller.seal !== null) return null;
  if (!caller.known && caller.fault.code === 'SIGNATURE_REFUSED') return caller.fault;
  if (registersSecret(args)) return signatureRefusal('required');
  const isAsked = signatures.requiredFor.includes(operation);
  return isAsked && !caller.known && caller.fault.code === 'AUTH_MISSING'
    ? signatureRefusal('required')
    : null;
}

/** What the log may say of a caller. */
export function keyRecord(caller: Caller): ReplyRecord {
  return caller.known ? { keyId: caller.principal.keyId } : {};
}

/** What is said instead of a refused body: a stranger whose body is too large is told to send a key, not to send less. */
export function bodyRefusal(caller: Caller, fault: AppError): AppError {
  return !caller.known && fault.code === 'BODY_TOO_LARGE' ? caller.fault : fault;
}

/** The part of an admission that is about the caller's body. */
export function sealOf(caller: Caller): { readonly seal?: BodySeal } {
  return caller.known && caller.seal !== null ? { seal: caller.seal } : {};
}
