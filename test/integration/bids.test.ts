/** A bid is what impressions cost from then on, and no report of impressions makes the sums of a buyer unreadable. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { newBuyer } from '../support/buyer.ts';
import { idOf, mediaBuyer, packagesOf, type MediaBuyer } from '../support/buys.ts';
import { noteCanary } from '../support/canaries.ts';
import { startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-bids-'));
const product = {
  ...{ product_id: 'auction', name: 'Auction', description: 'Made for a test.' },
  format_ids: [{ agent_url: 'https://creative.example', id: 'box' }],
  pricing_options: [{ pricing_option_id: 'bid', currency: 'USD', floor_price: 2 }],
};
const bidding = (bid_price: number): Fields => ({
  packages: [{ product_id: 'auction', pricing_option_id: 'bid', budget: 100, bid_price }],
});

let seller: Seller;
let buyer: MediaBuyer;
let key = '';
before(async () => {
  const file = join(folder, 'products.json');
  writeFileSync(file, JSON.stringify({ products: [product] }));
  seller = await startSeller({ products: file });
  buyer = mediaBuyer(await newBuyer(seller));
  const scopes = ['decisions'] as const;
  const made = await seller.admin.admin.createKey({ accountIds: [], name: 'ads', expiresAtMs: null, scopes });
  key = made.key;
  noteCanary('key', key);
});
after(async () => {
  await seller.close();
  rmSync(folder, { recursive: true, force: true });
});

async function report(package_id: unknown, count: number): Promise<unknown> {
  const response = await fetch(`${seller.url}/v1/impressions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch_id: `batch-${randomUUID()}`, impressions: [{ package_id, count }] }),
  });
  return response.json();
}

async function delivery(mediaBuyId: string): Promise<Fields> {
  const { content, text } = await buyer.call('get_media_buy_delivery', { media_buy_ids: [mediaBuyId] });
  const [one] = content?.['media_buy_deliveries'] as readonly Fields[];
  assert.ok(one !== undefined, text);
  return (one['by_package'] as readonly Fields[])[0]!;
}

test('a bid that is changed is what the impressions after it cost', async () => {
  const made = await buyer.create(bidding(4));
  const package_id = packagesOf(made.content)[0]?.['package_id'];
  await report(package_id, 1_000);
  assert.deepEqual([(await delivery(idOf(made)))['spend'], (await delivery(idOf(made)))['rate']], [4, 4]);
  const changed = await buyer.update(idOf(made), { packages: [{ package_id, bid_price: 8 }] });
  assert.equal(changed.error, null, changed.text);
  await report(package_id, 1_000);
  assert.deepEqual([(await delivery(idOf(made)))['spend'], (await delivery(idOf(made)))['rate']], [12, 8]);
});

test('what would cost more than can be added up is not counted, and says so', async () => {
  const made = await buyer.create(bidding(1_000_000_000));
  const package_id = packagesOf(made.content)[0]?.['package_id'];
  assert.deepEqual(await report(package_id, 5), { counted: 5, rejected: [] });
  assert.deepEqual(await report(package_id, 1_000_000), {
    counted: 0,
    rejected: [{ field: 'impressions[0]', reason: 'too_much_spend' }],
  });
  assert.deepEqual(
    [(await delivery(idOf(made)))['impressions'], (await delivery(idOf(made)))['spend']],
    [5, 5_000_000],
  );
});
