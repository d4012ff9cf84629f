import { anyAccountById } from '../../store/account-rows.ts';
import { liveAudiences } from '../../store/audience-rows.ts';
import type { Script } from '../../store/script.ts';
import { accountNotFound } from '../account-scripts.ts';
import { sizeRule, type SizeRules } from '../finish-sync.ts';

/** An audience whose hashes are to be looked at. */
export interface DiagnosisAsk {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly countedSeq: number;
  readonly minimumSize: number;
}

export function createForensicsScripts(rules: SizeRules) {
  return {
    /** Null: there is no such audience on the account. */
    *diagnosableAudience(input: {
      readonly accountId: string;
      readonly audienceId: string;
    }): Script<DiagnosisAsk | null> {
      const { accountId, audienceId } = input;
      const account = yield* anyAccountById(accountId);
      if (account === undefined) throw accountNotFound({ kind: 'id', accountId });
      const { accountNo } = account;
      const row = (yield* liveAudiences(accountNo)).find((one) => one.audienceId === audienceId);
      if (row === undefined) return null;
      const { minimumSize } = sizeRule(rules, account.sandbox === 1);
      return { accountNo, audienceNo: row.audienceNo, countedSeq: row.countedSeq, minimumSize };
    },
  };
}
