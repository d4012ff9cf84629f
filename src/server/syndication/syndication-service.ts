/** Syndication as the REST door and the command line see it, over one store. */
import { AppError } from '../../base/faults.ts';
import { networksOf } from '../../platform/outbound/public-address.ts';
import { refusalOfUrl } from '../../platform/outbound/url-rule.ts';
import { systemClock, systemRandom } from '../../platform/clock.ts';
import { checkAgentUrl } from '../../service/syndication/agent-url.ts';
import type { Asker, SyndicationService } from '../../service/syndication/api.ts';
import type { AskedAccount } from '../../service/syndication/own-account.ts';
import type { Store } from '../../store/store.ts';
import type { Scripts } from '../scripts.ts';

export interface SyndicationServiceParts {
  readonly store: Store<Scripts>;
  /** Callers may switch forwarding on and name sellers; the operator always may. */
  readonly callersMayForward: boolean;
  readonly allowNetwork: readonly string[];
  /** What a running server does beside the store; absent where none runs. */
  readonly control?: {
    expectOn(): void;
    pause(): Promise<void>;
    refresh(): Promise<void>;
    wake(): void;
  };
}

const keyBytes = 32;

const now = (): { readonly nowMs: number } => ({ nowMs: systemClock.now() });

export function createSyndicationService(parts: SyndicationServiceParts): SyndicationService {
  const { store, control } = parts;
  const rules = { allowNetworks: networksOf(parts.allowNetwork) };
  const asked = (asker: Asker, accountId: string): AskedAccount => ({
    principalNo: asker?.principalNo ?? null,
    accountId,
  });
  return {
    forwarding: async (asker, accountId) => store.read('forwardingFacts', asked(asker, accountId)),
    setForwarding: async (asker, accountId, on) => {
      if (on) requireAllowed(parts, asker);
      // First, so that nobody holds up pushes by naming an account that is not theirs or does not forward.
      const before = await store.read('forwardingFacts', asked(asker, accountId));
      if (on) control?.expectOn();
      else if (before.isOn) await control?.pause();
      try {
        const facts = await store.write('switchForwarding', {
          ...asked(asker, accountId),
          on,
          keyId: systemRandom.uuid(),
          key: systemRandom.bytes(keyBytes),
          nowMs: systemClock.now(),
        });
        if (!on) await store.eraseDeleted();
        return facts;
      } finally {
        await control?.refresh();
      }
    },
    salesAgents: async (asker, accountId) => store.read('salesAgentsOf', asked(asker, accountId)),
    addSalesAgent: async (asker, accountId, agent) => {
      requireAllowed(parts, asker);
      const url = checkAgentUrl(agent.url, (one) => refusalOfUrl(one, rules));
      return store.write('addSalesAgent', {
        ...asked(asker, accountId),
        agentId: `agent_${Buffer.from(systemRandom.bytes(9)).toString('hex')}`,
        agent: { ...agent, url },
        nowMs: systemClock.now(),
      });
    },
    removeSalesAgent: async (asker, accountId, agentId) => {
      await store.write('removeSalesAgent', { ...asked(asker, accountId), agentId, ...now() });
      await store.eraseDeleted();
    },
    syndicate: async (asker, accountId, request) => {
      const nowMs = systemClock.now();
      const newIds = request.agentIds.map(() => systemRandom.uuidAt(nowMs));
      const records = await store.write('syndicate', {
        ...asked(asker, accountId),
        ...request,
        newIds,
        nowMs,
      });
      control?.wake();
      return records;
    },
    syndications: async (asker, accountId, query) =>
      store.read('syndicationsOf', { ...asked(asker, accountId), query }),
  };
}

function requireAllowed({ callersMayForward }: SyndicationServiceParts, asker: Asker): void {
  if (asker === null || callersMayForward) return;
  throw new AppError('PERMISSION_DENIED', 'The operator of this server keeps forwarding to itself.', {
    suggestion: 'Ask for it to be switched on, or for the setting that lets callers do so: --forwarding.',
  });
}
