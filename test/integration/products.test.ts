/** Products by a real server: which filters shorten the list, which cannot, and what became of a wish. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { newBuyer, type Buyer } from '../support/buyer.ts';
import { startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-products-'));
const format = (id: string, agent = 'https://creative.example'): Fields => ({ agent_url: agent, id });
const fixed = { pricing_option_id: 'fixed', currency: 'EUR', fixed_price: 5 };
const bid = { pricing_option_id: 'bid', currency: 'USD', floor_price: 2, min_spend_per_package: 500 };
const product = (product_id: string, more: Fields): Fields => ({
  ...{ product_id, name: product_id, description: 'Made for a test.' },
  ...{ format_ids: [format('box')], pricing_options: [fixed], ...more },
});
const products = [
  product('everywhere', { pricing_options: [fixed, bid] }),
  product('germany', { countries: ['DE', 'AT'], channels: ['ctv'], format_ids: [format('spot')] }),
  product('dear', { countries: ['US'], delivery_type: 'guaranteed', pricing_options: [bid] }),
  product('theirs', { countries: ['FR'], format_ids: [format('box', 'https://other.example/agent')] }),
];

let seller: Seller;
let buyer: Buyer;
before(async () => {
  const file = join(folder, 'products.json');
  writeFileSync(file, `\uFEFF${JSON.stringify({ products })}`);
  seller = await startSeller({ products: file });
  buyer = await newBuyer(seller);
});
after(async () => {
  await seller.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(fields: Fields): Promise<Fields> {
  const { content, text } = await buyer.call('get_products', { adcp_version: '3.1', ...fields });
  assert.equal(content?.['status'], 'completed', text);
  return content;
}
const listOf = (content: Fields): readonly Fields[] => content['products'] as readonly Fields[];
const idsOf = (content: Fields): readonly unknown[] => listOf(content).map((one) => one['product_id']);
const all = products.map((one) => one['product_id']);

describe('filters', () => {
  const cases: Readonly<Record<string, readonly [Fields, readonly unknown[]]>> = {
    'countries, of which a product that names none has all': [
      { countries: ['AT', 'FR'] },
      ['everywhere', 'germany', 'theirs'],
    ],
    channels: [{ channels: ['ctv'] }, ['germany']],
    'the way of delivery': [{ delivery_type: 'guaranteed' }, ['dear']],
    'fixed prices': [{ is_fixed_price: true }, ['everywhere', 'germany', 'theirs']],
    currencies: [{ pricing_currencies: ['USD'] }, ['everywhere', 'dear']],
    'a format with its agent, however the address is written': [
      { format_ids: [format('box', 'HTTPS://Creative.example:443/')] },
      ['everywhere', 'dear'],
    ],
    'a budget that the least spend of some is above': [{ budget_range: { max: 499, currency: 'USD' } }, []],
    'a budget that is enough': [
      { budget_range: { min: 1, max: 500, currency: 'USD' } },
      ['everywhere', 'dear'],
    ],
    'a budget without an end': [
      { budget_range: { min: 1e300, currency: 'EUR' } },
      ['everywhere', 'germany', 'theirs'],
    ],
    'dates, as every product can be had for any': [{ start_date: '2096-01-01', end_date: '2096-01-01' }, all],
    'metrics that are counted': [{ required_metrics: ['clicks', 'spend'] }, all],
    'metrics that are not': [{ required_metrics: ['clicks', 'completed_views'] }, []],
    'what the seller can do': [
      { required_features: { audience_targeting: true, inline_creative_management: false } },
      all,
    ],
    'what the seller cannot do': [{ required_features: { inline_creative_management: true } }, []],
    'promises that nobody makes here': [
      { required_performance_standards: [{ metric: 'viewability', threshold: 0.7 }] },
      [],
    ],
    'metrics of vendors, that nobody measures here': [
      { required_vendor_metrics: [{ metric_id: 'attention' }] },
      [],
    ],
    'several at once': [{ countries: ['US'], pricing_currencies: ['EUR'] }, ['everywhere']],
  };
  for (const [what, [filters, ids]] of Object.entries(cases)) {
    test(`by ${what}`, async () => {
      for (const buying_mode of ['brief', 'wholesale']) {
        const content = await ask({ buying_mode, filters });
        assert.deepEqual(idsOf(content), ids);
        assert.equal(content['errors'], undefined);
      }
    });
  }

  test('leave out prices that were not asked for, in every mode', async () => {
    for (const [filters, price] of [
      [{ is_fixed_price: false }, 'bid'],
      [{ pricing_currencies: ['EUR'] }, 'fixed'],
    ] as const) {
      const [first] = listOf(await ask({ buying_mode: 'brief', filters }));
      const prices = first?.['pricing_options'] as readonly Fields[];
      assert.deepEqual(
        prices.map((one) => one['pricing_option_id']),
        [price],
      );
    }
  });

  test('that nobody can judge here are told as not applied', async () => {
    const content = await ask({
      filters: { min_exposures: 5, regions: ['DE-BY'], standard_formats_only: false, countries: ['DE'] },
      required_policies: ['p'],
    });
    assert.deepEqual(idsOf(content), ['everywhere', 'germany']);
    const warnings = content['errors'] as readonly Fields[];
    assert.deepEqual(
      warnings.map(({ code, field, severity }) => [code, field, severity]),
      ['filters.min_exposures', 'filters.regions', 'required_policies'].map((field) => [
        'UNSUPPORTED_FEATURE',
        field,
        'warning',
      ]),
    );
    assert.equal(content['adcp_error'], undefined);
  });

  const bad: readonly (readonly [Fields, string])[] = [
    [{ countries: ['de'] }, 'filters.countries[0]'],
    [{ countries: [] }, 'filters.countries'],
    [{ start_date: '2026-02-30' }, 'filters.start_date'],
    [{ start_date: '2026-03-02', end_date: '2026-03-01' }, 'filters.start_date'],
    [{ budget_range: { max: 5 } }, 'filters.budget_range.currency'],
    [{ budget_range: { currency: 'EUR' } }, 'filters.budget_range.max'],
    [{ budget_range: { currency: 'EUR', min: 2, max: 1 } }, 'filters.budget_range.min'],
    [{ format_ids: ['box'] }, 'filters.format_ids[0]'],
    [{ format_ids: [{ id: 'box' }] }, 'filters.format_ids[0].agent_url'],
  ];
  for (const [filters, field] of bad) {
    test(`that are none are refused: ${JSON.stringify(filters)}`, async () => {
      const { error, text } = await buyer.call('get_products', { filters });
      assert.deepEqual([error?.code, error?.field], ['INVALID_REQUEST', field], text);
    });
  }
});

describe('wishes', () => {
  test('are answered one by one, and nothing is called applied that was not', async () => {
    const refine = [
      { scope: 'request', ask: 'More video.' },
      { scope: 'product', product_id: 'germany', action: 'omit' },
      { scope: 'product', product_id: 'everywhere' },
      { scope: 'product', product_id: 'everywhere', action: 'include', ask: 'Add a format.' },
      { scope: 'product', product_id: 'everywhere', action: 'more_like_this' },
      { scope: 'product', product_id: 'dear', action: 'include' },
      { scope: 'product', product_id: 'none', action: 'omit' },
      { scope: 'proposal', proposal_id: 'p', action: 'finalize' },
    ];
    const content = await ask({ buying_mode: 'refine', refine, filters: { pricing_currencies: ['EUR'] } });
    assert.deepEqual(idsOf(content), ['everywhere', 'theirs']);
    const told = content['refinement_applied'] as readonly Fields[];
    assert.deepEqual(
      told.map((one) => [one['scope'], one['product_id'] ?? one['proposal_id'], one['status']]),
      [
        ['request', undefined, 'unable'],
        ['product', 'germany', 'applied'],
        ['product', 'everywhere', 'applied'],
        ['product', 'everywhere', 'partial'],
        ['product', 'everywhere', 'partial'],
        ['product', 'dear', 'unable'],
        ['product', 'none', 'unable'],
        ['proposal', 'p', 'unable'],
      ],
    );
  });

  test('are no part of the other modes', async () => {
    const refine = [{ scope: 'product', product_id: 'germany', action: 'omit' }];
    const brief = await ask({ buying_mode: 'brief', refine });
    assert.deepEqual([idsOf(brief), brief['refinement_applied']], [all, undefined]);
    const unnamed = await ask({ refine });
    assert.equal((unnamed['refinement_applied'] as readonly Fields[]).length, 1);
  });
});

test('pages of products go on, and a cursor of nothing is refused', async () => {
  const page = async (cursor?: unknown): Promise<Fields> =>
    ask({ pagination: { max_results: 3, ...(cursor === undefined ? {} : { cursor }) } });
  const first = await page();
  const { cursor, total_count } = first['pagination'] as Fields;
  assert.deepEqual([idsOf(first).length, total_count], [3, 4]);
  assert.deepEqual(idsOf(await page(cursor)), all.slice(3));
  const filters = { channels: ['ctv'] };
  const other = await buyer.call('get_products', { filters, pagination: { cursor } });
  assert.equal(other.error?.field, 'pagination.cursor', other.text);
});

test('a product says where it is sold', async () => {
  const [everywhere, germany] = listOf(await ask({}));
  assert.deepEqual(
    [everywhere?.['ext'], germany?.['ext']],
    [undefined, { rollcall: { countries: ['DE', 'AT'] } }],
  );
});

describe('formats of creatives', () => {
  const formats = async (fields: Fields): Promise<Fields> => {
    const { content, text } = await buyer.call('list_creative_formats', { adcp_version: '3.1', ...fields });
    assert.equal(content?.['status'], 'completed', text);
    return content;
  };
  const boxes = [format('box'), format('spot'), format('box', 'https://other.example/agent')];
  const idsIn = (content: Fields): readonly unknown[] =>
    (content['formats'] as readonly Fields[]).map((one) => one['format_id']);

  test('are those of the products, each once, with the agents that define them', async () => {
    const content = await formats({});
    assert.deepEqual(idsIn(content), boxes);
    assert.deepEqual(content['creative_agents'], [
      { agent_url: 'https://creative.example' },
      { agent_url: 'https://other.example/agent' },
    ]);
    assert.equal(content['errors'], undefined);
    const named = listOf(await ask({})).flatMap((one) => one['format_ids'] as readonly Fields[]);
    assert.ok(
      named.every((one) =>
        boxes.some(({ id, agent_url }) => id === one['id'] && agent_url === one['agent_url']),
      ),
    );
  });

  test('are found by id and by name, and in pages', async () => {
    assert.deepEqual(idsIn(await formats({ format_ids: [boxes[2], format('none')] })), [boxes[2]]);
    assert.deepEqual(idsIn(await formats({ name_search: 'BO' })), [boxes[0], boxes[2]]);
    const first = await formats({ pagination: { max_results: 2 } });
    const { cursor } = first['pagination'] as Fields;
    const last = await formats({ pagination: { max_results: 2, cursor } });
    assert.deepEqual([...idsIn(first), ...idsIn(last)], boxes);
    assert.deepEqual(last['pagination'], { has_more: false, total_count: 3 });
  });

  test('have sizes and assets that only their agents know, so that nobody is told that these were looked at', async () => {
    const content = await formats({ asset_types: ['image'], max_width: 300 });
    assert.deepEqual(idsIn(content), boxes);
    const warnings = content['errors'] as readonly Fields[];
    assert.deepEqual(
      warnings.map(({ field, severity }) => [field, severity]),
      [
        ['asset_types', 'warning'],
        ['max_width', 'warning'],
      ],
    );
    const { error } = await buyer.call('list_creative_formats', { format_ids: [{ id: 'box' }] });
    assert.equal(error?.field, 'format_ids[0].agent_url');
  });
});
