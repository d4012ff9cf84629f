/**
 * Folding accepted operations into audiences, one at a time per audience and in the order of acceptance.
 * The engine does the work on another thread; this is what is asked of it and what is done with the answer.
 */
import type { MatchCounts } from '../engine/types.ts';

export interface FoldRequest {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly opSeq: number;
  /** The encoded operation when it is still at hand; read from the store otherwise. */
  readonly operation?: Uint8Array;
}

export type FoldReply =
  /** The audience or the operation is gone: deleted since. */
  | { readonly kind: 'gone' }
  /** What is held includes it already: it was folded before, here or by another process. */
  | { readonly kind: 'behind' }
  | {
      readonly kind: 'folded';
      /** The newest operation that was counted before this one. */
      readonly baseSeq: number;
      /** Of the members before it; null where none was kept. With a gap before it the number alone would say too little. */
      readonly baseDigest: Uint8Array | null;
      readonly counts: MatchCounts;
      /** Of the members after the operation, as it is stored. */
      readonly digest: Uint8Array;
      readonly graphVersion: number;
      readonly changedCount: number;
      /** Encoded block of the members that were removed by their identifiers, to stand just below the operation's block. */
      readonly extraTombstones: Uint8Array | null;
      readonly extraTombstoneCount: number;
    };

export interface RematchRequest {
  readonly accountNo: number;
  readonly audienceNo: number;
}

export type RematchReply =
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'matched';
      readonly counts: MatchCounts;
      /** Of the members, as it is stored. */
      readonly digest: Uint8Array;
      readonly graphVersion: number;
      /** The newest operation that the counts include. */
      readonly countedSeq: number;
    };

/** The matching thread as the service sees it. Requests are answered in order. */
export interface Matcher {
  fold(request: FoldRequest): Promise<FoldReply>;
  rematch(request: RematchRequest): Promise<RematchReply>;
  /** What is cached of an audience may be wrong, or its stored state moved without the matcher: it is looked at before it is used again. */
  forget(audienceNo: number): void;
  /** What was folded up to here is settled as it was folded. */
  confirm(operation: FoldRequest): void;
}
