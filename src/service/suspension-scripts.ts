/** Audiences that the seller takes out of use, and gives back. Source: AdCP sync_audiences, `suspended`. */
import { AppError } from '../base/faults.ts';
import { anyAccountById } from '../store/account-rows.ts';
import {
  liveAudienceById,
  resumeAudience,
  suspendAudience,
  type AudienceRow,
} from '../store/audience-rows.ts';
import type { Script } from '../store/script.ts';
import { accountNotFound } from './account-scripts.ts';
import { unappliedReason } from './lifecycle/unapplied.ts';

export interface NamedByOperator {
  readonly accountId: string;
  /** The buyer's id. */
  readonly audienceId: string;
  readonly nowMs: number;
}

export interface SuspendInput extends NamedByOperator {
  /** AdCP's word. Source: `enums/impairment-reason-code.json`. */
  readonly code: string;
  /** Shown to the buyer. */
  readonly reason: string;
}

function* namedAudience({
  accountId,
  audienceId,
}: NamedByOperator): Script<AudienceRow & { accountNo: number }> {
  const account = yield* anyAccountById(accountId);
  if (account === undefined) throw accountNotFound({ kind: 'id', accountId });
  const row = yield* liveAudienceById(account.accountNo, audienceId);
  if (row === undefined) throw new AppError('AUDIENCE_NOT_FOUND', 'No such audience on this account.');
  return { ...row, accountNo: account.accountNo };
}

export function createSuspensionScripts() {
  return {
    /** False: it was suspended before, and stays so as it is. */
    *suspendNamed(input: SuspendInput): Script<boolean> {
      const row = yield* namedAudience(input);
      const { reason, code, nowMs: atMs } = input;
      return (yield* suspendAudience(row.accountNo, row.audienceNo, { reason, code, atMs })) > 0;
    },

    /** False: it was not suspended. */
    *resumeNamed(input: NamedByOperator): Script<boolean> {
      const row = yield* namedAudience(input);
      if (row.suspendedReason === null) return false;
      if (row.suspendedReason === unappliedReason) {
        throw new AppError(
          'INVALID_REQUEST',
          'It misses changes that were accepted and could not be applied.',
          {
            suggestion: 'rollcall match retry applies them, and ends the suspension.',
          },
        );
      }
      return (yield* resumeAudience(row.accountNo, row.audienceNo, row.suspendedReason)) > 0;
    },
  };
}
