/** Looks at the hashes of one audience, for the seller. */
import { AppError } from '../../base/faults.ts';
import type { Diagnosis } from '../../service/forensics/diagnose-audience.ts';
import type { Store } from '../../store/store.ts';
import type { Scripts } from '../scripts.ts';
import type { MatchThread } from '../threads/match-thread.ts';

export interface ForensicsAdmin {
  diagnoseAudience(input: { readonly accountId: string; readonly audienceId: string }): Promise<Diagnosis>;
}

/** `running`: null where a command works on a stopped server. */
export function createForensicsAdmin(
  store: Store<Scripts>,
  running: Pick<MatchThread, 'diagnose'> | null,
): ForensicsAdmin {
  return {
    diagnoseAudience: async (input) => {
      if (running === null) {
        throw new AppError('SERVICE_UNAVAILABLE', 'No server runs on this data directory.', {
          suggestion: 'Start it: rollcall serve.',
        });
      }
      const ask = await store.read('diagnosableAudience', input);
      const diagnosis = ask === null ? null : await running.diagnose(ask);
      if (diagnosis === null) throw new AppError('AUDIENCE_NOT_FOUND', 'No such audience on this account.');
      return diagnosis;
    },
  };
}
