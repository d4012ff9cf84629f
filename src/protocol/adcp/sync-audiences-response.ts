import type { Json, JsonObject } from '../../engine/types.ts';
import type { AudienceResult, Generation, MatchReport, SyncOutcome } from '../../service/api.ts';
import { errorOfItem } from './error-body.ts';

function rate(matched: number, total: number): number {
  return total === 0 ? 0 : matched / total;
}

/** Only types that some member holds; the schema wants no empty list. */
function breakdown(report: MatchReport): JsonObject {
  const rows = report.rows
    .filter((row) => row.submitted > 0)
    .map((row) => ({
      id_type: row.type,
      submitted: row.submitted,
      matched: row.matched,
      match_rate: rate(row.matched, row.submitted),
    }));
  return rows.length === 0 ? {} : { match_breakdown: rows };
}

function reportFields(report: MatchReport): JsonObject {
  return {
    matched_count: report.matchedCount,
    effective_match_rate: rate(report.matchedCount, report.totalUploadedCount),
    ...breakdown(report),
  };
}

function rejectedFields(rejected: NonNullable<AudienceResult['rejected']>): JsonObject {
  return {
    total: rejected.total,
    by_reason: { ...rejected.byReason },
    sample: rejected.sample.map((member) => ({
      side: member.side,
      index: member.index,
      external_id: member.externalId,
      reason: member.reason,
    })),
  };
}

/** Our own extension of an item, or nothing. */
function extension(result: AudienceResult): JsonObject {
  const ours: Record<string, Json> = {};
  if (result.rejected !== undefined) ours['rejected'] = rejectedFields(result.rejected);
  if (result.status === 'suspended') {
    ours['suspended'] = true;
    if (result.suspendedReason !== undefined) ours['suspended_reason'] = result.suspendedReason;
  }
  return Object.keys(ours).length === 0 ? {} : { ext: { rollcall: ours } };
}

/**
 * The status in words that the generation knows. Before 3.1 there is no `suspended`; `processing` keeps a buyer from
 * using the audience without claiming that it is too small, and the extension says why.
 */
function statusFields(result: AudienceResult, generation: Generation): JsonObject {
  if (result.status === undefined) return {};
  if (result.status !== 'suspended') return { status: result.status };
  if (generation !== '3.1') return { status: 'processing' };
  return {
    status: 'suspended',
    ...(result.suspendedReason === undefined ? {} : { reason: result.suspendedReason }),
  };
}

function optional(name: string, value: Json | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}

/** One item of the answer. Counts go only with a status: deleted and failed items have neither. */
function itemOf(result: AudienceResult, generation: Generation): JsonObject {
  const hasStatus = result.status !== undefined;
  return {
    audience_id: result.audienceId,
    ...optional('seller_id', result.sellerId ?? undefined),
    action: result.action,
    ...statusFields(result, generation),
    ...optional('name', result.name),
    ...optional('description', result.description),
    ...optional('audience_type', result.audienceType),
    ...optional('tags', result.tags),
    ...(hasStatus ? { uploaded_count: result.uploadedCount } : {}),
    ...optional('total_uploaded_count', result.totalUploadedCount),
    ...(result.status === 'ready' && result.report !== undefined ? reportFields(result.report) : {}),
    ...optional('minimum_size', result.status === 'too_small' ? result.minimumSize : undefined),
    ...optional(
      'last_synced_at',
      result.lastSyncedAtMs === undefined ? undefined : new Date(result.lastSyncedAtMs).toISOString(),
    ),
    ...optional(
      'errors',
      result.action === 'failed' ? result.errors?.map((fault) => errorOfItem(fault, generation)) : undefined,
    ),
    ...extension(result),
  };
}

/** One line for people, made of counts only. */
function summary(results: readonly AudienceResult[], generation: Generation): string {
  const counts = new Map<string, number>();
  let suspended = 0;
  for (const result of results) {
    counts.set(result.action, (counts.get(result.action) ?? 0) + 1);
    if (result.status === 'suspended') suspended += 1;
  }
  const actions = [...counts].map(([action, count]) => `${count} ${action}`).join(', ');
  const line = results.length === 0 ? 'No audiences.' : `Audiences: ${actions}.`;
  if (suspended === 0 || generation === '3.1') return line;
  return `${line} ${suspended} of them suspended by the seller, shown as processing.`;
}

/**
 * The body of sync_audiences for an outcome, without the envelope. Source: AdCP `media-buy/sync-audiences-response.json`.
 * A `submitted` outcome exists only for callers of 3.1.
 */
export function syncAudiencesBody(outcome: SyncOutcome, generation: Generation): JsonObject {
  if (outcome.kind === 'submitted') {
    return {
      status: 'submitted',
      task_id: outcome.taskId,
      message: 'Accepted. Matching goes on; poll get_task_status with this task_id.',
    };
  }
  return {
    message: summary(outcome.audiences, generation),
    audiences: outcome.audiences.map((result) => itemOf(result, generation)),
    ...(outcome.sandbox ? { sandbox: true } : {}),
  };
}
