import type { LogFields, LogLevel } from '../../platform/log.ts';

/** What a thread that speaks to strangers is told, and what it tells: it reads the store itself and has others write. */
export type ToOutside =
  | { readonly kind: 'wake' }
  | { readonly kind: 'written'; readonly id: number; readonly ok: true; readonly output: unknown }
  | { readonly kind: 'written'; readonly id: number; readonly ok: false };

export type FromOutside =
  | { readonly kind: 'write'; readonly id: number; readonly name: string; readonly input: never }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly event: string; readonly fields: LogFields };
