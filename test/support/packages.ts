/** Live packages over audiences, bought as a buyer buys. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { Buyer } from './buyer.ts';
import type { Fields } from './wire.ts';

export interface Overlay {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

const list = (name: string, ids: readonly string[] | undefined): Fields =>
  ids === undefined || ids.length === 0 ? {} : { [name]: ids };

/** Buys one package of the seller's first product for a month from now on; gives its id. */
export async function buyPackage(buyer: Buyer, { include, exclude }: Overlay): Promise<string> {
  const targeting_overlay = { ...list('audience_include', include), ...list('audience_exclude', exclude) };
  const answer = await buyer.call('create_media_buy', {
    adcp_version: '3.1',
    idempotency_key: `buy-${randomUUID()}`,
    account: { account_id: buyer.accountId },
    brand: { domain: 'acme.example' },
    start_time: 'asap',
    end_time: new Date(Date.now() + 30 * 24 * 3_600_000).toISOString(),
    packages: [
      {
        product_id: 'run_of_network_display',
        pricing_option_id: 'cpm_usd',
        budget: 1_000,
        ...(Object.keys(targeting_overlay).length === 0 ? {} : { targeting_overlay }),
      },
    ],
  });
  const [bought] = (answer.content?.['packages'] ?? []) as readonly Fields[];
  assert.ok(bought !== undefined, answer.text);
  return String(bought['package_id']);
}
