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
        countries: ['DE', 'AT'],
        format_ids: [{ ...format, name: 'A box' }],
        ...{
          pricing_options: [price, floor],
          measurement_terms: { windows: ['c7'], min_variance_percent: 3 },
        },
      }),
    );
    assert.deepEqual(one, {
      ...{ productId: 'a', name: 'A', description: 'All of it.', publisherDomain: 'tv.example' },
      ...{ channels: ['ctv'], countries: ['DE', 'AT'], deliveryType: 'guaranteed' },
      formatIds: [{ agentUrl: 'https://creative.example', id: 'box', name: 'A box' }],
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

  test('may begin with the mark that some editors write, and name the product of the tests', () => {
    const [one] = catalogue(`\uFEFF${file(product)}`);
    assert.deepEqual([one?.productId, one?.countries], ['a', null]);
    const products = join(folder, 'products.json');
    writeFileSync(products, file({ ...product, product_id: 'test-product' }));
    assert.equal(catalogueOf({ ...settings, testController: true, products }).length, 1);
  });

  test('needs a domain of the publisher where the server has only an address', () => {
    const [one] = catalogueOf({ ...settings, publicUrl: 'http://[::1]:8080', products: '' });
    assert.equal(one?.publisherDomain, 'publisher.example');
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
    'has a channel twice': [
      file({ ...product, channels: ['ctv', 'ctv'] }),
      /products\[0\]\.channels holds something twice/,
    ],
    'has a country that is none': [file({ ...product, countries: ['Germany'] }), /countries\[0\] must have/],
    'has a format that AdCP could not name': [
      file({ ...product, format_ids: [{ ...format, id: 'a.b' }] }),
      /format_ids\[0\]\.id must be made of letters, digits and _ -/,
    ],
    'has a format of no agent': [
      file({ ...product, format_ids: [{ ...format, agent_url: 'javascript:x' }] }),
      /format_ids\[0\]\.agent_url must be an address/,
    ],
    'has a price that is huge': [
      file({ ...product, pricing_options: [{ ...price, fixed_price: 1e300 }] }),
      /fixed_price must be 1000000000 or less/,
    ],
    'has a price that is a text': [
      file({ ...product, pricing_options: [{ ...price, fixed_price: '4' }] }),
      /fixed_price must be a number/,
    ],
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
