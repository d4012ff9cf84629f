import type { AppError, FaultCode } from '../base/faults.ts';

/** HTTP status of a fault that is answered before, or instead of, a protocol's own reply. */
export const httpStatusOf = {
  INVALID_REQUEST: 400,
  INVALID_HASH: 400,
  CALL_TOO_LARGE: 413,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_ENCODING: 415,
  UNSUPPORTED_FEATURE: 400,
  VERSION_UNSUPPORTED: 400,
  AUTH_MISSING: 401,
  AUTH_INVALID: 401,
  SIGNATURE_REFUSED: 401,
  SCOPE_INSUFFICIENT: 403,
  PERMISSION_DENIED: 403,
  CREDENTIAL_IN_ARGS: 400,
  ACCOUNT_NOT_FOUND: 404,
  ACCOUNT_SUSPENDED: 403,
  ACCOUNT_SETUP_REQUIRED: 403,
  ACCOUNT_PAYMENT_REQUIRED: 402,
  ACCOUNT_AMBIGUOUS: 400,
  AUDIENCE_NOT_FOUND: 404,
  SALES_AGENT_NOT_FOUND: 404,
  VALIDATION_ERROR: 400,
  PRODUCT_NOT_FOUND: 404,
  MEDIA_BUY_NOT_FOUND: 404,
  PACKAGE_NOT_FOUND: 404,
  BUDGET_TOO_LOW: 400,
  TERMS_REJECTED: 400,
  INVALID_STATE: 409,
  NOT_CANCELLABLE: 409,
  CONFLICT: 409,
  TASK_NOT_FOUND: 404,
  BILLING_NOT_SUPPORTED: 400,
  UNSUPPORTED_PROVISIONING: 400,
  IDEMPOTENCY_CONFLICT: 409,
  IDEMPOTENCY_EXPIRED: 409,
  IDEMPOTENCY_IN_FLIGHT: 409,
  OPERATION_UNAPPLIED: 409,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  CONFIGURATION_ERROR: 500,
} as const satisfies Record<FaultCode, number>;

/** Seconds to wait where a fault names none. */
const retryAfterSecondsDefault = 1;

/** The header that says when to ask again; none where nothing changes by itself. */
export function retryAfterHeader(seconds: number | null | undefined): Readonly<Record<string, string>> {
  return seconds === null || seconds === undefined ? {} : { 'retry-after': String(seconds) };
}

/** Headers that go with a fault: the challenge on every 401 (RFC 9110, 11.6.1; RFC 6750), the wait on 429 and 503. */
export function faultHeaders(fault: AppError): Record<string, string> {
  if (fault.code === 'AUTH_MISSING') return { 'www-authenticate': 'Bearer realm="rollcall"' };
  if (fault.code === 'AUTH_INVALID') {
    return { 'www-authenticate': 'Bearer realm="rollcall", error="invalid_token"' };
  }
  if (fault.code === 'SIGNATURE_REFUSED') {
    return { 'www-authenticate': `Signature error="${String(fault.info.details?.['challenge'])}"` };
  }
  if (fault.code === 'RATE_LIMITED' || fault.code === 'SERVICE_UNAVAILABLE') {
    return { 'retry-after': String(Math.ceil(fault.info.retryAfterSeconds ?? retryAfterSecondsDefault)) };
  }
  return {};
}
