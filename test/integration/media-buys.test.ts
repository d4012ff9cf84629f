/** Media buys over AdCP, by a real server: overlays, states, errors, repeats, what impairs them, and what was delivered. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { newBuyer } from '../support/buyer.ts';
import {
  idOf,
  inDays,
  line,
  mediaBuyer as client,
  packagesOf,
  type MediaBuyer as Client,
} from '../support/buys.ts';
import { doors, mcp } from '../support/doors.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import { withoutTime, type Fields, type WireAnswer } from '../support/wire.ts';

const adcpDoors = doors.filter(({ isAdcp }) => isAdcp);
const add = [{ external_id: 'm', hashed_email: sha256('m@example.com') }];

let seller: Seller;
before(async () => {
  seller = await startSeller();
});
after(async () => {
  await seller.close();
});

const leaning = (audiences: Fields, more: Fields = {}): Fields => ({
  ...{ ...line, targeting_overlay: audiences, ...more },
});

for (const door of adcpDoors) {
  describe(`over ${door.name}`, () => {
    let buyer: Client;
    before(async () => {
      buyer = client(await newBuyer(seller, { door }));
      await buyer.one({ audience_id: 'vip', add });
      await buyer.one({ audience_id: 'old', add });
    });

    test('a buy is made, read with what it was made of, changed and canceled', async () => {
      const overlay = { audience_include: ['vip'], audience_exclude: ['old'], geo_countries: ['DE'] };
      const made = await buyer.create({
        packages: [leaning(overlay, { context: { line: 1 } })],
        context: { plan: 'x' },
      });
      assert.equal(made.content?.['status'], 'completed', made.text);
      assert.deepEqual(
        [made.content['media_buy_status'], made.content['revision'], made.content['total_budget']],
        ['active', 1, 100],
      );
      const read = await buyer.read(idOf(made));
      assert.deepEqual([read['status'], read['health'], read['impairments']], ['active', 'ok', []]);
      assert.deepEqual(read['context'], { plan: 'x' });
      const [one] = packagesOf(read);
      assert.deepEqual([one?.['targeting_overlay'], one?.['context']], [overlay, { line: 1 }]);
      assert.deepEqual(one?.['ext'], {
        rollcall: { left_to_ad_server: ['targeting_overlay.geo_countries'] },
      });

      const paused = await buyer.update(idOf(made), { revision: 1, paused: true });
      assert.deepEqual(
        [paused.content?.['media_buy_status'], paused.content?.['revision']],
        ['paused', 2],
        paused.text,
      );
      const other = { audience_include: ['old'] };
      const changed = await buyer.update(idOf(made), {
        packages: [{ package_id: one?.['package_id'], budget: 250, targeting_overlay: other }],
        new_packages: [leaning({ audience_exclude: ['vip'] })],
      });
      const affected = changed.content?.['affected_packages'] as readonly Fields[];
      assert.deepEqual(
        affected.map(({ budget, targeting_overlay }) => [budget, targeting_overlay]),
        [
          [250, other],
          [100, { audience_exclude: ['vip'] }],
        ],
        changed.text,
      );
      const canceled = await buyer.update(idOf(made), { canceled: true, cancellation_reason: 'enough' });
      assert.equal(canceled.content?.['media_buy_status'], 'canceled', canceled.text);
      const end = await buyer.read(idOf(made));
      assert.equal(end['status'], 'canceled');
      assert.equal((end['cancellation'] as Fields)['reason'], 'enough');
      assert.equal((await buyer.update(idOf(made), { canceled: true })).error?.code, 'NOT_CANCELLABLE');
      assert.equal((await buyer.update(idOf(made), { paused: false })).error?.code, 'INVALID_STATE');
    });

    test('a caller of 3.0 finds the state of the buy where it looks for it', async () => {
      const made = await buyer.create({ adcp_version: '3.0', start_time: inDays(1) });
      assert.deepEqual(
        [made.content?.['status'], made.content?.['media_buy_status']],
        ['pending_start', 'pending_start'],
        made.text,
      );
    });

    test('an overlay with an audience that is not there changes nothing, and names the place', async () => {
      const theirs = await newBuyer(seller);
      await theirs.one({ audience_id: 'theirs', add });
      await buyer.one({ audience_id: 'gone', add });
      await buyer.one({ audience_id: 'gone', delete: true });
      const { content } = await buyer.create();
      const mediaBuyId = String(content?.['media_buy_id']);
      const [{ package_id: packageId }] = packagesOf(content) as readonly [Fields];
      const count = async (): Promise<unknown> => {
        const all = await buyer.call('get_media_buys', { status_filter: ['active', 'paused'] });
        return (all.content?.['pagination'] as Fields)['total_count'];
      };
      const [buys, buy] = [await count(), await buyer.read(mediaBuyId)];
      for (const name of ['never', 'theirs', 'gone']) {
        for (const side of ['audience_include', 'audience_exclude']) {
          const bad = { [side]: ['vip', name] };
          const cases: readonly (readonly [WireAnswer, string])[] = [
            [await buyer.create({ packages: [line, leaning(bad)] }), 'packages[1]'],
            [
              await buyer.update(mediaBuyId, {
                packages: [{ package_id: packageId, budget: 7, targeting_overlay: bad }],
              }),
              'packages[0]',
            ],
            [await buyer.update(mediaBuyId, { new_packages: [leaning(bad)] }), 'new_packages[0]'],
          ];
          for (const [answer, place] of cases) {
            const field = `${place}.targeting_overlay.${side}[1]`;
            assert.deepEqual(
              [answer.error?.code, answer.error?.field],
              ['INVALID_REQUEST', field],
              answer.text,
            );
            assert.equal((answer.content?.['errors'] as readonly Fields[])[0]?.['field'], field);
          }
        }
      }
      assert.equal(await count(), buys);
      assert.deepEqual(await buyer.read(mediaBuyId), buy);
    });

    test('a repeat gives the first answer, and makes nothing', async () => {
      const call = { idempotency_key: `key-${randomUUID()}`, end_time: inDays(9) };
      const first = await buyer.create({ ...call, context: { n: 1 } });
      const again = await buyer.create({ ...call, context: { n: 2 } });
      assert.equal(again.content?.['replayed'], true, again.text);
      assert.deepEqual(again.content['context'], { n: 2 });
      const same = (text: string): string =>
        withoutTime(text)
          .replaceAll('"replayed":true,', '')
          .replaceAll(/\{"n":\d\}/g, '');
      assert.deepEqual(
        { ...again.content, replayed: 0, context: 0, timestamp: 0 },
        { ...first.content, replayed: 0, context: 0, timestamp: 0 },
        same(again.text),
      );
      const other = await buyer.create({ ...call, end_time: inDays(8) });
      assert.equal(other.error?.code, 'IDEMPOTENCY_CONFLICT', other.text);
      const change = { idempotency_key: call.idempotency_key, paused: true };
      assert.equal((await buyer.update(idOf(first), change)).error?.code, 'IDEMPOTENCY_CONFLICT');
      const pause = { idempotency_key: `key-${randomUUID()}`, paused: true };
      await buyer.update(idOf(first), pause);
      const repeated = await buyer.update(idOf(first), pause);
      assert.deepEqual([repeated.content?.['replayed'], repeated.content?.['revision']], [true, 2]);
    });
  });
}

test('two creations with one key at once make one buy', async () => {
  const buyer = client(await newBuyer(seller));
  const call = { idempotency_key: `key-${randomUUID()}`, end_time: inDays(9) };
  const answers = await Promise.all(Array.from({ length: 5 }, async () => buyer.create(call)));
  assert.equal(new Set(answers.map(idOf)).size, 1, answers[0]?.text);
  const { content } = await buyer.call('get_media_buys', {});
  assert.equal((content?.['media_buys'] as readonly unknown[]).length, 1);
});

describe('what is refused', () => {
  let buyer: Client;
  before(async () => {
    buyer = client(await newBuyer(seller));
  });
  const terms = (variance: number): Fields => ({
    measurement_terms: {
      billing_measurement: { vendor: { domain: 'v.example' }, max_variance_percent: variance },
    },
  });
  const one = (more: Fields): Fields => ({ packages: [{ ...line, ...more }] });
  const creations: Readonly<Record<string, readonly [Fields, string, string]>> = {
    'no key': [{ idempotency_key: undefined }, 'INVALID_REQUEST', 'idempotency_key'],
    'no packages': [{ packages: undefined }, 'INVALID_REQUEST', 'packages'],
    'no package': [{ packages: [] }, 'INVALID_REQUEST', 'packages'],
    'no brand': [{ brand: undefined }, 'INVALID_REQUEST', 'brand'],
    'a start in the past': [{ start_time: inDays(-2) }, 'INVALID_REQUEST', 'start_time'],
    'an end before the start': [
      { start_time: inDays(3), end_time: inDays(2) },
      'VALIDATION_ERROR',
      'end_time',
    ],
    'an end that is over': [{ end_time: inDays(-1) }, 'VALIDATION_ERROR', 'end_time'],
    'an unknown product': [one({ product_id: 'none' }), 'PRODUCT_NOT_FOUND', 'packages[0].product_id'],
    'an unknown price': [
      one({ pricing_option_id: 'none' }),
      'INVALID_REQUEST',
      'packages[0].pricing_option_id',
    ],
    'a negative budget': [one({ budget: -1 }), 'INVALID_REQUEST', 'packages[0].budget'],
    'no budget': [one({ budget: undefined }), 'INVALID_REQUEST', 'packages[0].budget'],
    'terms that nobody offered': [
      one(terms(0)),
      'TERMS_REJECTED',
      'packages[0].measurement_terms.billing_measurement.max_variance_percent',
    ],
    'a package that begins before its buy': [
      { start_time: inDays(5), ...one({ start_time: inDays(4) }) },
      'VALIDATION_ERROR',
      'packages[0].start_time',
    ],
    'an empty list of audiences': [
      one({ targeting_overlay: { audience_include: [] } }),
      'INVALID_REQUEST',
      'packages[0].targeting_overlay.audience_include',
    ],
    'an audience as a signal': [
      one({
        targeting_overlay: {
          signal_targeting_groups: {
            operator: 'any',
            groups: [{ signals: [{ signal_ref: { id: 'vip' } }] }],
          },
        },
      }),
      'INVALID_REQUEST',
      'packages[0].targeting_overlay.signal_targeting_groups.groups[0].signals[0].signal_ref',
    ],
    'a proposal': [{ proposal_id: 'p' }, 'UNSUPPORTED_FEATURE', 'proposal_id'],
    'a governance plan': [{ plan_id: 'p' }, 'UNSUPPORTED_FEATURE', 'plan_id'],
    creatives: [one({ creatives: [{}] }), 'UNSUPPORTED_FEATURE', 'packages[0].creatives'],
    'reports to be pushed': [{ reporting_webhook: {} }, 'UNSUPPORTED_FEATURE', 'reporting_webhook'],
  };
  for (const [what, [fields, code, field]] of Object.entries(creations)) {
    test(`a creation with ${what}`, async () => {
      const { error, text } = await buyer.create(fields);
      assert.deepEqual([error?.code, error?.field], [code, field], text);
    });
  }

  test('what is refused can be said again with the same key', async () => {
    const idempotency_key = `key-${randomUUID()}`;
    const bad = await buyer.create({ idempotency_key, ...one({ product_id: 'none' }) });
    assert.equal(bad.error?.code, 'PRODUCT_NOT_FOUND');
    const good = await buyer.create({ idempotency_key });
    assert.equal(good.content?.['status'], 'completed', good.text);
  });

  test('changes', async () => {
    const made = await buyer.create();
    const [{ package_id }] = packagesOf(made.content) as readonly [Fields];
    const cases: readonly (readonly [Fields, string, string])[] = [
      [{ revision: 7, paused: true }, 'CONFLICT', 'revision'],
      [{ packages: [{ package_id: 'none' }] }, 'PACKAGE_NOT_FOUND', 'packages[0].package_id'],
      [{ start_time: inDays(3) }, 'VALIDATION_ERROR', 'start_time'],
      [{ end_time: inDays(-3) }, 'VALIDATION_ERROR', 'end_time'],
      [{ canceled: false }, 'INVALID_REQUEST', 'canceled'],
      [{ packages: [{ package_id, creatives: [] }] }, 'UNSUPPORTED_FEATURE', 'packages[0].creatives'],
    ];
    const before = await buyer.read(idOf(made));
    for (const [fields, code, field] of cases) {
      const { error, text } = await buyer.update(idOf(made), fields);
      assert.deepEqual([error?.code, error?.field], [code, field], text);
    }
    assert.deepEqual(await buyer.read(idOf(made)), before);
    const none = await buyer.update('mb_none', { paused: true });
    assert.deepEqual([none.error?.code, none.error?.field], ['MEDIA_BUY_NOT_FOUND', 'media_buy_id']);
    await buyer.update(idOf(made), { packages: [{ package_id, canceled: true }] });
    const again = await buyer.update(idOf(made), { packages: [{ package_id, canceled: true }] });
    assert.equal(again.error?.code, 'NOT_CANCELLABLE', again.text);
  });

  test('a suspended account buys nothing, and reads what it has', async () => {
    const other = client(await newBuyer(seller));
    const made = await other.create();
    const { admin } = seller.admin;
    await admin.updateAccount({ accountId: other.accountId, name: null, status: 'payment_required' });
    assert.equal((await other.create()).error?.code, 'ACCOUNT_PAYMENT_REQUIRED');
    const products = async (): Promise<unknown> =>
      (await other.call('get_products', { account: { account_id: other.accountId } })).error?.code;
    assert.equal(await products(), undefined);
    // What was bought can be changed while a payment is open, and no more can be bought with it.
    assert.equal((await other.update(idOf(made), { paused: true })).error, null);
    assert.equal((await other.update(idOf(made), { paused: false })).error, null);
    const more = await other.update(idOf(made), { new_packages: [line] });
    assert.equal(more.error?.code, 'ACCOUNT_PAYMENT_REQUIRED', more.text);
    await admin.updateAccount({ accountId: other.accountId, name: null, status: 'suspended' });
    assert.equal((await other.create()).error?.code, 'ACCOUNT_SUSPENDED');
    assert.equal((await other.update(idOf(made), { paused: true })).error?.code, 'ACCOUNT_SUSPENDED');
    assert.equal(await products(), 'ACCOUNT_SUSPENDED');
    assert.equal((await other.read(idOf(made)))['status'], 'active');
  });
});

test('products are found by filters, and the test controller is nowhere unless it is asked for', async () => {
  const { content } = await mcp.call(seller, 'get_products', {
    adcp_version: '3.1',
    buying_mode: 'wholesale',
    filters: { channels: ['ctv'] },
  });
  assert.deepEqual(content?.['products'], []);
  const all = await mcp.call(seller, 'get_products', { brief: 'anything' });
  assert.equal((all.content?.['products'] as readonly unknown[]).length, 1);
  const unknown = await mcp.call(seller, 'comply_test_controller', { scenario: 'list_scenarios' });
  const nobodys = await mcp.call(seller, 'no_such_tool', { scenario: 'list_scenarios' });
  assert.equal(unknown.text, nobodys.text);
  const capabilities = await mcp.call(seller, 'get_adcp_capabilities', { adcp_version: '3.1' });
  assert.doesNotMatch(capabilities.text, /compliance_testing/);
  const card = await (await fetch(`${seller.url}/.well-known/agent-card.json`)).text();
  assert.doesNotMatch(card, /comply_test_controller/);
});

test('what was bought, paused and canceled is still so after a restart', async () => {
  const buyer = client(await newBuyer(seller));
  const made = await buyer.create();
  await buyer.update(idOf(made), { paused: true });
  const before = await buyer.read(idOf(made));
  const { restart } = seller;
  await restart();
  const { content } = await mcp.call({ url: seller.url, key: buyer.key }, 'get_media_buys', {
    media_buy_ids: [idOf(made)],
  });
  assert.deepEqual((content?.['media_buys'] as readonly Fields[])[0], before);
});
