import type { AppError, FaultCode } from '../../base/faults.ts';
import { faults } from '../../base/faults.ts';
import type { Json, JsonObject } from '../../engine/types.ts';
import { fieldOf, RequestFault } from '../adcp/issues.ts';
import type { Reply, ReplyRecord } from '../endpoint.ts';
import { faultHeaders } from '../http-status.ts';
import { camelName, inRestWords } from './wire-words.ts';

/** Source: Scope3 REST, errors; the last three are ours, for what its table has no word for. */
export const restCodes = [
  'VALIDATION_ERROR',
  'UNAUTHORIZED',
  'ACCESS_DENIED',
  'NOT_FOUND',
  'CONFLICT',
  'RATE_LIMITED',
  'METHOD_NOT_ALLOWED',
  'SERVICE_UNAVAILABLE',
  'INTERNAL_ERROR',
] as const;
export type RestCode = (typeof restCodes)[number];

type Word = readonly [status: number, code: RestCode];

const invalid: Word = [400, 'VALIDATION_ERROR'];
const unauthorized: Word = [401, 'UNAUTHORIZED'];
const denied: Word = [403, 'ACCESS_DENIED'];
const notFound: Word = [404, 'NOT_FOUND'];
const conflict: Word = [409, 'CONFLICT'];

/** The status and the word of every fault. A new fault does not compile until it has both. */
const restWords = {
  INVALID_REQUEST: invalid,
  INVALID_HASH: invalid,
  CALL_TOO_LARGE: invalid,
  BODY_TOO_LARGE: [413, 'VALIDATION_ERROR'],
  UNSUPPORTED_ENCODING: [415, 'VALIDATION_ERROR'],
  UNSUPPORTED_FEATURE: invalid,
  VERSION_UNSUPPORTED: invalid,
  AUTH_MISSING: unauthorized,
  AUTH_INVALID: unauthorized,
  SIGNATURE_REFUSED: unauthorized,
  SCOPE_INSUFFICIENT: denied,
  PERMISSION_DENIED: denied,
  CREDENTIAL_IN_ARGS: invalid,
  ACCOUNT_NOT_FOUND: notFound,
  ACCOUNT_SUSPENDED: denied,
  ACCOUNT_SETUP_REQUIRED: denied,
  ACCOUNT_PAYMENT_REQUIRED: denied,
  ACCOUNT_AMBIGUOUS: invalid,
  AUDIENCE_NOT_FOUND: notFound,
  SALES_AGENT_NOT_FOUND: notFound,
  VALIDATION_ERROR: invalid,
  PRODUCT_NOT_FOUND: notFound,
  MEDIA_BUY_NOT_FOUND: notFound,
  PACKAGE_NOT_FOUND: notFound,
  BUDGET_TOO_LOW: invalid,
  TERMS_REJECTED: invalid,
  INVALID_STATE: conflict,
  NOT_CANCELLABLE: conflict,
  CONFLICT: conflict,
  TASK_NOT_FOUND: notFound,
  BILLING_NOT_SUPPORTED: invalid,
  UNSUPPORTED_PROVISIONING: denied,
  IDEMPOTENCY_CONFLICT: conflict,
  IDEMPOTENCY_EXPIRED: conflict,
  IDEMPOTENCY_IN_FLIGHT: conflict,
  OPERATION_UNAPPLIED: conflict,
  RATE_LIMITED: [429, 'RATE_LIMITED'],
  SERVICE_UNAVAILABLE: [503, 'SERVICE_UNAVAILABLE'],
  CONFIGURATION_ERROR: [500, 'INTERNAL_ERROR'],
} as const satisfies Record<FaultCode, Word>;

/** One answer for an advertiser that is unknown and for one that is somebody else's, whoever found it out. */
const fixedWords: Partial<Record<FaultCode, { readonly message: string; readonly suggestion: string }>> = {
  ACCOUNT_NOT_FOUND: {
    message: 'No such advertiser, or it is not yours.',
    suggestion: 'GET /advertisers lists the advertisers that this key may use.',
  },
  TASK_NOT_FOUND: {
    message: 'No such task, or it is not yours.',
    suggestion: 'Use the taskId from the answer to a sync that was made with this key.',
  },
  IDEMPOTENCY_CONFLICT: {
    message: 'This Idempotency-Key was used with a different request.',
    suggestion: 'Send a new key with a new request; repeat the request unchanged to get its answer again.',
  },
};

export interface RestError {
  readonly code: RestCode;
  readonly message: string;
  readonly field?: string;
  readonly details?: JsonObject;
}

/** The envelope of every answer that is not a success. The code is repeated where clients of Scope3 keep it. */
export function errorBody({ code, message, field, details = {} }: RestError): JsonObject {
  return {
    data: null,
    error: { code, message, ...(field === undefined ? {} : { field }), details: { code, ...details } },
  };
}

/** An answer that refuses, where no fault of the service stands behind it. */
export function refusal(
  status: number,
  error: RestError,
  headers: Readonly<Record<string, string>> = {},
  record: ReplyRecord = {},
): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(errorBody(error)),
    record: { ...record, code: error.code },
  };
}

function detailsOf(fault: AppError, suggestion: string | undefined): JsonObject {
  const details: Record<string, Json> = { fault: fault.code, recovery: faults[fault.code].recovery };
  if (suggestion !== undefined) details['suggestion'] = inRestWords(suggestion);
  for (const [name, value] of Object.entries(fault.info.details ?? {})) {
    details[camelName(name)] = value as Json;
  }
  if (fault instanceof RequestFault && fault.issues.length > 1) {
    details['issues'] = fault.issues.map((issue) => ({
      field: fieldOf(issue.path),
      message: issue.message,
      keyword: issue.keyword,
    }));
  }
  return details;
}

/** A fault in this API's words. */
export function refusalOf(fault: AppError, record: ReplyRecord = {}): Reply {
  const [status, code] = restWords[fault.code];
  const fixed = fixedWords[fault.code];
  const field = fixed === undefined ? fault.info.field : undefined;
  const error: RestError = {
    code,
    message: fixed?.message ?? inRestWords(fault.message),
    ...(field === undefined ? {} : { field: inRestWords(field) }),
    details: detailsOf(fault, fixed?.suggestion ?? fault.info.suggestion),
  };
  return refusal(status, error, faultHeaders(fault), record);
}
