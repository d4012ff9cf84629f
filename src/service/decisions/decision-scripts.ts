/** What decisions are made from, as it is stored. */
import { anyAccountById } from '../../store/account-rows.ts';
import { liveAudiences, type AudienceRow } from '../../store/audience-rows.ts';
import { audiencesInPackages, sandboxAccounts } from '../../store/decision-rows.ts';
import type { Script } from '../../store/script.ts';
import { accountNotFound } from '../account-scripts.ts';
import type { AudienceStatus } from '../api.ts';
import { audienceStatus } from '../audience-facts.ts';
import { sizeRule, type SizeRules } from '../finish-sync.ts';
import { packagesForDecisions } from '../buys/read-scripts.ts';
import { factsOf } from '../read-facts.ts';
import type { OverlayAsk } from './api.ts';
import type { AudienceState, DecisionFacts, PackageFacts } from './book.ts';

/** An audience that an overlay names. */
export interface NamedAudience {
  readonly accountNo: number;
  /** 0: there is none. */
  readonly audienceNo: number;
  readonly countedSeq: number;
  /** Null: never synced, or deleted. */
  readonly status: AudienceStatus | null;
}

export interface NamedAudiences {
  readonly include: readonly NamedAudience[];
  readonly exclude: readonly NamedAudience[];
}

export function createDecisionScripts(rules: SizeRules) {
  return {
    *decisionFacts(_: object): Script<DecisionFacts> {
      const audiences = (yield* audiencesInPackages()).map((row): AudienceState => {
        const { accountNo, audienceNo, countedSeq, isLive, isSandbox } = row;
        const status = isLive === 1 ? audienceStatus(factsOf(row), sizeRule(rules, isSandbox === 1)) : null;
        return { accountNo, audienceNo, countedSeq, status };
      });
      return { packages: yield* packageFacts(), audiences };
    },

    /** Audiences of an account by the buyer's ids, with their states. */
    *audiencesNamed({ accountId, include, exclude }: OverlayAsk): Script<NamedAudiences> {
      const account = yield* anyAccountById(accountId);
      if (account === undefined) throw accountNotFound({ kind: 'id', accountId });
      const { accountNo } = account;
      const rule = sizeRule(rules, account.sandbox === 1);
      const byId = new Map<string, AudienceRow>(
        (yield* liveAudiences(accountNo)).map((row) => [row.audienceId, row]),
      );
      const named = (audienceId: string): NamedAudience => {
        const row = byId.get(audienceId);
        if (row === undefined) return { accountNo, audienceNo: 0, countedSeq: 0, status: null };
        const { audienceNo, countedSeq } = row;
        return { accountNo, audienceNo, countedSeq, status: audienceStatus(factsOf(row), rule) };
      };
      return { include: include.map(named), exclude: exclude.map(named) };
    },
  };
}

function* packageFacts(): Script<readonly PackageFacts[]> {
  const sandboxes = yield* sandboxAccounts();
  return (yield* packagesForDecisions()).map(({ startAt, endAt, ...row }) => ({
    ...row,
    startAtMs: startAt,
    endAtMs: endAt,
    isSandbox: sandboxes.has(row.accountNo),
  }));
}

export type DecisionScripts = ReturnType<typeof createDecisionScripts>;
