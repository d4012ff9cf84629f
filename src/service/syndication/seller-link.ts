import type { Chunk } from '../../engine/forward/forward-chunks.ts';
import type { ForwardDelta } from '../../engine/forward/forward-delta.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { PushTarget } from './syndication-scripts.ts';

/** One call of `sync_audiences` at another seller. */
export type OutgoingCall =
  | {
      readonly kind: 'members';
      readonly requestKey: string;
      readonly audience: OutgoingAudience;
      readonly delta: ForwardDelta;
      readonly chunk: Chunk;
    }
  /** The audience without members. */
  | { readonly kind: 'create'; readonly requestKey: string; readonly audience: OutgoingAudience }
  | { readonly kind: 'delete'; readonly requestKey: string; readonly audience: OutgoingAudience }
  /** Changes nothing and tells how the audience stands. */
  | { readonly kind: 'look'; readonly requestKey: string; readonly audience: OutgoingAudience };

/** What is told of an audience beside its members. */
export interface OutgoingAudience {
  readonly audienceId: string;
  readonly name: string | null;
  readonly audienceType: string | null;
  readonly consentBasis: string | null;
}

/** What another seller says of one audience, with the fields that are kept, as they came. */
export interface RemoteAudience {
  readonly status: string | null;
  readonly memberCount: number | null;
  readonly body: JsonObject;
}

/** Sentences are safe to keep and to show: no member is in them. */
export type SellerAnswer =
  /** `audience` is null where the answer does not speak of it. */
  | { readonly kind: 'accepted'; readonly audience: RemoteAudience | null }
  | { readonly kind: 'too_large'; readonly sentence: string }
  | { readonly kind: 'again'; readonly sentence: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'refused'; readonly sentence: string };

/** The way to other sellers. Never rejects: whatever goes wrong outside is an answer. */
export interface SellerLink {
  send(target: PushTarget, call: OutgoingCall): Promise<SellerAnswer>;
}
