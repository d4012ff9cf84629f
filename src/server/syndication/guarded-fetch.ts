/** The one way out of the thread that speaks to other sellers: every request of their client goes through here. */
import { AsyncLocalStorage } from 'node:async_hooks';

import { OutboundRefusal, type Outbound } from '../../platform/outbound/outbound.ts';

/** What one call may do, and what came of its requests. */
export interface OutgoingTrace {
  /** Nothing goes to another one: the seller's credential is in every request. */
  readonly origin: string;
  readonly callMsMax: number;
  /** HTTP status of the answer to the newest POST; null when there was none. */
  status: number | null;
  retryAfterMs: number | null;
  refusal: string | null;
}

const traces = new AsyncLocalStorage<OutgoingTrace>();

export async function withTrace<T>(trace: OutgoingTrace, work: () => Promise<T>): Promise<T> {
  return traces.run(trace, work);
}

/**
 * A `fetch` that serves calls made inside `withTrace` and no others: the address must be the seller's own, and no request takes longer
 * than a call may. Which addresses may be called at all, and that redirects are errors, is the rule of the way out behind it.
 */
export function createGuardedFetch(upstream: Outbound['fetch']): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    const trace = traces.getStore();
    if (trace === undefined) throw new TypeError('a request that belongs to no call');
    // Clients open a stream beside their calls; what becomes of it says nothing about the call.
    const isCall = init?.method?.toUpperCase() === 'POST';
    if (isCall) Object.assign(trace, { status: null, retryAfterMs: null });
    if (url.origin !== trace.origin) {
      trace.refusal = 'The seller names another address than the one that it is registered under.';
      throw new TypeError(trace.refusal);
    }
    const timeout = AbortSignal.timeout(trace.callMsMax);
    const given = init?.signal ?? null;
    const signal = given === null ? timeout : AbortSignal.any([given, timeout]);
    const response = await upstream(url, { ...init, signal }).catch((error: unknown) => {
      if (error instanceof OutboundRefusal) trace.refusal = error.message;
      throw error;
    });
    if (isCall) {
      trace.status = response.status;
      trace.retryAfterMs = retryAfterMs(response.headers.get('retry-after'));
    }
    return response;
  };
}

/** Seconds only: the other form, a date, is rare and would need the clock of the other side. */
function retryAfterMs(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : null;
}
