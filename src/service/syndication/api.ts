/** Audiences that are pushed on to other sellers. Source: Scope3 REST, syndicate and syndication status. */
import type { SyndicationStatus } from '../../store/syndication-rows.ts';
import type { Principal } from '../api.ts';

export type { SyndicationStatus } from '../../store/syndication-rows.ts';

/** Who asks: a caller with a key, or null for the operator at the command line, who may use every account. */
export type Asker = Principal | null;

/** Whether an account's members are kept with identifiers that can be forwarded. */
export interface ForwardingFacts {
  readonly accountId: string;
  readonly isOn: boolean;
  readonly sinceMs: number | null;
  /** Of members that are kept for forwarding. */
  readonly keptBytes: number;
}

export interface SalesAgent {
  readonly agentId: string;
  readonly name: string;
  readonly url: string;
  readonly protocol: 'mcp' | 'a2a';
  readonly remoteAccountId: string;
  readonly hasCredential: boolean;
  readonly createdAtMs: number;
}

export interface NewSalesAgent {
  readonly name: string;
  readonly url: string;
  readonly protocol: 'mcp' | 'a2a';
  readonly remoteAccountId: string;
  /** Null: the other seller asks for none. It is kept sealed and never shown. */
  readonly credential: string | null;
}

export interface Syndication {
  readonly syndicationId: string;
  readonly accountId: string;
  readonly audienceId: string;
  readonly agentId: string;
  readonly remoteAccountId: string;
  readonly enabled: boolean;
  readonly status: SyndicationStatus;
  readonly error: string | null;
  /** What the other seller said last of the audience, in AdCP's words. */
  readonly response: unknown;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly completedAtMs: number | null;
}

export interface SyndicationQuery {
  readonly audienceId?: string;
  readonly agentId?: string;
  readonly enabled?: boolean;
  readonly status?: SyndicationStatus;
  readonly limit: number;
  readonly offset: number;
}

/** Every method refuses with AppError; an account that is not the caller's is ACCOUNT_NOT_FOUND. */
export interface SyndicationService {
  forwarding(asker: Asker, accountId: string): Promise<ForwardingFacts>;
  /** Off: resolves when nothing that could be forwarded is left in any file. */
  setForwarding(asker: Asker, accountId: string, on: boolean): Promise<ForwardingFacts>;
  salesAgents(asker: Asker, accountId: string): Promise<readonly SalesAgent[]>;
  addSalesAgent(asker: Asker, accountId: string, agent: NewSalesAgent): Promise<SalesAgent>;
  /** Forgets its pushes too. What the other seller has stays there. */
  removeSalesAgent(asker: Asker, accountId: string, agentId: string): Promise<void>;
  /** One record per agent, in the order of the agents. */
  syndicate(
    asker: Asker,
    accountId: string,
    request: {
      readonly audienceId: string;
      readonly agentIds: readonly string[];
      readonly enabled: boolean;
    },
  ): Promise<readonly Syndication[]>;
  syndications(
    asker: Asker,
    accountId: string,
    query: SyndicationQuery,
  ): Promise<{ readonly syndications: readonly Syndication[]; readonly total: number }>;
}
