/** Every answer about media buys is what AdCP's schemas say, whatever valid request it is an answer to. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { sdkSchemas, validatorOf, type Check } from '../../src/protocol/adcp/testing/official-schemas.ts';
import { newBuyer } from '../support/buyer.ts';
import { idOf, inDays, line, mediaBuyer, packagesOf, type MediaBuyer } from '../support/buys.ts';
import { responseSchemas } from '../support/exchange-check.ts';
import { randomRequests, without } from '../support/random-requests.ts';
import { startSeller, type Seller } from '../support/seller.ts';
import { argumentsOf, type Fields, type WireAnswer } from '../support/wire.ts';

let seller: Seller;
let buyer: MediaBuyer;
before(async () => {
  seller = await startSeller();
  buyer = mediaBuyer(await newBuyer(seller));
  await buyer.one({ audience_id: 'a', add: [{ external_id: 'm', hashed_email: 'a'.repeat(64) }] });
});
after(async () => {
  await seller.close();
});

/** Every exchange is looked at with the schemas of 3.0 wherever it is made; those of 3.1 are looked at where they are at hand. */
const folder = `${process.env['ROLLCALL_ADCP_SCHEMAS'] ?? ''}/3.1.19`;
const current: Check | null = existsSync(folder) ? validatorOf(folder) : null;
const official: Check = validatorOf(sdkSchemas);
const noSchemaOf31 = ['list_creative_formats'];

/** What is refused by name, and stands in nearly every random request. */
const unsupportedOfBuys = [
  ...[
    'reporting_webhook',
    'invoice_recipient',
    'artifact_webhook',
    'proposal_id',
    'plan_id',
    'io_acceptance',
  ],
  ...['push_notification_config', 'idempotency_key', 'account'],
];
const unsupportedOfPackages = [
  ...['creatives', 'catalogs', 'optimization_goals', 'performance_standards', 'committed_metrics'],
  ...['keyword_targets_add', 'keyword_targets_remove', 'negative_keywords_add', 'negative_keywords_remove'],
  ...['measurement_terms', 'format_ids', 'start_time', 'end_time', 'canceled'],
];

const list = (value: unknown): readonly Fields[] => (value ?? []) as readonly Fields[];

/** The package of a random request, for what is sold and for audiences that are there. */
function possible(one: Fields): Fields {
  const rest = without(one, [...unsupportedOfPackages, 'product_id', 'pricing_option_id', 'package_id']);
  const overlay = one['targeting_overlay'] as Fields | undefined;
  if (overlay === undefined) return rest;
  // The generator makes up what lies behind a few references, and an echo of what is no overlay is none either.
  const wrong = Object.keys(overlay).filter(
    (name) => official('core/targeting', { [name]: overlay[name] }) !== '',
  );
  const kept = without(overlay, ['signal_targeting', 'signal_targeting_groups', ...wrong]);
  const named = Object.keys(kept).filter((name) => name.startsWith('audience_'));
  return {
    ...rest,
    targeting_overlay: { ...kept, ...Object.fromEntries(named.map((name) => [name, ['a']])) },
  };
}

const newPackages = (value: unknown): readonly Fields[] =>
  list(value)
    .slice(0, 3)
    .map((one) => ({ ...line, ...possible(one), budget: Math.min(Number(one['budget']), 1e6) }));

let bought: WireAnswer;
const makers: Readonly<Record<string, (one: Fields) => Fields>> = {
  get_products: (one) => ({
    ...without(one, ['account', 'push_notification_config', 'pagination']),
    filters: without((one['filters'] ?? {}) as Fields, ['start_date', 'end_date', 'budget_range']),
  }),
  list_creative_formats: (one) => without(one, ['pagination']),
  get_media_buys: (one) => without(one, ['account', 'pagination']),
  get_media_buy_delivery: (one) => ({
    ...without(one, ['account', 'start_date', 'end_date']),
    ...(one['media_buy_ids'] === undefined ? {} : { media_buy_ids: [idOf(bought)] }),
  }),
  create_media_buy: (one) => ({
    ...without(one, unsupportedOfBuys),
    ...{ brand: { domain: 'acme.example' }, start_time: 'asap', end_time: inDays(9) },
    ...{ account: { account_id: buyer.accountId } },
    packages: one['packages'] === undefined ? [line] : newPackages(one['packages']),
  }),
  update_media_buy: (one) => ({
    ...without(one, [...unsupportedOfBuys, 'revision', 'canceled', 'start_time', 'end_time']),
    ...{ account: { account_id: buyer.accountId }, media_buy_id: idOf(bought) },
    ...(one['packages'] === undefined
      ? {}
      : {
          packages: list(one['packages'])
            .slice(0, 3)
            .map((change) => ({
              ...possible(change),
              package_id: packagesOf(bought.content)[0]?.['package_id'],
              budget: 500,
            })),
        }),
    ...(one['new_packages'] === undefined ? {} : { new_packages: newPackages(one['new_packages']) }),
  }),
};

const countPerTool = process.env['ROLLCALL_LONG'] === '1' ? 1_000 : 60;
const seed = Number(process.env['ROLLCALL_SEED'] ?? 20_260_101);

for (const [tool, make] of Object.entries(makers)) {
  test(`answers of ${tool} to random requests of seed ${seed}`, async () => {
    let accepted = 0;
    for (const [position, one] of randomRequests(tool, countPerTool, seed).entries()) {
      if (position % 20 === 0) bought = await buyer.create();
      const generation = position % 2 === 0 ? '3.0' : '3.1';
      const args = argumentsOf(generation, make(without(one, ['adcp_version', 'adcp_major_version'])));
      const answer = await buyer.call(tool, args);
      const { content, error, text } = answer;
      const shown = `${position}: ${text.slice(0, 2_000)}`;
      assert.ok(content !== null, shown);
      assert.deepEqual(content['context'], args['context'], shown);
      if (error === null) {
        accepted++;
        if (current !== null && generation === '3.1' && !noSchemaOf31.includes(tool)) {
          assert.equal(current(responseSchemas[tool]!, content), '', shown);
        }
        continue;
      }
      assert.match(
        error.code,
        /^(INVALID_REQUEST|VALIDATION_ERROR|BUDGET_TOO_LOW|UNSUPPORTED_FEATURE)$/,
        shown,
      );
      assert.ok(error.field !== undefined && error.field !== '', shown);
    }
    // A test of refusals would prove nothing about answers.
    assert.ok(accepted * 4 >= countPerTool * 3, `only ${accepted} of ${countPerTool} were accepted`);
  });
}
