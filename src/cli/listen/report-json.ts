import type { Refusal } from '../../client/webhooks/receiver.ts';
import type { Report } from '../../client/webhooks/reception.ts';

/** One delivery as a line of `--json`. The names are a promise; what is not known is null. */
export function reportJson(report: Report): object {
  const { verdict, payload, occurrence, answer } = report;
  return {
    event: 'delivery',
    number: report.number,
    received_at: new Date(report.receivedAtMs).toISOString(),
    body_bytes: report.bodyBytes,
    scheme: verdict.scheme,
    outcome: verdict.outcome,
    code: verdict.code,
    keyid: verdict.keyid,
    reason: verdict.explanation?.reason ?? null,
    fix: verdict.explanation?.fix ?? null,
    steps: verdict.steps,
    notes: [...verdict.notes, ...payload.problems],
    attempt: occurrence?.attempt ?? null,
    same_body: occurrence?.isSameBody ?? null,
    since_previous_ms: occurrence?.sincePreviousMs ?? null,
    payload: {
      kind: payload.kind,
      idempotency_key: payload.idempotencyKey,
      operation_id: payload.operationId,
      task_id: payload.taskId,
      type: payload.type,
      status: payload.status,
      timestamp: payload.timestamp,
      token: payload.token,
      audience_count: payload.audienceCount,
      audiences: payload.audiences.map((audience) => ({
        audience_id: audience.audienceId,
        action: audience.action,
        status: audience.status,
        total_uploaded_count: audience.total,
        matched_count: audience.matched,
      })),
      error_codes: payload.errorCodes,
    },
    answer: { status: answer.status, by: answer.by, forward_fault: answer.forwardFault },
    took_ms: Math.round(report.tookMs * 10) / 10,
  };
}

/** A request that was no delivery. */
export function refusalJson({ status, reason }: Refusal): object {
  return { event: 'refused', status, reason };
}
