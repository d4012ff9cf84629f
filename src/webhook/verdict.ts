/** What the answer to an attempt, or the lack of one, means for the notification. */

/** Why an attempt brought no answer. Fixed words: nothing that the other side said is kept. */
export const failureWords = [
  'refused_address',
  'redirect',
  'timeout',
  'reset',
  'tls',
  'no_such_name',
  'unreachable',
] as const;
export type FailureWord = (typeof failureWords)[number];

export type AttemptResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** `WWW-Authenticate` and `Retry-After`, as they came. */
      readonly challenge: string | null;
      readonly retryAfter: string | null;
    }
  | { readonly kind: 'failed'; readonly reason: FailureWord };

/** Why a delivery ended without being taken. */
export type StopReason = 'signature_refused' | 'key_reused' | 'gone' | 'horizon' | 'endpoint_disabled';

export type Verdict =
  | { readonly kind: 'delivered' }
  /** `quiets`: the receiver is overloaded, and its other deliveries wait as long. */
  | { readonly kind: 'retry'; readonly retryAfterMs: number | null; readonly quiets: boolean }
  | { readonly kind: 'stop'; readonly reason: StopReason; readonly disables: boolean };

const overloaded = new Set([429, 502, 503, 504]);
/** Source: AdCP webhooks: a receiver that refuses the signature says so, and will refuse it again. */
const refusesSignature = /^\s*signature\b.*\berror\s*=\s*"?webhook_/i;

/** `Retry-After`: seconds, or a date. Null for neither. Source: RFC 9110, 10.2.3. */
export function retryAfterMs(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = /^[A-Za-z]{3},? /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}

/** Source: AdCP webhooks, delivery. */
export function verdictOf(result: AttemptResult, nowMs: number): Verdict {
  if (result.kind === 'failed') return { kind: 'retry', retryAfterMs: null, quiets: false };
  const { status, challenge } = result;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 401 && challenge !== null && refusesSignature.test(challenge)) {
    return { kind: 'stop', reason: 'signature_refused', disables: false };
  }
  // The receiver knows the event's key with another body, which sending again cannot mend.
  if (status === 409) return { kind: 'stop', reason: 'key_reused', disables: false };
  if (status === 410) return { kind: 'stop', reason: 'gone', disables: true };
  if (!overloaded.has(status)) return { kind: 'retry', retryAfterMs: null, quiets: false };
  return { kind: 'retry', retryAfterMs: retryAfterMs(result.retryAfter, nowMs), quiets: true };
}
