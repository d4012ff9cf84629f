import type { Product } from '../../service/buys/api.ts';
import { microsOf } from '../../service/buys/money.ts';

/** AdCP's own creative agent, which defines the formats that the ones below name. */
const creativeAgent = 'https://creative.adcontextprotocol.org';

/** What is sold where no file of products is given. `publisherDomain`: where the seller's adagents.json is. */
export function defaultProducts(publisherDomain: string): readonly Product[] {
  return [
    {
      productId: 'run_of_network_display',
      name: 'Run of network, display',
      description: 'Display on all pages of this publisher. Made to be restricted to audiences.',
      publisherDomain,
      channels: ['display'],
      countries: null,
      deliveryType: 'non_guaranteed',
      formatIds: [
        { agentUrl: creativeAgent, id: 'display_300x250_image', name: 'Display image, 300 by 250' },
      ],
      pricingOptions: [
        {
          pricingOptionId: 'cpm_usd',
          currency: 'USD',
          fixedMicros: microsOf(5),
          floorMicros: null,
          minBudgetMicros: 0,
        },
      ],
      terms: { windows: ['c3', 'c7', 'final'], minVariancePercent: 5 },
    },
  ];
}

/** What the official storyboards buy without having looked at the products. Only where the test controller is served. */
export function testProduct(like: Product): Product {
  const price = { currency: 'USD', fixedMicros: microsOf(5), floorMicros: null, minBudgetMicros: 0 };
  return {
    ...like,
    productId: 'test-product',
    name: 'Test product',
    description: 'For conformance tests of this sandbox.',
    pricingOptions: ['test-pricing', 'default'].map((pricingOptionId) => ({ pricingOptionId, ...price })),
  };
}
