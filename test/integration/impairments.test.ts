/** Suspended audiences and the buys that lean on them, forced by the test controller of a real server. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { newBuyer, type Buyer } from '../support/buyer.ts';
import { doors } from '../support/doors.ts';
import { startReceiver } from '../support/receiver.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

const add = [{ external_id: 'm', hashed_email: sha256('m@example.com') }];
const line = { product_id: 'run_of_network_display', pricing_option_id: 'cpm_usd', budget: 100 };

let seller: Seller;
before(async () => {
  seller = await startSeller({ testController: true });
});
after(async () => {
  await seller.close();
});

async function control(buyer: Buyer, scenario: string, params: Fields = {}): Promise<Fields> {
  const { content, text } = await buyer.call('comply_test_controller', {
    ...{ scenario, params, account: { sandbox: true } },
  });
  assert.equal(content?.['status'], 'completed', text);
  return content;
}

async function buy(buyer: Buyer, overlays: readonly Fields[], more: Fields = {}): Promise<Fields> {
  const { content, text } = await buyer.call('create_media_buy', {
    ...{
      adcp_version: '3.1',
      idempotency_key: `key-${randomUUID()}`,
      account: { account_id: buyer.accountId },
    },
    ...{ brand: { domain: 'acme.example' }, start_time: 'asap', end_time: '2096-01-01T00:00:00Z' },
    packages: overlays.map((targeting_overlay) => ({ ...line, targeting_overlay })),
    ...more,
  });
  assert.ok(content !== null && content['adcp_error'] === undefined, text);
  return content;
}

async function read(buyer: Buyer, of: Fields): Promise<Fields> {
  const { content } = await buyer.call('get_media_buys', { media_buy_ids: [of['media_buy_id']] });
  return (content?.['media_buys'] as readonly Fields[])[0]!;
}

const packageIds = (of: Fields): readonly unknown[] =>
  (of['packages'] as readonly Fields[]).map(({ package_id }) => package_id);

describe('impairments', () => {
  let buyer: Buyer;
  before(async () => {
    buyer = await newBuyer(seller);
    for (const audience_id of ['vip', 'other']) await buyer.one({ audience_id, add });
  });
  const suspend = async (audience_id: string, reason = 'consent_expired'): Promise<Fields> =>
    control(buyer, 'force_audience_status', { audience_id, status: 'suspended', reason });
  const resume = async (audience_id: string): Promise<Fields> =>
    control(buyer, 'force_audience_status', { audience_id, status: 'ready' });

  test('a suspension is on every buy that leans on the audience, with the packages that do, and goes again', async () => {
    const made = await buy(buyer, [
      { audience_include: ['vip'] },
      { audience_include: ['other'] },
      { audience_exclude: ['vip'] },
    ]);
    const untouched = await buy(buyer, [{ audience_include: ['other'] }]);
    const answer = await suspend('vip');
    assert.deepEqual([answer['success'], answer['current_state']], [true, 'suspended']);
    const hit = await read(buyer, made);
    const [one, ...others] = hit['impairments'] as readonly Fields[];
    const ids = packageIds(made);
    assert.deepEqual(
      { ...one, impairment_id: 0, observed_at: 0 },
      {
        ...{ impairment_id: 0, observed_at: 0, resource_type: 'audience', resource_id: 'vip' },
        ...{ package_ids: [ids[0], ids[2]], transition: { to: 'suspended' }, reason_code: 'consent_expired' },
      },
    );
    assert.deepEqual([others, hit['health'], hit['status']], [[], 'impaired', 'active']);
    assert.deepEqual([(await read(buyer, untouched))['health']], ['ok']);
    // It stays the same while it lasts, whatever is asked for meanwhile.
    await suspend('vip', 'policy_violation');
    assert.deepEqual((await read(buyer, made))['impairments'], hit['impairments']);
    // A buy that comes later is impaired at once.
    const later = await buy(buyer, [{ audience_exclude: ['vip'] }]);
    assert.equal((await read(buyer, later))['health'], 'impaired');
    const lifted = await resume('vip');
    assert.deepEqual([lifted['previous_state'], lifted['success']], ['suspended', true]);
    const well = await read(buyer, made);
    assert.deepEqual([well['impairments'], well['health']], [[], 'ok']);
    await suspend('vip');
    const [again] = (await read(buyer, made))['impairments'] as readonly Fields[];
    assert.notEqual(again?.['impairment_id'], one?.['impairment_id']);
    await resume('vip');
  });

  test('what is over, and what does not lean on it any more, is not impaired', async () => {
    const made = await buy(buyer, [{ audience_include: ['other'] }, {}]);
    await suspend('other');
    assert.equal((await read(buyer, made))['health'], 'impaired');
    const update = async (what: Fields): Promise<void> => {
      const { text, error } = await buyer.call('update_media_buy', {
        ...{ idempotency_key: `key-${randomUUID()}`, account: { account_id: buyer.accountId } },
        ...{ media_buy_id: made['media_buy_id'], ...what },
      });
      assert.equal(error, null, text);
    };
    const [first, second] = packageIds(made);
    await update({ packages: [{ package_id: first, targeting_overlay: { audience_include: ['vip'] } }] });
    assert.equal((await read(buyer, made))['health'], 'ok');
    await update({ packages: [{ package_id: second, targeting_overlay: { audience_exclude: ['other'] } }] });
    assert.equal((await read(buyer, made))['health'], 'impaired');
    await update({ packages: [{ package_id: second, canceled: true }] });
    assert.equal((await read(buyer, made))['health'], 'ok');
    await update({ packages: [{ package_id: first, targeting_overlay: { audience_include: ['other'] } }] });
    await update({ canceled: true });
    const over = await read(buyer, made);
    assert.deepEqual([over['health'], over['impairments']], ['ok', []]);
    await resume('other');
  });

  test('an audience that its buyer deleted impairs nothing, and keeps its package restricted', async () => {
    await buyer.one({ audience_id: 'short', add });
    const made = await buy(buyer, [{ audience_include: ['short'] }]);
    await buyer.one({ audience_id: 'short', delete: true });
    assert.equal((await read(buyer, made))['health'], 'ok');
    const packages = await seller.node.core.store.read('packagesForDecisions', {});
    const [packageId] = packageIds(made);
    const one = packages.find((candidate) => candidate.packageId === packageId);
    assert.equal(one?.include.length, 1, 'nobody is reached, instead of everybody');
    assert.deepEqual([one.exclude, one.isLive], [[], true]);
  });
});

describe('the test controller', () => {
  test('lists what there is, and capabilities, tools and card say the same', async () => {
    const buyer = await newBuyer(seller);
    const { scenarios } = (await control(buyer, 'list_scenarios')) as { scenarios: readonly string[] };
    const { content } = await buyer.call('get_adcp_capabilities', { adcp_version: '3.1' });
    assert.deepEqual((content?.['compliance_testing'] as Fields)['scenarios'], scenarios);
    const older = await buyer.call('get_adcp_capabilities', { adcp_version: '3.0' });
    const known = (older.content?.['compliance_testing'] as Fields)['scenarios'] as readonly string[];
    assert.ok(known.length > 0 && known.every((one) => scenarios.includes(one)));
    const card = await (await fetch(`${seller.url}/.well-known/agent-card.json`)).text();
    assert.match(card, /comply_test_controller/);
  });

  test('touches no live account, and nothing of anybody else', async () => {
    const live = await newBuyer(seller, { sandbox: false });
    await live.one({ audience_id: 'vip', add });
    const made = await buy(live, [{ audience_include: ['vip'] }]);
    const mine = await newBuyer(seller);
    const suspend = { audience_id: 'vip', status: 'suspended' };
    const pause = { media_buy_id: made['media_buy_id'], status: 'paused' };
    for (const who of [live, mine]) {
      assert.equal((await control(who, 'force_audience_status', suspend))['error'], 'NOT_FOUND');
      assert.equal((await control(who, 'force_media_buy_status', pause))['error'], 'NOT_FOUND');
    }
    const named = async (who: Buyer): Promise<unknown> => {
      const account = { account_id: live.accountId, sandbox: true };
      const args = { scenario: 'force_audience_status', params: suspend, account };
      const { content, error } = await who.call('comply_test_controller', args);
      return error?.code ?? content?.['error'];
    };
    assert.deepEqual([await named(live), await named(mine)], ['FORBIDDEN', 'ACCOUNT_NOT_FOUND']);
    const status = { account_id: live.accountId, status: 'closed' };
    assert.equal((await control(live, 'force_account_status', status))['error'], 'FORBIDDEN');
    assert.equal((await control(mine, 'force_account_status', status))['error'], 'NOT_FOUND');
    const { content } = await mine.call('comply_test_controller', {
      ...{ scenario: 'force_audience_status', params: suspend, account: { sandbox: false } },
    });
    assert.equal(content?.['error'], 'FORBIDDEN');
    const after = await read(live, made);
    assert.deepEqual([after['status'], after['health']], ['active', 'ok']);
  });

  test('delivery that is made up is told by day, and adds up', async () => {
    const buyer = await newBuyer(seller);
    const made = await buy(buyer, [{}, {}]);
    const media_buy_id = made['media_buy_id'];
    const delivery = async (more: Fields = {}): Promise<Fields> => {
      const { content } = await buyer.call('get_media_buy_delivery', {
        ...{ media_buy_ids: [media_buy_id], include_package_daily_breakdown: true, ...more },
      });
      return (content?.['media_buy_deliveries'] as readonly Fields[])[0]!;
    };
    assert.deepEqual((await delivery())['totals'], { impressions: 0, clicks: 0, spend: 0 });
    for (const impressions of [333, 333, 334]) {
      await control(buyer, 'simulate_delivery', { media_buy_id, impressions, clicks: 1 });
    }
    const said = { amount: 2.5, currency: 'USD' };
    await control(buyer, 'simulate_delivery', { media_buy_id, impressions: 10, reported_spend: said });
    const { totals, by_package } = await delivery();
    assert.deepEqual(totals, { impressions: 1_010, clicks: 3, spend: 7.5 });
    const [first, second] = by_package as readonly Fields[];
    assert.deepEqual([first?.['spend'], second?.['spend']], [7.5, 0]);
    const today = new Date().toISOString().slice(0, 10);
    const past = await delivery({ start_date: '2020-01-01', end_date: '2020-01-02' });
    assert.deepEqual(past['totals'], { impressions: 0, clicks: 0, spend: 0 });
    assert.equal((first?.['daily_breakdown'] as readonly Fields[]).length >= 1, true, today);
    await control(buyer, 'simulate_budget_spend', { media_buy_id, spend_percentage: 95 });
    assert.deepEqual(((await delivery())['totals'] as Fields)['spend'], 190);
    const low = await buyer.call('update_media_buy', {
      ...{ idempotency_key: `key-${randomUUID()}`, account: { account_id: buyer.accountId }, media_buy_id },
      packages: [{ package_id: packageIds(made)[0], budget: 94 }],
    });
    assert.equal(low.error?.code, 'BUDGET_TOO_LOW', low.text);
  });

  test('products that a test seeds are its own, and can be bought', async () => {
    const [buyer, stranger] = [await newBuyer(seller), await newBuyer(seller)];
    const product = { product_id: 'seeded', fixture: { delivery_type: 'guaranteed', channels: ['ctv'] } };
    assert.equal((await control(buyer, 'seed_product', product))['success'], true);
    assert.equal((await control(buyer, 'seed_product', product))['success'], true);
    const other = { ...product, fixture: { channels: ['display'] } };
    assert.equal((await control(buyer, 'seed_product', other))['error'], 'INVALID_PARAMS');
    const price = {
      product_id: 'seeded',
      pricing_option_id: 'p',
      fixture: { currency: 'EUR', floor_price: 3 },
    };
    assert.equal((await control(buyer, 'seed_pricing_option', price))['success'], true);
    assert.equal((await control(stranger, 'seed_pricing_option', price))['error'], 'NOT_FOUND');
    const shown = async (who: Buyer): Promise<number> => {
      const { content } = await who.call('get_products', { filters: { channels: ['ctv'] } });
      return (content?.['products'] as readonly unknown[]).length;
    };
    assert.deepEqual([await shown(buyer), await shown(stranger)], [1, 0]);
    const packageOf = (bid_price?: number): Fields => ({
      packages: [{ product_id: 'seeded', pricing_option_id: 'p', budget: 5, bid_price }],
    });
    const made = await buy(buyer, [], packageOf(4));
    assert.equal(made['currency'], 'EUR');
    for (const [bid, code] of [
      [undefined, 'INVALID_REQUEST'],
      [2, 'VALIDATION_ERROR'],
    ] as const) {
      const { error } = await buyer.call('create_media_buy', {
        ...{ idempotency_key: `key-${randomUUID()}`, account: { account_id: buyer.accountId } },
        ...{ brand: { domain: 'a.example' }, start_time: 'asap', end_time: '2096-01-01T00:00:00Z' },
        ...packageOf(bid),
      });
      assert.deepEqual([error?.code, error?.field], [code, 'packages[0].bid_price']);
    }
  });

  test('a creation that is made to wait is polled, told once, and replayed as it was', async () => {
    const receiver = await startReceiver();
    const buyer = await newBuyer(seller);
    const task_id = `task_${randomUUID()}`;
    await control(buyer, 'force_create_media_buy_arm', { arm: 'submitted', task_id, message: 'Wait.' });
    const idempotency_key = `key-${randomUUID()}`;
    const push_notification_config = { url: `${receiver.url}/hook`, operation_id: 'op-1' };
    const call = { idempotency_key, push_notification_config };
    const first = await buy(buyer, [{}], call);
    assert.deepEqual([first['status'], first['task_id'], first['message']], ['submitted', task_id, 'Wait.']);
    const poll = async (): Promise<Fields> =>
      (await buyer.call('get_task_status', { task_id, include_result: true })).content!;
    const open = await poll();
    assert.deepEqual([open['status'], open['task_type']], ['submitted', 'create_media_buy']);
    const result = {
      media_buy_id: 'mb_forced',
      packages: [],
      revision: 1,
      confirmed_at: '2026-01-01T00:00:00Z',
    };
    const ended = await control(buyer, 'force_task_completion', { task_id, result });
    assert.deepEqual([ended['previous_state'], ended['current_state']], ['submitted', 'completed']);
    assert.equal(
      (await control(buyer, 'force_task_completion', { task_id, result }))['error'],
      'INVALID_TRANSITION',
    );
    assert.deepEqual((await poll())['result'], result);
    const again = await buy(buyer, [{}], call);
    assert.deepEqual([again['status'], again['replayed']], ['submitted', true]);
    const [delivered] = await receiver.waitFor(1, '/hook');
    assert.deepEqual(delivered!.json['result'], result);
    assert.equal((await buy(buyer, [{}]))['status'], 'completed', 'one call only');
    await receiver.close();
    assert.equal(receiver.deliveries.length, 1);
  });

  test('an unknown scenario is told so, over A2A too', async () => {
    for (const door of doors.filter(({ isAdcp }) => isAdcp)) {
      const { content } = await door.call(seller, 'comply_test_controller', { scenario: 'nothing' });
      assert.equal(content?.['error'], 'UNKNOWN_SCENARIO', door.name);
    }
  });
});
