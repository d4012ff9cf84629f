import type { Envelope, IngestedCall } from '../../protocol/ingest.ts';

export interface IngestWorkerData {
  readonly tokenKey: Uint8Array;
  readonly fingerprintKey: Uint8Array;
}
export interface IngestRequest {
  readonly id: number;
  readonly body: Uint8Array;
  readonly length: number;
  readonly envelope: Envelope;
}
export type IngestReply =
  | { readonly id: number; readonly ok: true; readonly call: IngestedCall }
  | { readonly id: number; readonly ok: false; readonly reason: string };
