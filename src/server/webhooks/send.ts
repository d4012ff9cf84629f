/** One attempt at one notification: signed, sent, and its answer looked at no further than needed. */
import type { SignerKey } from '@adcp/sdk/signing/client';

import type { Clock, Random } from '../../base/clock.ts';
import { limits } from '../../base/limits.ts';
import { OutboundRefusal, type Outbound } from '../../platform/outbound/outbound.ts';
import { readCapped } from '../../platform/outbound/read-capped.ts';
import type { OpenDelivery } from '../../webhook/dispatcher.ts';
import { signedHeaders } from '../../webhook/sign.ts';
import type { AttemptResult, FailureWord } from '../../webhook/verdict.ts';

export interface SenderDeps {
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly random: Random;
  /** The key that signs now. */
  readonly signingKey: () => SignerKey;
  /** How long an attempt may take. */
  readonly attemptMsMax?: number;
}

/** What went wrong, as one of a few words: what a library or a name server says of it may hold the address. */
function failureWord(error: unknown): FailureWord {
  if (error instanceof OutboundRefusal) return error.redirects ? 'redirect' : 'refused_address';
  const words = new Set<string>();
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    words.add(cause.name);
    words.add(String((cause as NodeJS.ErrnoException).code ?? ''));
  }
  const has = (...names: readonly string[]): boolean => names.some((name) => words.has(name));
  if (has('TimeoutError', 'AbortError', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'ETIMEDOUT'))
    return 'timeout';
  if (has('ENOTFOUND', 'EAI_AGAIN', 'ENODATA')) return 'no_such_name';
  if ([...words].some((word) => /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(word))) return 'tls';
  if (has('ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL')) return 'unreachable';
  return 'reset';
}

export function createSender({
  outbound,
  clock,
  random,
  signingKey,
  attemptMsMax = limits.webhookAttemptMsMax,
}: SenderDeps) {
  return async ({ url, body, authentication }: OpenDelivery): Promise<AttemptResult> => {
    const ends = AbortSignal.timeout(attemptMsMax);
    try {
      const signing = { key: signingKey(), nonce: random.bytes(16) };
      const nowSeconds = Math.floor(clock.now() / 1_000);
      const headers = {
        ...signedHeaders(url, body, authentication, signing, nowSeconds),
        'user-agent': 'rollcall-webhooks',
      };
      const response = await outbound.fetch(url, { method: 'POST', headers, body, signal: ends });
      // The status is the answer, whatever becomes of the rest; a receiver that is cut off may log it as a fault.
      await readCapped(response, limits.webhookAnswerBytesMax).catch(() => undefined);
      return {
        kind: 'answered',
        status: response.status,
        challenge: response.headers.get('www-authenticate'),
        retryAfter: response.headers.get('retry-after'),
      };
    } catch (error) {
      return { kind: 'failed', reason: failureWord(error) };
    }
  };
}
