import type { StorePlace } from '../../store/store.ts';

export interface WebhookWorkerData {
  readonly place: StorePlace;
  readonly sealKey: Uint8Array;
  readonly allowNetwork: readonly string[];
}
