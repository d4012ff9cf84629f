import type { FaultCode } from '../../base/faults.ts';
import type { StorePlace } from '../../store/store.ts';

export interface GraphWorkerData {
  readonly place: StorePlace;
  readonly stagedFile: string;
}

export interface GraphApplied {
  readonly version: number;
  readonly personCount: number;
  readonly entryCount: number;
  readonly newPersonCount: number;
  readonly addedEntryCount: number;
  readonly removedEntryCount: number;
  readonly isChanged: boolean;
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
