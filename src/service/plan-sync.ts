/**
 * What a sync does to each audience, decided before anything is written. Pure: the same state and the
 * same request always give the same plan, whichever process and database carries it out.
 */
import type { AudienceNo } from '../base/brand.ts';
import { limits } from '../base/limits.ts';
import type { AudienceRequest, ItemFault } from './api.ts';
import { memberFaultItems } from './member-fault-items.ts';

/** What the plan needs to know of an audience that exists. */
export interface KnownAudience {
  readonly audienceNo: AudienceNo;
  readonly audienceId: string;
  readonly managedBy: 'buyer' | 'seller';
}

export interface SyncState {
  readonly live: ReadonlyMap<string, KnownAudience>;
  /** Ids of the request that existed once and do not now. */
  readonly deletedOnce: ReadonlySet<string>;
  /** Live audiences of the account. */
  readonly liveCount: number;
}

export interface SyncRequest {
  /** In request order. The operation bytes play no part here. */
  readonly audiences: readonly AudienceRequest[];
  readonly deleteMissing: boolean;
  readonly invalidMembers: 'fail' | 'skip';
}

export type AudiencePlan =
  | { readonly kind: 'create' }
  | { readonly kind: 'update'; readonly audienceNo: AudienceNo }
  | { readonly kind: 'delete'; readonly audienceNo: AudienceNo }
  | { readonly kind: 'already_deleted' }
  | { readonly kind: 'fail'; readonly errors: readonly ItemFault[] };

export interface SyncPlan {
  /** One per audience of the request. */
  readonly entries: readonly AudiencePlan[];
  /** Deleted because `delete_missing` was set and the request does not name them. */
  readonly missing: readonly KnownAudience[];
}

export function planSync(state: SyncState, request: SyncRequest): SyncPlan {
  let roomLeft = limits.audienceCountPerAccountMax - state.liveCount;
  const entries = request.audiences.map((audience, index) => {
    const plan = planAudience(state, request, audience, index, roomLeft);
    if (plan.kind === 'create') roomLeft -= 1;
    return plan;
  });
  const named = new Set<string>(request.audiences.map((audience) => audience.audienceId));
  const missing = request.deleteMissing
    ? [...state.live.values()].filter(
        ({ audienceId, managedBy }) => managedBy === 'buyer' && !named.has(audienceId),
      )
    : [];
  return { entries, missing };
}

function planAudience(
  state: SyncState,
  request: SyncRequest,
  audience: AudienceRequest,
  index: number,
  roomLeft: number,
): AudiencePlan {
  const known = state.live.get(audience.audienceId);
  if (known?.managedBy === 'seller') return failed(sellerManaged(index));
  if (audience.delete) {
    if (known !== undefined) return { kind: 'delete', audienceNo: known.audienceNo };
    return state.deletedOnce.has(audience.audienceId) ? { kind: 'already_deleted' } : failed(notFound(index));
  }
  const memberErrors = request.invalidMembers === 'fail' ? memberFaultItems(audience, index) : [];
  if (memberErrors.length > 0) return { kind: 'fail', errors: memberErrors };
  if (known !== undefined) return { kind: 'update', audienceNo: known.audienceNo };
  if (audience.hasRemove && !audience.hasAdd) return failed(notFound(index));
  return roomLeft > 0 ? { kind: 'create' } : failed(tooManyAudiences(index));
}

function failed(error: ItemFault): AudiencePlan {
  return { kind: 'fail', errors: [error] };
}

function notFound(index: number): ItemFault {
  return {
    code: 'AUDIENCE_NOT_FOUND',
    message: 'This account has no audience with that audience_id, and never had one.',
    field: `audiences[${index}].audience_id`,
    suggestion: 'Check the audience_id, or send members in `add` to create the audience.',
  };
}

function sellerManaged(index: number): ItemFault {
  return {
    code: 'PERMISSION_DENIED',
    message: 'The seller manages this audience; a buyer cannot change it.',
    field: `audiences[${index}].audience_id`,
    suggestion: 'Use another audience_id.',
  };
}

function tooManyAudiences(index: number): ItemFault {
  return {
    code: 'CALL_TOO_LARGE',
    message: `An account holds at most ${limits.audienceCountPerAccountMax} audiences.`,
    field: `audiences[${index}].audience_id`,
    suggestion: 'Delete audiences that are no longer used, then send this one again.',
    details: { limit: limits.audienceCountPerAccountMax },
  };
}
