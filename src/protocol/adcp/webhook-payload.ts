import { limits } from '../../base/limits.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { Notification, TaskEnd } from '../../service/webhooks/outbox.ts';
import type { Generation } from '../../service/api.ts';
import { errorOfItem } from './error-body.ts';
import { syncAudiencesBody } from './sync-audiences-response.ts';

/** The body that the call itself would have had, as get_task_status gives it. */
function resultOf(end: TaskEnd, generation: Generation, context: JsonObject): JsonObject {
  if (end.status === 'failed') return { errors: [errorOfItem(end.error, generation)], ...context };
  if ('body' in end) return { ...end.body, ...context };
  return { ...syncAudiencesBody(end.outcome, generation), ...context };
}

const saysOfSync = {
  completed: 'The audiences of this call are matched.',
  failed: 'The audiences of this call could not be matched; the error says why.',
} as const;

function wordsFor(end: TaskEnd): string {
  return 'body' in end ? 'This call is decided; the result says how.' : saysOfSync[end.status];
}

/**
 * The payload of a webhook. A result that would make it longer than receivers read is left out, and the receiver is told to ask for
 * it. Source: AdCP `core/mcp-webhook-payload.json`; webhooks, payload.
 */
export function adcpNotification({
  registration,
  taskId,
  taskType,
  generation,
  context,
  atMs,
  end,
}: Notification): JsonObject {
  const echoed = context === undefined ? {} : { context };
  const head = {
    idempotency_key: registration.eventKey,
    operation_id: registration.operationId ?? taskId,
    task_id: taskId,
    task_type: taskType,
    protocol: 'media-buy',
    status: end.status,
    timestamp: new Date(atMs).toISOString(),
    // Younger than 3.0, whose schema is open to it.
    notification_id: `${taskId}.${end.status}`,
    ...(registration.token === null ? {} : { token: registration.token }),
    ...echoed,
  };
  const whole = { ...head, message: wordsFor(end), result: resultOf(end, generation, echoed) };
  if (Buffer.byteLength(JSON.stringify(whole)) <= limits.webhookBodyBytesMax) return whole;
  return { ...head, message: `${wordsFor(end)} The result is long: ask get_task_status for it.` };
}
