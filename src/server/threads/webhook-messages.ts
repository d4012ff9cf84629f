export interface WebhookWorkerData {
  readonly dataDir: string;
  readonly sealKey: Uint8Array;
  readonly allowNetwork: readonly string[];
}
