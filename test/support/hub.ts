/** A hub in this process, spoken to over REST, for tests of what it pushes. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ServeSettings } from '../../src/server/options.ts';
import { startSeller, type Seller } from './seller.ts';

export interface PushRecord {
  readonly id: string;
  readonly adcpAgentId: string;
  readonly resourceId: string;
  readonly enabled: boolean;
  readonly status: string;
  readonly errorMessage: string | null;
  readonly responseData: { readonly [name: string]: unknown } | null;
}

export interface RestAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface Hub {
  readonly seller: Seller;
  rest(method: string, path: string, body?: object): Promise<RestAnswer>;
  sync(audience: object): Promise<void>;
  addAgent(
    to: { readonly url: string; readonly key: string; readonly accountId: string },
    protocol?: 'mcp' | 'a2a',
  ): Promise<string>;
  push(audienceId: string, agentIds: readonly string[], enabled?: boolean): Promise<RestAnswer>;
  record(audienceId: string, agentId: string): Promise<PushRecord>;
  /** The record once it is in one of the states; fails when that takes long. */
  reaches(audienceId: string, agentId: string, isSo: (record: PushRecord) => boolean): Promise<PushRecord>;
}

const waitMsMax = 30_000;

export async function startHub(settings: Partial<ServeSettings> = {}): Promise<Hub> {
  const seller = await startSeller({ forwarding: true, ...settings }, { accountId: 'acct_hub' });
  const rest = async (method: string, path: string, body?: object): Promise<RestAnswer> => {
    const response = await fetch(`${seller.url}/api/v2/buyer/advertisers/acct_hub${path}`, {
      method,
      headers: { authorization: `Bearer ${seller.key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const records = async (): Promise<readonly PushRecord[]> =>
    (await rest('GET', '/syndication-status?limit=100')).body['items'] as readonly PushRecord[];
  const record = async (audienceId: string, agentId: string): Promise<PushRecord> => {
    const found = (await records()).find(
      (one) => one.resourceId === audienceId && one.adcpAgentId === agentId,
    );
    return found ?? assert.fail('the push has a record');
  };
  return {
    seller,
    rest,
    record,
    sync: async (audience) => {
      const { status, body } = await rest('POST', '/audiences/sync', { audiences: [audience] });
      assert.equal(status, 202, JSON.stringify(body));
    },
    addAgent: async ({ url, key, accountId }, protocol = 'mcp') => {
      const agent = { name: 'agent', url: `${url}/${protocol}`, protocol, accountId, credential: key };
      const { status, body } = await rest('POST', '/sales-agents', agent);
      assert.equal(status, 201, JSON.stringify(body));
      return body['id'] as string;
    },
    push: async (audienceId, agentIds, enabled = true) =>
      rest('POST', '/syndicate', {
        resourceType: 'AUDIENCE',
        resourceId: audienceId,
        adcpAgentIds: agentIds,
        enabled,
      }),
    reaches: async (audienceId, agentId, isSo) => {
      const end = performance.now() + waitMsMax;
      for (;;) {
        const found = await record(audienceId, agentId);
        if (isSo(found)) return found;
        assert.ok(performance.now() < end, JSON.stringify(found));
        await sleep(25);
      }
    },
  };
}
