import type { FaultCode } from '../../base/faults.ts';
import type { Generation } from '../../service/api.ts';

/**
 * The word for each fault in today's vocabulary (AdCP 3.1, `enums/error-code.json`). The registry has no word of its own for
 * a body, a call or a hash that is not right, and forbids new `*_NOT_FOUND` words.
 */
const currentWords = {
  INVALID_REQUEST: 'INVALID_REQUEST',
  INVALID_HASH: 'INVALID_REQUEST',
  CALL_TOO_LARGE: 'INVALID_REQUEST',
  BODY_TOO_LARGE: 'INVALID_REQUEST',
  UNSUPPORTED_ENCODING: 'INVALID_REQUEST',
  UNSUPPORTED_FEATURE: 'UNSUPPORTED_FEATURE',
  VERSION_UNSUPPORTED: 'VERSION_UNSUPPORTED',
  AUTH_MISSING: 'AUTH_MISSING',
  AUTH_INVALID: 'AUTH_INVALID',
  SIGNATURE_REFUSED: 'AUTH_INVALID',
  SCOPE_INSUFFICIENT: 'SCOPE_INSUFFICIENT',
  PERMISSION_DENIED: 'PERMISSION_DENIED',
  CREDENTIAL_IN_ARGS: 'CREDENTIAL_IN_ARGS',
  ACCOUNT_NOT_FOUND: 'ACCOUNT_NOT_FOUND',
  ACCOUNT_SUSPENDED: 'ACCOUNT_SUSPENDED',
  ACCOUNT_SETUP_REQUIRED: 'ACCOUNT_SETUP_REQUIRED',
  ACCOUNT_PAYMENT_REQUIRED: 'ACCOUNT_PAYMENT_REQUIRED',
  ACCOUNT_AMBIGUOUS: 'ACCOUNT_AMBIGUOUS',
  AUDIENCE_NOT_FOUND: 'REFERENCE_NOT_FOUND',
  SALES_AGENT_NOT_FOUND: 'REFERENCE_NOT_FOUND',
  VALIDATION_ERROR: 'VALIDATION_ERROR',
  PRODUCT_NOT_FOUND: 'PRODUCT_NOT_FOUND',
  MEDIA_BUY_NOT_FOUND: 'MEDIA_BUY_NOT_FOUND',
  PACKAGE_NOT_FOUND: 'PACKAGE_NOT_FOUND',
  BUDGET_TOO_LOW: 'BUDGET_TOO_LOW',
  TERMS_REJECTED: 'TERMS_REJECTED',
  INVALID_STATE: 'INVALID_STATE',
  NOT_CANCELLABLE: 'NOT_CANCELLABLE',
  CONFLICT: 'CONFLICT',
  TASK_NOT_FOUND: 'REFERENCE_NOT_FOUND',
  BILLING_NOT_SUPPORTED: 'BILLING_NOT_SUPPORTED',
  UNSUPPORTED_PROVISIONING: 'UNSUPPORTED_PROVISIONING',
  IDEMPOTENCY_CONFLICT: 'IDEMPOTENCY_CONFLICT',
  IDEMPOTENCY_EXPIRED: 'IDEMPOTENCY_EXPIRED',
  IDEMPOTENCY_IN_FLIGHT: 'IDEMPOTENCY_IN_FLIGHT',
  RATE_LIMITED: 'RATE_LIMITED',
  OPERATION_UNAPPLIED: 'INVALID_STATE',
  SERVICE_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  CONFIGURATION_ERROR: 'CONFIGURATION_ERROR',
} as const satisfies Record<FaultCode, string>;

/**
 * AdCP 3.0 knows 45 words; where today's is younger, the nearest stands for it. The error's `recovery` still says
 * what the fault itself allows.
 */
const words30 = {
  ...currentWords,
  AUTH_MISSING: 'AUTH_REQUIRED',
  AUTH_INVALID: 'AUTH_REQUIRED',
  SIGNATURE_REFUSED: 'AUTH_REQUIRED',
  SCOPE_INSUFFICIENT: 'PERMISSION_DENIED',
  CREDENTIAL_IN_ARGS: 'INVALID_REQUEST',
  BILLING_NOT_SUPPORTED: 'UNSUPPORTED_FEATURE',
  UNSUPPORTED_PROVISIONING: 'UNSUPPORTED_FEATURE',
  IDEMPOTENCY_IN_FLIGHT: 'CONFLICT',
  CONFIGURATION_ERROR: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<FaultCode, string>;

/** The words of the first reference page of sync_audiences; beyond its table, those of 3.0. */
const legacyWords = {
  ...words30,
  INVALID_HASH: 'INVALID_HASH_FORMAT',
  CALL_TOO_LARGE: 'CALL_TOO_LARGE',
  BODY_TOO_LARGE: 'CALL_TOO_LARGE',
  AUDIENCE_NOT_FOUND: 'AUDIENCE_NOT_FOUND',
} as const satisfies Record<FaultCode, string>;

const wordsOf = {
  legacy: legacyWords,
  '3.0': words30,
  '3.1': currentWords,
} as const satisfies Record<Generation, Record<FaultCode, string>>;

export interface ErrorWord {
  readonly code: string;
  /** The word of the other generation, where it differs; travels in `details`. */
  readonly other: { readonly current_code: string } | { readonly legacy_code: string } | undefined;
}

/** What a fault is called towards a caller of this generation. */
export function errorWord(code: FaultCode, generation: Generation): ErrorWord {
  const word = wordsOf[generation][code];
  const current = currentWords[code];
  const legacy = legacyWords[code];
  if (word !== current) return { code: word, other: { current_code: current } };
  return { code: word, other: legacy === current ? undefined : { legacy_code: legacy } };
}
