import type { OutgoingCall, SellerAnswer } from '../../service/syndication/seller-link.ts';
import {
  errorOfAnswer,
  findError,
  itemOf,
  remoteAudienceOf,
  type RemoteError,
} from '../../protocol/adcp/outbound-sync.ts';
import type { OutgoingTrace } from './guarded-fetch.ts';

/** What AdCP's client hands over, as far as it is looked at. */
export interface ClientResult {
  readonly success: boolean;
  readonly status: string;
  readonly data?: unknown;
  readonly error?: string | undefined;
  readonly adcpError?: unknown;
}

const tooLargeCodes = new Set(['CALL_TOO_LARGE', 'BODY_TOO_LARGE', 'PAYLOAD_TOO_LARGE', 'REQUEST_TOO_LARGE']);
const transientCodes = new Set(['RATE_LIMITED', 'SERVICE_UNAVAILABLE', 'IDEMPOTENCY_IN_FLIGHT', 'TIMEOUT']);
const notFoundCodes = new Set(['AUDIENCE_NOT_FOUND', 'REFERENCE_NOT_FOUND']);

/** Makes one answer of what the client and the requests under it say. */
export function readAnswer(
  call: OutgoingCall,
  result: ClientResult,
  trace: OutgoingTrace,
  safe: (text: string) => string,
): SellerAnswer {
  if (result.success) {
    // Accepted work that goes on at the seller is looked at when all is sent.
    if (result.status === 'submitted' || result.status === 'working')
      return { kind: 'accepted', audience: null };
    if (result.status !== 'completed') {
      return { kind: 'refused', sentence: `The seller asks for something first: ${safe(result.status)}.` };
    }
    const item = itemOf(result.data, call.audience.audienceId);
    const failed = item === null ? null : errorOfAnswer(item);
    if (failed !== null) return refusalOf(call, failed, trace, safe);
    return { kind: 'accepted', audience: item === null ? null : remoteAudienceOf(item) };
  }
  const error = findError({ adcp_error: result.adcpError }) ?? findError(result.data);
  return error === null ? withoutWords(trace) : refusalOf(call, error, trace, safe);
}

function refusalOf(
  call: OutgoingCall,
  error: RemoteError,
  trace: OutgoingTrace,
  safe: (text: string) => string,
): SellerAnswer {
  const codes = [error.code, error.otherCode ?? ''];
  // Gone is what it was to become.
  if (call.kind === 'delete' && codes.some((code) => notFoundCodes.has(code))) {
    return { kind: 'accepted', audience: null };
  }
  const sentence = safe(`${error.code}: ${error.message}`);
  if (trace.status === 413 || codes.some((code) => tooLargeCodes.has(code)))
    return { kind: 'too_large', sentence };
  if (error.recovery === 'transient' || transientCodes.has(error.code)) {
    const seconds = error.retryAfterSeconds;
    return { kind: 'again', sentence, retryAfterMs: seconds === null ? trace.retryAfterMs : seconds * 1000 };
  }
  return { kind: 'refused', sentence };
}

/** No AdCP error came back, so the HTTP status or its absence says what happened. */
export function withoutWords(trace: OutgoingTrace): SellerAnswer {
  const { status, retryAfterMs, refusal } = trace;
  if (refusal !== null) return { kind: 'refused', sentence: refusal };
  if (status === 413) return { kind: 'too_large', sentence: 'The seller finds the call too large.' };
  if (status === 401 || status === 403) {
    return { kind: 'refused', sentence: `The seller does not accept the credential (HTTP ${status}).` };
  }
  const isTemporary = status === null || status < 400 || status >= 500 || status === 408 || status === 429;
  if (!isTemporary) return { kind: 'refused', sentence: `The seller refuses the call (HTTP ${status}).` };
  const sentence =
    status === null ? 'The seller did not answer.' : `The seller answered with HTTP ${status}.`;
  return { kind: 'again', sentence, retryAfterMs };
}
