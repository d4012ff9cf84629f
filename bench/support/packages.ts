/** Packages over audiences, bought as a buyer buys, for measuring decisions. */
import { randomUUID } from 'node:crypto';

import { assert } from '../../src/base/assert.ts';
import { send } from './http.ts';
import { paddedAudience } from './members.ts';
import type { BenchServer } from './servers.ts';
import { accountId } from './world.ts';

const monthMs = 30 * 24 * 3_600_000;

/** Package i includes audience i and the next, and excludes the one after. Gives their ids. */
export async function buyBenchPackages(
  server: BenchServer,
  key: string,
  names: readonly string[],
  packageCount: number,
): Promise<readonly string[]> {
  const nameOf = (at: number): string => paddedAudience(names[at % names.length]!);
  const args = {
    ...{ adcp_version: '3.1', idempotency_key: `buy-${randomUUID()}`, account: { account_id: accountId } },
    ...{ brand: { domain: 'bench.example' }, start_time: 'asap' },
    end_time: new Date(Date.now() + monthMs).toISOString(),
    packages: Array.from({ length: packageCount }, (_, at) => ({
      ...{ product_id: 'run_of_network_display', pricing_option_id: 'cpm_usd', budget: 1_000 },
      targeting_overlay: {
        audience_include: [nameOf(at), nameOf(at + 1)],
        audience_exclude: [nameOf(at + 2)],
      },
    })),
  };
  const body = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'create_media_buy', arguments: args },
  };
  const { text } = await send(`${server.url}/mcp`, 'POST', Buffer.from(JSON.stringify(body)), { key });
  const answer = JSON.parse(text) as {
    result?: { structuredContent?: { packages?: readonly { package_id: string }[] } };
  };
  const bought = answer.result?.structuredContent?.packages ?? [];
  assert(bought.length === packageCount, () => `the packages were bought: ${text}`);
  return bought.map((one) => one.package_id);
}
