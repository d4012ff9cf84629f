import type { FaultCode } from '../../base/faults.ts';
import type { StorePlace } from '../../store/store.ts';

export interface GraphWorkerData {
  readonly place: StorePlace;
  readonly stagedFile: string;
  /** Where the recipe index is. */
  readonly dataDir: string;
}

export interface GraphApplied {
  readonly version: number;
  readonly personCount: number;
  readonly entryCount: number;
  readonly newPersonCount: number;
  readonly addedEntryCount: number;
  readonly removedEntryCount: number;
  readonly isChanged: boolean;
  /** The recipe index beside the graph; null when there is none. */
  readonly recipes: { readonly entryCount: number; readonly sampleBits: number } | null;
}

export type GraphWorkerReply =
  | {
      readonly kind: 'write';
      readonly id: number;
      readonly name: 'newGraphRun' | 'putGraphPiece' | 'flipGraph';
      readonly input: object;
    }
  | { readonly kind: 'done'; readonly result: GraphApplied }
  | { readonly kind: 'failed'; readonly code: FaultCode; readonly message: string; readonly detail: string };

export interface GraphWorkerRequest {
  readonly id: number;
  readonly ok: boolean;
  readonly output?: unknown;
  readonly message?: string;
}
