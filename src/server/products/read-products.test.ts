import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';

import { UsageFault } from '../options-table.ts';
import { catalogueOf } from './read-products.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-products-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

const settings = { publicUrl: 'https://ads.news.example', testController: false };

function catalogue(text: string) {
  const products = join(folder, 'products.json');
  writeFileSync(products, text);
  return catalogueOf({ ...settings, products });
}

const price = { pricing_option_id: 'p', currency: 'EUR', fixed_price: 4.5 };
const format = { agent_url: 'https://creative.example', id: 'box' };
const product = {
  ...{ product_id: 'a', name: 'A', description: 'All of it.' },
  ...{ format_ids: [format], pricing_options: [price] },
};
const file = (...products: readonly object[]): string => JSON.stringify({ products });

describe('the file of products', () => {
  test('is taken as it is written', () => {
    const floor = { pricing_option_id: 'q', currency: 'EUR', floor_price: 2, min_spend_per_package: 10 };
    const [one] = catalogue(
      file({
        ...{ ...product, channels: ['ctv'], delivery_type: 'guaranteed', publisher_domain: 'tv.example' },
        ...{
          pricing_options: [price, floor],
          measurement_terms: { windows: ['c7'], min_variance_percent: 3 },
        },
      }),
    );
    assert.deepEqual(one, {
      ...{ productId: 'a', name: 'A', description: 'All of it.', publisherDomain: 'tv.example' },
      ...{ channels: ['ctv'], deliveryType: 'guaranteed' },
      formatIds: [{ agentUrl: 'https://creative.example', id: 'box' }],
      pricingOptions: [
        {
          ...{ pricingOptionId: 'p', currency: 'EUR', fixedMicros: 4_500_000 },
          ...{ floorMicros: null, minBudgetMicros: 0 },
        },
        {
          ...{ pricingOptionId: 'q', currency: 'EUR', fixedMicros: null },
          ...{ floorMicros: 2_000_000, minBudgetMicros: 10_000_000 },
        },
      ],
      terms: { windows: ['c7'], minVariancePercent: 3 },
    });
  });

  test('is not needed, and tests have a product more', () => {
    const plain = catalogueOf({ ...settings, products: '' });
    assert.equal(plain[0]?.publisherDomain, 'ads.news.example');
    const tested = catalogueOf({ ...settings, products: '', testController: true });
    assert.deepEqual([plain.length, tested.length, tested[1]?.productId], [1, 2, 'test-product']);
  });

  const bad: Readonly<Record<string, readonly [string, RegExp]>> = {
    'is not JSON': ['{', /is not JSON/],
    'is no object': ['[]', /must hold an object/],
    'has no products': ['{}', /products is required/],
    'has an empty list': [file(), /products must have at least 1/],
    'has a name that is nobody’s': [
      file({ ...product, prices: [] }),
      /products\[0\]\.prices is no field here/,
    ],
    'has no price': [file({ ...product, pricing_options: [] }), /products\[0\]\.pricing_options must have/],
    'has a price of two kinds': [
      file({ ...product, pricing_options: [{ ...price, floor_price: 1 }] }),
      /products\[0\]\.pricing_options\[0\]\.fixed_price or floor_price must be given, and not both/,
    ],
    'has another pricing model': [
      file({ ...product, pricing_options: [{ ...price, pricing_model: 'cpc' }] }),
      /products\[0\]\.pricing_options\[0\]\.pricing_model must be one of cpm/,
    ],
    'has no such channel': [file({ ...product, channels: ['tv'] }), /products\[0\]\.channels must hold only/],
    'has a product twice': [file(product, product), /products\[1\]\.product_id is there twice/],
    'has a negative price': [
      file({ ...product, pricing_options: [{ ...price, fixed_price: -1 }] }),
      /pricing_options\[0\]\.fixed_price must be 0 or more/,
    ],
  };
  for (const [what, [text, says]] of Object.entries(bad)) {
    test(`is refused when it ${what}`, () => {
      assert.throws(
        () => catalogue(text),
        (error: unknown) => error instanceof UsageFault && says.test(error.message),
      );
    });
  }

  test('is refused when it is not there', () => {
    assert.throws(() => catalogueOf({ ...settings, products: join(folder, 'none.json') }), /cannot be read/);
  });
});
