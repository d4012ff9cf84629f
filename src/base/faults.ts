/** What a caller can do about a fault. Source: AdCP error handling, `recovery`. */
export type Recovery = 'transient' | 'correctable' | 'terminal';

export interface FaultRow {
  readonly recovery: Recovery;
  /** Level at which the server logs it. */
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** A sentence that is safe to show to anybody; used when the thrower has no better one. */
  readonly say: string;
}

/**
 * The registry of operating faults. Each protocol maps every code to its own words with a table that
 * does not compile while a code is missing.
 */
export const faults = {
  INVALID_REQUEST: { recovery: 'correctable', level: 'info', say: 'The request is not valid.' },
  /** A hash field that is not 64 lower-case hex digits; the older generation has a code of its own. */
  INVALID_HASH: {
    recovery: 'correctable',
    level: 'info',
    say: 'A hash is not 64 lower-case hexadecimal digits.',
  },
  CALL_TOO_LARGE: { recovery: 'correctable', level: 'info', say: 'The call carries more than one call may.' },
  BODY_TOO_LARGE: {
    recovery: 'correctable',
    level: 'info',
    say: 'The body is larger than this server reads.',
  },
  UNSUPPORTED_ENCODING: {
    recovery: 'correctable',
    level: 'info',
    say: 'Send the body as it is or with gzip.',
  },
  UNSUPPORTED_FEATURE: { recovery: 'correctable', level: 'info', say: 'This server does not offer that.' },
  VERSION_UNSUPPORTED: {
    recovery: 'correctable',
    level: 'info',
    say: 'This AdCP release is not served here.',
  },
  AUTH_MISSING: {
    recovery: 'correctable',
    level: 'info',
    say: 'Send an API key: Authorization: Bearer <key>.',
  },
  AUTH_INVALID: { recovery: 'terminal', level: 'info', say: 'The API key is not valid.' },
  SIGNATURE_REFUSED: {
    recovery: 'correctable',
    level: 'info',
    say: 'The signature of this call is not good.',
  },
  SCOPE_INSUFFICIENT: { recovery: 'correctable', level: 'info', say: 'This key may not do that.' },
  PERMISSION_DENIED: { recovery: 'correctable', level: 'info', say: 'This key may not do that.' },
  CREDENTIAL_IN_ARGS: {
    recovery: 'terminal',
    level: 'warn',
    say: 'Credentials belong in the Authorization header only.',
  },
  ACCOUNT_NOT_FOUND: { recovery: 'terminal', level: 'info', say: 'No such account, or it is not yours.' },
  ACCOUNT_SUSPENDED: { recovery: 'terminal', level: 'info', say: 'The account is suspended.' },
  ACCOUNT_SETUP_REQUIRED: {
    recovery: 'correctable',
    level: 'info',
    say: 'The account waits for the seller’s approval.',
  },
  ACCOUNT_PAYMENT_REQUIRED: { recovery: 'terminal', level: 'info', say: 'The account has an open payment.' },
  ACCOUNT_AMBIGUOUS: {
    recovery: 'correctable',
    level: 'info',
    say: 'Several accounts fit; send the account_id.',
  },
  AUDIENCE_NOT_FOUND: { recovery: 'correctable', level: 'info', say: 'No such audience on this account.' },
  SALES_AGENT_NOT_FOUND: {
    recovery: 'correctable',
    level: 'info',
    say: 'This account has no sales agent with that id.',
  },
  VALIDATION_ERROR: {
    recovery: 'correctable',
    level: 'info',
    say: 'The request breaks a rule of this seller.',
  },
  PRODUCT_NOT_FOUND: { recovery: 'correctable', level: 'info', say: 'This seller has no such product.' },
  MEDIA_BUY_NOT_FOUND: {
    recovery: 'correctable',
    level: 'info',
    say: 'No such media buy, or it is not yours.',
  },
  PACKAGE_NOT_FOUND: { recovery: 'correctable', level: 'info', say: 'This media buy has no such package.' },
  BUDGET_TOO_LOW: {
    recovery: 'correctable',
    level: 'info',
    say: 'The budget is lower than this seller takes.',
  },
  TERMS_REJECTED: {
    recovery: 'correctable',
    level: 'info',
    say: 'This seller does not agree to these terms.',
  },
  INVALID_STATE: { recovery: 'correctable', level: 'info', say: 'That is not possible in this state.' },
  NOT_CANCELLABLE: { recovery: 'correctable', level: 'info', say: 'That is over and cannot be canceled.' },
  /** Somebody else changed it since the caller looked. */
  CONFLICT: { recovery: 'transient', level: 'info', say: 'It was changed meanwhile; read it again.' },
  TASK_NOT_FOUND: { recovery: 'correctable', level: 'info', say: 'No such task, or it is not yours.' },
  BILLING_NOT_SUPPORTED: {
    recovery: 'correctable',
    level: 'info',
    say: 'This seller does not offer that billing.',
  },
  UNSUPPORTED_PROVISIONING: {
    recovery: 'correctable',
    level: 'info',
    say: 'This seller creates accounts itself.',
  },
  IDEMPOTENCY_CONFLICT: {
    recovery: 'correctable',
    level: 'info',
    say: 'This idempotency_key was used with a different request; send a new one.',
  },
  IDEMPOTENCY_EXPIRED: {
    recovery: 'correctable',
    level: 'info',
    say: 'This idempotency_key is too old to be replayed; send a new one.',
  },
  IDEMPOTENCY_IN_FLIGHT: {
    recovery: 'transient',
    level: 'info',
    say: 'The first request with this idempotency_key is still running.',
  },
  RATE_LIMITED: { recovery: 'transient', level: 'info', say: 'Too many requests; slow down.' },
  /** Acknowledged, tried again and again, and parked for the operator. */
  OPERATION_UNAPPLIED: {
    recovery: 'correctable',
    level: 'error',
    say: 'The change was accepted and could not be applied; nothing of it counts.',
  },
  SERVICE_UNAVAILABLE: {
    recovery: 'transient',
    level: 'error',
    say: 'The server cannot do this now; try again.',
  },
  CONFIGURATION_ERROR: {
    recovery: 'terminal',
    level: 'error',
    say: 'The server is set up wrongly; tell its operator.',
  },
} as const satisfies Record<string, FaultRow>;

export type FaultCode = keyof typeof faults;

export interface FaultInfo {
  /** JSONPath-lite of the offending field: `audiences[0].add[17].hashed_email`. No `$`, no leading dot. */
  readonly field?: string;
  /** What to do, in one sentence. */
  readonly suggestion?: string;
  readonly retryAfterSeconds?: number;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * An operating fault: something outside the program went wrong, and its caller can be told.
 * The message never holds an identifier, a hash, a key or a value that the caller sent.
 */
export class AppError extends Error {
  override name = 'AppError';
  readonly code: FaultCode;
  readonly info: FaultInfo;

  constructor(code: FaultCode, message?: string, info: FaultInfo = {}) {
    super(message ?? faults[code].say, info.cause === undefined ? undefined : { cause: info.cause });
    this.code = code;
    this.info = info;
  }

  get recovery(): Recovery {
    return faults[this.code].recovery;
  }
}
