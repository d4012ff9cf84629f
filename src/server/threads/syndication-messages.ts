import type { StorePlace } from '../../store/store.ts';

export interface SyndicationWorkerData {
  readonly place: StorePlace;
  readonly sealKey: Uint8Array;
  readonly forwardKey: Uint8Array;
  readonly allowNetwork: readonly string[];
}

/** What the thread asks the store to write. */
export const syndicationWrites = ['moveSyndication', 'compactForwards'] as const;
export type SyndicationWrite = (typeof syndicationWrites)[number];
