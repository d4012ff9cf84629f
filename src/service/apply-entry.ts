/** One audience of a sync, carried out as planned. */
import { must, unreachable } from '../base/assert.ts';
import {
  deleteAudienceRow,
  describeAudienceRow,
  failAudience,
  insertAudience,
  type AudienceDetails,
  type AudienceRow,
} from '../store/audience-rows.ts';
import { insertBlockPiece, operationBlockNo } from '../store/block-rows.ts';
import { deleteForwardsOfAudience } from '../store/forwarding-rows.ts';
import { dropParkedOperations, insertOperation } from '../store/operation-rows.ts';
import type { Script } from '../store/script.ts';
import type { AudienceRequest, AudienceResult, RejectedMember } from './api.ts';
import { eraseMembers } from './block-scripts.ts';
import { memberFaultItems } from './member-fault-items.ts';
import type { AudiencePlan } from './plan-sync.ts';
import type { DraftEntry } from './sync-draft.ts';
import { storeForward, type ForwardKeys } from './syndication/forward-keys.ts';

interface Accepting {
  readonly accountNo: number;
  readonly taskId: string;
  readonly nowMs: number;
  readonly invalidMembers: 'fail' | 'skip';
  readonly nodeNo: number;
}

export function* applyEntry(
  input: Accepting,
  audience: AudienceRequest,
  plan: AudiencePlan,
  row: AudienceRow | undefined,
  keys: ForwardKeys,
): Script<DraftEntry> {
  const entry = { audienceId: audience.audienceId, detailsChanged: false, errors: [], rejected: null };
  const untouched = { ...entry, audienceNo: null, opSeq: null, uploadedCount: 0 };
  switch (plan.kind) {
    case 'fail':
      if (row?.managedBy === 'buyer') yield* failAudience(input.accountNo, row.audienceNo, input.nowMs);
      return { ...untouched, kind: 'failed', errors: plan.errors };
    case 'already_deleted':
      return { ...untouched, kind: 'deleted' };
    case 'delete':
      yield* deleteAudience(input.accountNo, plan.audienceNo, input.nowMs);
      return { ...untouched, kind: 'deleted', audienceNo: plan.audienceNo };
    case 'create':
    case 'update': {
      const before =
        plan.kind === 'create' ? noDetails : detailsOfRow(must(row, () => 'a known audience has a row'));
      const details = mergeDetails(before, audience);
      const detailsChanged = JSON.stringify(before) !== JSON.stringify(details);
      const audienceNo =
        plan.kind === 'create'
          ? yield* insertAudience(input.accountNo, audience.audienceId, details, input.nowMs)
          : plan.audienceNo;
      const opSeq = yield* storeOperation(input, audienceNo, audience, keys);
      if (plan.kind === 'update' || opSeq !== null)
        yield* describeAudienceRow(input.accountNo, audienceNo, details, opSeq, input.nowMs);
      const kind = plan.kind === 'create' ? 'created' : 'changed';
      const rejected = input.invalidMembers === 'skip' ? rejectedMembers(audience) : null;
      const uploadedCount = audience.addCount;
      return { ...entry, kind, audienceNo, opSeq, detailsChanged, uploadedCount, rejected };
    }
    default:
      return unreachable(plan);
  }
}

/** Removes the members at once; the row stays as a memory that the audience existed. */
export function* deleteAudience(accountNo: number, audienceNo: number, nowMs: number): Script<void> {
  yield* deleteAudienceRow(accountNo, audienceNo, nowMs);
  yield* eraseMembers(accountNo, audienceNo);
  yield* deleteForwardsOfAudience(accountNo, audienceNo);
  yield* dropParkedOperations(accountNo, audienceNo);
}

function* storeOperation(
  input: Accepting,
  audienceNo: number,
  audience: AudienceRequest,
  keys: ForwardKeys,
): Script<number | null> {
  const { operation, forward } = audience;
  if (operation === undefined) return null;
  const { accountNo, taskId, nowMs } = input;
  const uploadedCount = audience.addCount;
  const byteCount = operation.length;
  const opSeq = yield* insertOperation({
    accountNo,
    audienceNo,
    taskId,
    uploadedCount,
    acceptedAt: nowMs,
    byteCount,
    memberCount: audience.addCount + audience.removeCount,
    nodeNo: input.nodeNo,
  });
  yield* insertBlockPiece({
    accountNo,
    audienceNo,
    blockNo: operationBlockNo(opSeq),
    pieceNo: 0,
    level: 0,
    seqLow: opSeq,
    seqHigh: opSeq,
    rowCount: audience.addCount + audience.removeCount,
    bytes: operation,
  });
  yield* storeForward(keys, { accountNo, audienceNo, opSeq, pieceNo: 0 }, forward);
  return opSeq;
}

const noDetails: AudienceDetails = {
  name: null,
  description: null,
  audienceType: null,
  tags: null,
  consentBasis: null,
};

function detailsOfRow({ name, description, audienceType, tags, consentBasis }: AudienceRow): AudienceDetails {
  return { name, description, audienceType, tags, consentBasis };
}

/** What a request leaves out stays as it was. */
function mergeDetails(before: AudienceDetails, request: AudienceRequest): AudienceDetails {
  return {
    name: request.name ?? before.name,
    description: request.description ?? before.description,
    audienceType: request.audienceType ?? before.audienceType,
    tags: request.tags === undefined ? before.tags : JSON.stringify(request.tags),
    consentBasis: request.consentBasis ?? before.consentBasis,
  };
}

/** The members that stayed out, by reason. Source: contract, bad members, `skip`. */
function rejectedMembers(audience: AudienceRequest): NonNullable<AudienceResult['rejected']> | null {
  if (audience.rejectedCount === 0) return null;
  const byReason: Record<string, number> = {};
  for (const item of memberFaultItems(audience, 0)) {
    const { reason, count } = item.details as unknown as { readonly reason: string; readonly count: number };
    byReason[reason] = (byReason[reason] ?? 0) + count;
  }
  const sample: readonly RejectedMember[] = audience.rejected;
  return { total: audience.rejectedCount, byReason, sample };
}
