/** The transactions that switch forwarding and keep the list of sellers to forward to. */
import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import {
  deleteForwarding,
  deleteForwardsOfAccount,
  forwardingKeyIds,
  forwardingOf,
  forwardSizes,
  insertForwarding,
} from '../../store/forwarding-rows.ts';
import {
  deleteSalesAgent,
  insertSalesAgent,
  salesAgent,
  salesAgents,
  type SalesAgentRow,
} from '../../store/sales-agent-rows.ts';
import type { Script } from '../../store/script.ts';
import { deleteSyndicationsOfAgent, syndications, updateSyndication } from '../../store/syndication-rows.ts';
import type { Account } from '../api.ts';
import type { Sealer } from '../seal.ts';
import type { ForwardingFacts, NewSalesAgent, SalesAgent } from './api.ts';
import type { ForwardKeys } from './forward-keys.ts';
import { ownAccount, type AskedAccount } from './own-account.ts';
import { nextStatus } from './states.ts';

const switchedOff = 'Forwarding was switched off for this account.';

export function createForwardingScripts(sealer: Sealer, keys: ForwardKeys) {
  return {
    /** The keys under which members of accounts that forward are kept. */
    *forwardingKeyIds(_: object): Script<readonly string[]> {
      return yield* forwardingKeyIds();
    },

    *forwardingFacts(input: AskedAccount): Script<ForwardingFacts> {
      return yield* factsOf(yield* ownAccount(input, false));
    },

    *switchForwarding(input: SwitchInput): Script<ForwardingFacts> {
      const account = yield* ownAccount(input, true);
      if (input.on) yield* switchOn(keys, account.accountNo, input);
      else yield* switchOff(account.accountNo, input.nowMs);
      return yield* factsOf(account);
    },

    *salesAgentsOf(input: AskedAccount): Script<readonly SalesAgent[]> {
      const { accountNo } = yield* ownAccount(input, false);
      return (yield* salesAgents(accountNo)).map(agentOf);
    },

    *addSalesAgent(
      input: AskedAccount & {
        readonly agentId: string;
        readonly agent: NewSalesAgent;
        readonly nowMs: number;
      },
    ): Script<SalesAgent> {
      const { accountNo } = yield* ownAccount(input, true);
      const known = yield* salesAgents(accountNo);
      if (known.length >= limits.salesAgentCountPerAccountMax) {
        throw new AppError(
          'CALL_TOO_LARGE',
          `An account has at most ${limits.salesAgentCountPerAccountMax} sales agents.`,
        );
      }
      const { credential, ...words } = input.agent;
      const row: SalesAgentRow = {
        ...words,
        agentId: input.agentId,
        createdAt: input.nowMs,
        credential: credential === null ? null : sealer.seal(credential),
      };
      yield* insertSalesAgent(accountNo, row);
      return agentOf(row);
    },

    *removeSalesAgent(
      input: AskedAccount & { readonly agentId: string; readonly nowMs: number },
    ): Script<null> {
      const { accountNo } = yield* ownAccount(input, true);
      if ((yield* salesAgent(accountNo, input.agentId)) === undefined) throw unknownAgent('agentId');
      yield* deleteSyndicationsOfAgent(accountNo, input.agentId);
      yield* deleteSalesAgent(accountNo, input.agentId);
      return null;
    },
  };
}

export type SwitchInput = AskedAccount & {
  readonly on: boolean;
  /** A new key and its name, for the case that it is switched on. */
  readonly keyId: string;
  readonly key: Uint8Array;
  readonly nowMs: number;
};

/** Already on: the key stays, or what was kept under it would be lost. */
function* switchOn(keys: ForwardKeys, accountNo: number, { keyId, key, nowMs }: SwitchInput): Script<void> {
  if ((yield* forwardingOf(accountNo)) !== undefined) return;
  yield* insertForwarding({ accountNo, keyId, wrappedKey: keys.wrap(accountNo, keyId, key), since: nowMs });
}

/** The records of pushes stay, stopped, so that their owner can see what became of them. */
function* switchOff(accountNo: number, nowMs: number): Script<void> {
  yield* deleteForwardsOfAccount(accountNo);
  yield* deleteForwarding(accountNo);
  for (const row of yield* syndications(accountNo)) {
    const isNew = row.enabled === 1;
    yield* updateSyndication(accountNo, {
      ...row,
      enabled: 0,
      status: nextStatus(row.status, 'stop') ?? row.status,
      // What the other seller holds can no longer be told: whoever starts again begins anew there.
      cursorSeq: row.cursorSeq === 0 && row.targetSeq === 0 ? 0 : -1,
      targetSeq: 0,
      doneCount: 0,
      error: isNew ? switchedOff : row.error,
      updatedAt: isNew ? nowMs : row.updatedAt,
    });
  }
}

function* factsOf({ accountNo, accountId }: Account): Script<ForwardingFacts> {
  const row = yield* forwardingOf(accountNo);
  if (row === undefined) return { accountId, isOn: false, sinceMs: null, keptBytes: 0 };
  const keptBytes = (yield* forwardSizes(accountNo)).reduce((sum, { byteCount }) => sum + byteCount, 0);
  return { accountId, isOn: true, sinceMs: row.since, keptBytes };
}

function agentOf({
  agentId,
  name,
  url,
  protocol,
  remoteAccountId,
  createdAt,
  credential,
}: SalesAgentRow): SalesAgent {
  return {
    agentId,
    name,
    url,
    protocol,
    remoteAccountId,
    hasCredential: credential !== null,
    createdAtMs: createdAt,
  };
}

export function unknownAgent(field: string): AppError {
  return new AppError('SALES_AGENT_NOT_FOUND', undefined, {
    field,
    suggestion: 'List the sales agents of the account, or add one.',
  });
}
