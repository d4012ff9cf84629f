import { systemClock } from '../../platform/clock.ts';
import type { NamedByOperator, SuspendInput } from '../../service/suspension-scripts.ts';
import type { Store } from '../../store/store.ts';
import type { Scripts } from '../scripts.ts';

export interface SuspensionAdmin {
  /** Takes an audience out of use until it is resumed. False: it was out of use before, for the reason given then. */
  suspendAudience(input: Omit<SuspendInput, 'nowMs'>): Promise<boolean>;
  /** False: it was in use. */
  resumeAudience(input: Omit<NamedByOperator, 'nowMs'>): Promise<boolean>;
}

/** `moved`: what decisions lean on is another. */
export function createSuspensionAdmin(store: Store<Scripts>, moved: () => void): SuspensionAdmin {
  return {
    suspendAudience: async (input) =>
      store.write('suspendNamed', { ...input, nowMs: systemClock.now() }).finally(moved),
    resumeAudience: async (input) =>
      store.write('resumeNamed', { ...input, nowMs: systemClock.now() }).finally(moved),
  };
}
