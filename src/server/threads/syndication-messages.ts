import type { LogFields, LogLevel } from '../../platform/log.ts';

export interface SyndicationWorkerData {
  readonly dataDir: string;
  readonly sealKey: Uint8Array;
  readonly forwardKey: Uint8Array;
  readonly allowNetwork: readonly string[];
}

/** What the thread asks the store to write. */
export type SyndicationWrite = 'moveSyndication' | 'compactForwards';

export type ToSyndication =
  | { readonly kind: 'wake' }
  | { readonly kind: 'written'; readonly id: number; readonly ok: true; readonly output: boolean }
  | { readonly kind: 'written'; readonly id: number; readonly ok: false };

export type FromSyndication =
  | { readonly kind: 'write'; readonly id: number; readonly name: SyndicationWrite; readonly input: never }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly event: string; readonly fields: LogFields };
