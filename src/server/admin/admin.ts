/** What the seller's own commands do, on a stopped server's directory or through the running one alike. */
import { unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { AppError } from '../../base/faults.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Account, AccountStatus } from '../../service/api.ts';
import type {
  ForwardingFacts,
  NewSalesAgent,
  SalesAgent,
  Syndication,
  SyndicationQuery,
  SyndicationService,
} from '../../service/syndication/api.ts';
import type { Store, StorePlace } from '../../store/store.ts';
import { newAccountId } from '../service.ts';
import type { Scripts } from '../scripts.ts';
import { stagedNamePattern } from '../graph/staging.ts';
import type { Secrets } from '../secrets.ts';
import type { GraphApplied } from '../threads/graph-messages.ts';
import type { MatchThread } from '../threads/match-thread.ts';
import { applyStagedGraph } from '../threads/graph-thread.ts';
import { createAuditAdmin, type AuditAdmin } from './audit-admin.ts';
import { createExportAdmin, type ExportAdmin, type RunningUsers } from './export-admin.ts';
import { createForensicsAdmin, type ForensicsAdmin } from './forensics-admin.ts';
import { createSuspensionAdmin, type SuspensionAdmin } from './suspension-admin.ts';
import { createMatchAdmin, type MatchAdmin, type RunningMatch } from './match-admin.ts';
import { createKeyAdmin, type KeyAdmin } from './key-admin.ts';
import { createSignerAdmin, type SignerAdmin } from './signer-admin.ts';
import { createVerifyAdmin, type VerifyAdmin } from './verify-admin.ts';
import { createWebhookAdmin, type WebhookAdmin } from './webhook-admin.ts';

export interface GraphStats {
  readonly version: number;
  readonly persons: number;
  readonly identifiers: number;
  readonly updatedAtMs: number | null;
}

export interface Admin
  extends
    KeyAdmin,
    WebhookAdmin,
    SignerAdmin,
    AuditAdmin,
    MatchAdmin,
    ExportAdmin,
    ForensicsAdmin,
    SuspensionAdmin,
    VerifyAdmin {
  createAccount(input: {
    readonly accountId: string | null;
    readonly brandDomain: string;
    readonly brandId: string | null;
    readonly operator: string;
    readonly sandbox: boolean;
    readonly name: string | null;
  }): Promise<Account>;
  listAccounts(input: object): Promise<readonly Account[]>;
  updateAccount(input: {
    readonly accountId: string;
    readonly name: string | null;
    readonly status: AccountStatus | null;
  }): Promise<Account>;
  graphStats(input: object): Promise<GraphStats>;
  /** Sellers that an account may push to, and what is pushed; see SyndicationService, asked by the operator. */
  forwarding(input: { readonly accountId: string }): Promise<ForwardingFacts>;
  setForwarding(input: { readonly accountId: string; readonly on: boolean }): Promise<ForwardingFacts>;
  listSellers(input: { readonly accountId: string }): Promise<readonly SalesAgent[]>;
  addSeller(input: { readonly accountId: string; readonly agent: NewSalesAgent }): Promise<SalesAgent>;
  removeSeller(input: { readonly accountId: string; readonly agentId: string }): Promise<null>;
  syndicate(input: {
    readonly accountId: string;
    readonly audienceId: string;
    readonly agentIds: readonly string[];
    readonly enabled: boolean;
  }): Promise<readonly Syndication[]>;
  listSyndications(input: {
    readonly accountId: string;
    readonly query: SyndicationQuery;
  }): Promise<{ readonly syndications: readonly Syndication[]; readonly total: number }>;
  /** Applies a staged file of the data directory, named without its folder, and deletes it. */
  applyGraph(input: { readonly stagedName: string }): Promise<GraphApplied>;
}

export interface AdminParts {
  readonly dataDir: string;
  readonly place: StorePlace;
  readonly store: Store<Scripts>;
  readonly secrets: Secrets;
  /** Called when the stored graph moved. */
  readonly graphMoved: () => Promise<void>;
  readonly syndication: SyndicationService;
  readonly allowNetwork: readonly string[];
  readonly signersChanged: () => void;
  /** Null: no server runs. */
  readonly running: (RunningMatch & { readonly users: RunningUsers & Pick<MatchThread, 'diagnose'> }) | null;
  /** What decisions lean on may have moved. */
  readonly decisionsWoken: () => void;
  /** Something may be deliverable. */
  readonly webhooksWoken: () => void;
}

export function createAdmin(parts: AdminParts): Admin {
  const { dataDir, place, store, secrets, graphMoved, syndication } = parts;
  let importing: Promise<unknown> = Promise.resolve();
  const applyGraph = async (stagedName: string): Promise<GraphApplied> => {
    if (!stagedNamePattern.test(stagedName) || basename(stagedName) !== stagedName) {
      throw new AppError('INVALID_REQUEST', 'That is not the name of a staged import.');
    }
    const stagedFile = join(dataDir, stagedName);
    try {
      const applied = await applyStagedGraph(store, { place, stagedFile, dataDir });
      if (applied.isChanged) await graphMoved();
      return applied;
    } finally {
      await unlink(stagedFile).catch(() => undefined);
    }
  };
  return {
    createAccount: async (input) =>
      store.write('createAccount', {
        ...input,
        accountId: input.accountId ?? newAccountId(),
        nowMs: systemClock.now(),
      }),
    listAccounts: async () => store.read('listEveryAccount', {}),
    updateAccount: async (input) => store.write('updateAccount', { ...input, nowMs: systemClock.now() }),
    ...createAuditAdmin(store),
    ...createKeyAdmin(store, secrets),
    ...syndicationAdmin(syndication),
    ...createSignerAdmin(store, parts.allowNetwork, parts.signersChanged),
    ...createWebhookAdmin(store, parts.webhooksWoken),
    ...createMatchAdmin(store, parts.running),
    ...createSuspensionAdmin(store, parts.decisionsWoken),
    ...createForensicsAdmin(store, parts.running?.users ?? null),
    ...createExportAdmin(store, parts.running?.users ?? null),
    ...createVerifyAdmin(place),
    graphStats: async () => graphStats(store),
    applyGraph: async ({ stagedName }) => {
      // One after the other: each works on the state that the one before it left.
      const run = importing.then(
        async () => applyGraph(stagedName),
        async () => applyGraph(stagedName),
      );
      importing = run;
      return run;
    },
  };
}

type SyndicationAdmin = Pick<
  Admin,
  | 'forwarding'
  | 'setForwarding'
  | 'listSellers'
  | 'addSeller'
  | 'removeSeller'
  | 'syndicate'
  | 'listSyndications'
>;

function syndicationAdmin(syndication: SyndicationService): SyndicationAdmin {
  return {
    forwarding: async ({ accountId }) => syndication.forwarding(null, accountId),
    setForwarding: async ({ accountId, on }) => syndication.setForwarding(null, accountId, on),
    listSellers: async ({ accountId }) => syndication.salesAgents(null, accountId),
    addSeller: async ({ accountId, agent }) => syndication.addSalesAgent(null, accountId, agent),
    removeSeller: async ({ accountId, agentId }) => {
      await syndication.removeSalesAgent(null, accountId, agentId);
      return null;
    },
    syndicate: async ({ accountId, ...request }) => syndication.syndicate(null, accountId, request),
    listSyndications: async ({ accountId, query }) => syndication.syndications(null, accountId, query),
  };
}

async function graphStats(store: Store<Scripts>): Promise<GraphStats> {
  const state = await store.read('graphState', {});
  if (state === null) return { version: 0, persons: 0, identifiers: 0, updatedAtMs: null };
  const { entryCount, livePersonCount } = JSON.parse(state.meta) as {
    entryCount: number;
    livePersonCount: number;
  };
  return {
    version: state.version,
    persons: livePersonCount,
    identifiers: entryCount,
    updatedAtMs: state.updatedAt,
  };
}
