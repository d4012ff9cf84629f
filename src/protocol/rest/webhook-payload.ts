import { limits } from '../../base/limits.ts';
import type { Json, JsonObject } from '../../engine/types.ts';
import type { AudienceResult } from '../../service/api.ts';
import type { Notification } from '../../service/webhooks/outbox.ts';
import { isAllFailed, ownResults } from './tasks.ts';

function shortResult({ audienceId, action, status, totalUploadedCount, report }: AudienceResult): JsonObject {
  return {
    audienceId,
    action,
    ...(status === undefined ? {} : { status }),
    ...(totalUploadedCount === undefined ? {} : { totalUploadedCount }),
    ...(status === 'ready' && report !== undefined ? { matchedCount: report.matchedCount } : {}),
  };
}

/** As many results as fit, in the order of the request: the task has them all. */
function fitting(results: readonly JsonObject[], bytesLeft: number): readonly Json[] {
  const kept: Json[] = [];
  let left = bytesLeft;
  for (const result of results) {
    left -= Buffer.byteLength(JSON.stringify(result)) + 1;
    if (left < 0) break;
    kept.push(result);
  }
  return kept;
}

/**
 * The payload of a REST callback: what happened, when, and which task to ask. Small, because receivers of this shape read 10 kB.
 * Source: Scope3 REST, callbacks.
 */
export function restNotification({ registration, taskId, atMs, end }: Notification): JsonObject {
  const named =
    end.status === 'completed' && 'outcome' in end && end.outcome.kind === 'answered'
      ? ownResults(end.outcome.audiences, end.namedCount)
      : [];
  const error = end.status === 'failed' ? end.error : isAllFailed(named) ? named[0]?.errors?.[0] : undefined;
  // The word that the task has here, too.
  const status = isAllFailed(named) ? 'failed' : end.status;
  const data = {
    eventId: registration.eventKey,
    taskId,
    accountId: registration.accountId,
    status,
    ...(registration.token === null ? {} : { token: registration.token }),
    ...(error === undefined ? {} : { error: { message: error.message } }),
  };
  const head = { type: `audience_sync.${status}`, timestamp: new Date(atMs).toISOString() };
  const bytes = Buffer.byteLength(JSON.stringify({ ...head, data })) + 64;
  const audiences = fitting(named.map(shortResult), limits.restCallbackBytesMax - bytes);
  const isWhole = audiences.length === named.length;
  return { ...head, data: { ...data, audiences, ...(isWhole ? {} : { audiencesTruncated: true }) } };
}
