import type { GraphSnapshot } from '../../engine/identity/snapshot.ts';
import type { TrackedName, UserNews } from '../../service/decisions/user-tracker.ts';
import type { ReplaceEnd } from '../../service/block-scripts.ts';
import type { MergedBlock } from '../../service/replace-blocks.ts';
import type { Diagnosis } from '../../service/forensics/diagnose-audience.ts';
import type { DiagnosisAsk } from '../../service/forensics/forensics-scripts.ts';
import type { FoldReply, FoldRequest, RematchReply, RematchRequest } from '../../service/matching.ts';
import type { StorePlace } from '../../store/store.ts';

export interface MatchWorkerData {
  readonly place: StorePlace;
  readonly heldRowCountMax: number;
  /** Where the recipe index is. */
  readonly dataDir: string;
  /** The tokens of hashes of nothing. */
  readonly nothingTokens: Uint32Array;
}

/** What a change of the graph came to. */
export interface GraphChange {
  readonly version: number;
  readonly personCount: number;
  readonly entryCount: number;
  readonly changed: boolean;
}

export interface GraphFacts {
  readonly version: number;
  readonly personCount: number;
  readonly entryCount: number;
  readonly memoryBytes: number;
}

/** The graph as this thread holds it, all of it in shared memory. */
export interface LoadedGraph {
  readonly facts: GraphFacts;
  readonly snapshot: GraphSnapshot;
}

export type MatchRequest =
  | { readonly kind: 'fold'; readonly id: number; readonly input: FoldRequest }
  | { readonly kind: 'rematch'; readonly id: number; readonly input: RematchRequest }
  | { readonly kind: 'forget'; readonly audienceNo: number }
  | {
      readonly kind: 'confirm';
      readonly accountNo: number;
      readonly audienceNo: number;
      readonly opSeq: number;
    }
  | { readonly kind: 'usersOf'; readonly id: number; readonly input: TrackedName }
  | { readonly kind: 'diagnose'; readonly id: number; readonly input: DiagnosisAsk }
  | { readonly kind: 'track'; readonly names: readonly TrackedName[] }
  | { readonly kind: 'reloadGraph'; readonly id: number }
  | { readonly kind: 'merged'; readonly mergeId: number; readonly end: ReplaceEnd };

export type MatchReply =
  | { readonly kind: 'ready'; readonly graph: LoadedGraph }
  | { readonly kind: 'usersOf'; readonly id: number; readonly output: SharedArrayBuffer | null }
  | { readonly kind: 'diagnose'; readonly id: number; readonly output: Diagnosis | null }
  | { readonly kind: 'news'; readonly news: UserNews }
  | { readonly kind: 'fold'; readonly id: number; readonly output: FoldReply }
  | { readonly kind: 'rematch'; readonly id: number; readonly output: RematchReply }
  | { readonly kind: 'reloadGraph'; readonly id: number; readonly output: LoadedGraph }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string }
  | { readonly kind: 'merge'; readonly mergeId: number; readonly merge: MergedBlock };
