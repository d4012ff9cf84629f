/** The test controller of a real server: what it sets up, what it refuses, and where it does not reach. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { newBuyer } from '../support/buyer.ts';
import { idOf, inDays, line, mediaBuyer, packagesOf, type MediaBuyer } from '../support/buys.ts';
import { doors } from '../support/doors.ts';
import { startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

let seller: Seller;
let buyer: MediaBuyer;
before(async () => {
  seller = await startSeller({ testController: true });
  buyer = mediaBuyer(await newBuyer(seller));
});
after(async () => {
  await seller.close();
});

async function control(scenario: string, params: Fields, of = buyer): Promise<Fields> {
  const { content, text } = await of.call('comply_test_controller', {
    ...{ scenario, params, account: { sandbox: true } },
  });
  assert.equal(content?.['status'], 'completed', text);
  return content;
}

const refusal = async (scenario: string, params: Fields, of = buyer): Promise<unknown> =>
  (await control(scenario, params, of))['error'];
const productsOf = async (fields: Fields = {}): Promise<readonly Fields[]> =>
  (await buyer.call('get_products', fields)).content?.['products'] as readonly Fields[];

describe('a seed', () => {
  test('of a buy in a state or a currency that there is not, is refused', async () => {
    const media_buy_id = randomUUID();
    for (const fixture of [
      { status: 'running' },
      { status: 5 },
      { status: 'pending_creatives' },
      { currency: 'dollars' },
      { currency: 5 },
    ]) {
      const params = { media_buy_id, fixture };
      assert.equal(await refusal('seed_media_buy', params), 'INVALID_PARAMS', JSON.stringify(fixture));
    }
    assert.equal((await control('seed_media_buy', { media_buy_id }))['success'], true);
  });

  test('again is the same, and with another fixture refused', async () => {
    const seeds: readonly (readonly [string, Fields, Fields])[] = [
      ['seed_media_buy', { media_buy_id: randomUUID() }, { status: 'paused', currency: 'EUR' }],
      ['seed_account', { account_id: randomUUID() }, { name: 'A', brand: { domain: 'a.example' } }],
      ['seed_product', { product_id: randomUUID() }, { name: 'P' }],
    ];
    for (const [scenario, params, fixture] of seeds) {
      for (let time = 0; time < 2; time++) {
        assert.equal((await control(scenario, { ...params, fixture }))['success'], true, scenario);
      }
      const other = { ...params, fixture: { ...fixture, name: 'B', status: 'active' } };
      assert.equal(await refusal(scenario, other), 'INVALID_PARAMS', scenario);
    }
  });

  test('of a product has the prices of its fixture, and only channels that there are', async () => {
    const product_id = randomUUID();
    const fixture = {
      channels: ['video', 'ctv'],
      pricing_options: [{ pricing_option_id: 'own', currency: 'EUR', fixed_price: 7 }],
    };
    await control('seed_product', { product_id, fixture });
    await control('seed_pricing_option', {
      product_id,
      pricing_option_id: 'constructor',
      fixture: { currency: 'GBP', floor_price: 2 },
    });
    const one = (await productsOf()).find((product) => product['product_id'] === product_id);
    assert.deepEqual(one?.['channels'], ['ctv']);
    const prices = one['pricing_options'] as readonly Fields[];
    assert.deepEqual(
      prices.map((price) => [price['pricing_option_id'], price['currency']]),
      [
        ['own', 'EUR'],
        ['constructor', 'GBP'],
      ],
    );
  });

  test('of a price that cannot be a price is refused', async () => {
    const product_id = randomUUID();
    await control('seed_product', { product_id });
    for (const fixture of [
      { currency: 'euro' },
      { fixed_price: -1 },
      { fixed_price: 1e300 },
      { floor_price: '2' },
      { min_spend_per_package: 1e17 },
    ]) {
      const params = { product_id, pricing_option_id: 'p', fixture };
      assert.equal(await refusal('seed_pricing_option', params), 'INVALID_PARAMS', JSON.stringify(fixture));
      const inProduct = {
        product_id: randomUUID(),
        fixture: { pricing_options: [{ ...fixture, pricing_option_id: 'p' }] },
      };
      assert.equal(await refusal('seed_product', inProduct), 'INVALID_PARAMS', JSON.stringify(fixture));
    }
  });
});

describe('made-up delivery', () => {
  const totals = async (mediaBuyId: string): Promise<unknown> => {
    const { content, text } = await buyer.call('get_media_buy_delivery', { media_buy_ids: [mediaBuyId] });
    const [one] = (content?.['media_buy_deliveries'] ?? []) as readonly Fields[];
    return one?.['totals'] ?? text;
  };

  test('of numbers that are none is refused, and counts nothing', async () => {
    const media_buy_id = idOf(await buyer.create());
    for (const params of [
      { impressions: -5 },
      { impressions: '100' },
      { impressions: 1.5 },
      { impressions: 9e15 },
      { clicks: -1 },
      { clicks: null },
      { reported_spend: { amount: 1e300, currency: 'USD' } },
      { reported_spend: { amount: -1, currency: 'USD' } },
      { reported_spend: { amount: 1, currency: 'EUR' } },
      { reported_spend: 5 },
    ]) {
      const answer = await refusal('simulate_delivery', { media_buy_id, ...params });
      assert.equal(answer, 'INVALID_PARAMS', JSON.stringify(params));
    }
    for (const spend_percentage of [-1, '50', 1e9, undefined]) {
      const params = { media_buy_id, spend_percentage };
      assert.equal(await refusal('simulate_budget_spend', params), 'INVALID_PARAMS');
    }
    assert.deepEqual(await totals(media_buy_id), { impressions: 0, clicks: 0, spend: 0 });
  });

  test('that would be more than can be counted is refused, and the report can be read', async () => {
    const media_buy_id = idOf(await buyer.create({ packages: [{ ...line, budget: 900_000_000 }] }));
    const reported_spend = { amount: 900_000_000, currency: 'USD' };
    const answers = [];
    for (let time = 0; time < 12; time++) {
      answers.push((await control('simulate_delivery', { media_buy_id, reported_spend }))['error']);
    }
    assert.deepEqual(answers, [...Array<undefined>(10).fill(undefined), 'INVALID_STATE', 'INVALID_STATE']);
    assert.deepEqual(await totals(media_buy_id), { impressions: 0, clicks: 0, spend: 9_000_000_000 });
    const dear = { media_buy_id, spend_percentage: 1_000 };
    assert.equal(await refusal('simulate_budget_spend', dear), 'INVALID_PARAMS');
  });

  test('by budget is for a buy, or for every live buy of an account', async () => {
    const other = mediaBuyer(await newBuyer(seller));
    const packages = [{ ...line, budget: 200 }];
    const [first, second, over] = [
      await other.create(),
      await other.create({ packages }),
      await other.create(),
    ];
    await other.update(idOf(over), { canceled: true });
    const params = { account_id: other.accountId, spend_percentage: 50 };
    assert.equal((await control('simulate_budget_spend', params, other))['success'], true);
    const { content } = await other.call('get_media_buy_delivery', {
      media_buy_ids: [first, second, over].map(idOf),
    });
    assert.deepEqual(
      (content?.['media_buy_deliveries'] as readonly Fields[]).map(
        ({ totals: of }) => (of as Fields)['spend'],
      ),
      [50, 100, 0],
    );
    assert.equal(await refusal('simulate_budget_spend', params), 'NOT_FOUND');
  });
});

test('a report of more buys than it holds is refused, and those that are named are told', async () => {
  const other = mediaBuyer(await newBuyer(seller));
  const ids = Array.from({ length: 1_001 }, () => randomUUID());
  for (let start = 0; start < ids.length; start += 50) {
    await Promise.all(
      ids
        .slice(start, start + 50)
        .map(async (media_buy_id) => control('seed_media_buy', { media_buy_id }, other)),
    );
  }
  const { error } = await other.call('get_media_buy_delivery', {});
  assert.deepEqual([error?.code, error?.field], ['INVALID_REQUEST', 'media_buy_ids']);
  const named = await other.call('get_media_buy_delivery', { media_buy_ids: ids.slice(1) });
  assert.equal((named.content?.['media_buy_deliveries'] as readonly Fields[]).length, 1_000);
});

test('live accounts and other callers are out of its reach', async () => {
  const live = mediaBuyer(await newBuyer(seller, { sandbox: false }));
  const bought = await live.create();
  assert.equal(bought.error, null, bought.text);
  const media_buy_id = idOf(bought);
  const own: readonly (readonly [string, Fields, string])[] = [
    ['force_media_buy_status', { media_buy_id, status: 'paused' }, 'NOT_FOUND'],
    ['simulate_delivery', { media_buy_id, impressions: 5 }, 'NOT_FOUND'],
    ['simulate_budget_spend', { media_buy_id, spend_percentage: 5 }, 'NOT_FOUND'],
    ['simulate_budget_spend', { account_id: live.accountId, spend_percentage: 5 }, 'NOT_FOUND'],
    ['force_account_status', { account_id: live.accountId, status: 'suspended' }, 'FORBIDDEN'],
    ['seed_media_buy', { media_buy_id: randomUUID() }, 'INVALID_STATE'],
  ];
  for (const [scenario, params, error] of own) {
    assert.equal(await refusal(scenario, params, live), error, scenario);
  }
  for (const account of [{ sandbox: false }, { account_id: live.accountId, sandbox: true }]) {
    const { content } = await live.call('comply_test_controller', {
      ...{ scenario: 'simulate_delivery', params: { media_buy_id, impressions: 5 }, account },
    });
    assert.equal(content?.['error'], 'FORBIDDEN');
  }
  const theirs = idOf(await mediaBuyer(await newBuyer(seller)).create());
  for (const scenario of ['force_media_buy_status', 'simulate_delivery']) {
    assert.equal(await refusal(scenario, { media_buy_id: theirs, status: 'paused' }), 'NOT_FOUND');
  }
  const read = await live.read(media_buy_id);
  assert.deepEqual([read['status'], packagesOf(read).length], ['active', 1]);
});

describe('an armed creation', () => {
  test('asks its buyer back, makes nothing, and can be repeated', async () => {
    for (const door of doors.filter(({ isAdcp }) => isAdcp)) {
      const other = mediaBuyer(await newBuyer(seller, { door }));
      const message = 'Somebody must approve this. '.repeat(20);
      const armed = await control('force_create_media_buy_arm', { arm: 'input-required', message }, other);
      assert.deepEqual(armed['forced'], { arm: 'input-required' }, door.name);
      const call = { idempotency_key: randomUUID(), end_time: inDays(9) };
      const { content, text } = await other.create(call);
      assert.equal(content?.['status'], 'input-required', text);
      assert.deepEqual([content['reason'], content['message']], ['APPROVAL_REQUIRED', message]);
      const [error] = content['errors'] as readonly Fields[];
      assert.equal(error?.['message'], message);
      assert.equal(content['adcp_error'], undefined);
      const buys = await other.call('get_media_buys', {});
      assert.deepEqual(buys.content?.['media_buys'], []);
      const again = await other.create(call);
      assert.deepEqual([again.error, again.content?.['replayed']], [null, undefined], again.text);
      assert.equal((await other.create(call)).content?.['replayed'], true);
    }
  });

  test('in a way that there is not is refused', async () => {
    for (const params of [
      { arm: 'completed' },
      { arm: 'submitted' },
      { arm: 'submitted', task_id: 'x'.repeat(129) },
      { arm: 'input-required', message: 5 },
      { arm: 'input-required', message: 'x'.repeat(2_001) },
    ]) {
      const answer = await refusal('force_create_media_buy_arm', params);
      assert.equal(answer, 'INVALID_PARAMS', JSON.stringify(params).slice(0, 80));
    }
    assert.equal((await buyer.create()).content?.['status'], 'completed');
  });
});
