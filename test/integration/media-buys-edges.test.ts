/** Media buys at their edges: what is refused by name instead of dropped, dates, pages, and two who change one buy. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { newBuyer } from '../support/buyer.ts';
import { idOf, inDays, line, mediaBuyer, packagesOf, type MediaBuyer } from '../support/buys.ts';
import { startSeller, type Seller } from '../support/seller.ts';
import type { Fields, WireAnswer } from '../support/wire.ts';

const creativeAgent = 'https://creative.adcontextprotocol.org';
const sold = { agent_url: creativeAgent, id: 'display_300x250_image' };

let seller: Seller;
let buyer: MediaBuyer;
before(async () => {
  seller = await startSeller();
  buyer = mediaBuyer(await newBuyer(seller));
});
after(async () => {
  await seller.close();
});

const faultOf = ({ error }: WireAnswer): readonly unknown[] => [error?.code, error?.field];
const packageIdOf = ({ content }: WireAnswer): unknown => packagesOf(content)[0]?.['package_id'];
const affectedOf = ({ content }: WireAnswer): readonly Fields[] =>
  content?.['affected_packages'] as readonly Fields[];
const buysOf = ({ content }: WireAnswer): readonly Fields[] => content?.['media_buys'] as readonly Fields[];

describe('of a new package', () => {
  const cases: Readonly<Record<string, readonly [Fields, string, string]>> = {
    'a format of another agent': [
      { format_ids: [sold, { ...sold, agent_url: 'https://other.example' }] },
      'INVALID_REQUEST',
      'packages[0].format_ids[1]',
    ],
    'a format that the product does not take': [
      { format_ids: [{ ...sold, id: 'video_30s' }] },
      'INVALID_REQUEST',
      'packages[0].format_ids[0]',
    ],
    'a format that is none': [{ format_ids: [5] }, 'INVALID_REQUEST', 'packages[0].format_ids[0]'],
    'a selector of formats by option': [
      { format_option_refs: [{ scope: 'product', format_option_id: 'x' }] },
      'UNSUPPORTED_FEATURE',
      'packages[0].format_option_refs',
    ],
    'a selector of formats by kind': [
      { format_kind: 'image' },
      'UNSUPPORTED_FEATURE',
      'packages[0].format_kind',
    ],
    'an assignment of no creative': [
      { creative_assignments: [{ weight: 5 }] },
      'INVALID_REQUEST',
      'packages[0].creative_assignments[0].creative_id',
    ],
    'an end that is over': [{ end_time: inDays(-1) }, 'VALIDATION_ERROR', 'packages[0].end_time'],
    'a day that does not exist': [
      { start_time: '2096-02-30T00:00:00Z' },
      'INVALID_REQUEST',
      'packages[0].start_time',
    ],
  };
  for (const [what, [fields, code, field]] of Object.entries(cases)) {
    test(`${what} is refused`, async () => {
      const answer = await buyer.create({ packages: [{ ...line, ...fields }] });
      assert.deepEqual(faultOf(answer), [code, field], answer.text);
    });
  }

  test('a format that the product takes is taken, however its address is written', async () => {
    const same = { ...sold, agent_url: `${creativeAgent.toUpperCase().replace('HTTPS', 'https')}/` };
    const made = await buyer.create({ packages: [{ ...line, format_ids: [same] }] });
    assert.deepEqual(packagesOf(made.content)[0]?.['format_ids'], [same], made.text);
  });

  test('budgets that are more than can be told together are refused', async () => {
    const packages = Array.from({ length: 3 }, () => ({ ...line, budget: 400_000_000 }));
    assert.deepEqual(faultOf(await buyer.create({ packages })), ['VALIDATION_ERROR', 'packages']);
    const made = await buyer.create({ packages: packages.slice(1) });
    assert.equal(made.content?.['total_budget'], 800_000_000, made.text);
    const more = await buyer.update(idOf(made), { new_packages: [packages[0]] });
    assert.deepEqual(faultOf(more), ['VALIDATION_ERROR', 'new_packages']);
    const raised = { package_id: packageIdOf(made), budget: 900_000_000 };
    const higher = await buyer.update(idOf(made), { packages: [raised] });
    assert.deepEqual(faultOf(higher), ['VALIDATION_ERROR', 'packages']);
  });
});

describe('of a package that is there', () => {
  let made: WireAnswer;
  before(async () => {
    made = await buyer.create({ packages: [{ ...line, impressions: 1_000 }] });
  });
  const update = async (fields: Fields): Promise<WireAnswer> =>
    buyer.update(idOf(made), { packages: [{ package_id: packageIdOf(made), ...fields }] });

  // Source: AdCP 3.1 package-update.json, which forbids them; they are settled when a package is made.
  for (const name of ['product_id', 'pricing_option_id', 'format_ids', 'format_kind', 'format_option_refs']) {
    test(`${name} cannot change`, async () => {
      assert.deepEqual(faultOf(await update({ [name]: 'x' })), ['INVALID_REQUEST', `packages[0].${name}`]);
    });
  }

  test('the goal in impressions changes', async () => {
    const [one] = affectedOf(await update({ impressions: 5_000 }));
    assert.equal(one?.['impressions'], 5_000);
  });

  test('an overlay is replaced whole, an empty one clears it, and null is no overlay', async () => {
    await buyer.one({ audience_id: 'a', add: [{ external_id: 'm', hashed_email: 'a'.repeat(64) }] });
    const overlay = { audience_include: ['a'], geo_countries: ['DE'] };
    assert.deepEqual(
      affectedOf(await update({ targeting_overlay: overlay }))[0]?.['targeting_overlay'],
      overlay,
    );
    const other = { audience_exclude: ['a'] };
    assert.deepEqual(affectedOf(await update({ targeting_overlay: other }))[0]?.['targeting_overlay'], other);
    assert.deepEqual(affectedOf(await update({ budget: 90 }))[0]?.['targeting_overlay'], other);
    assert.deepEqual(affectedOf(await update({ targeting_overlay: {} }))[0]?.['targeting_overlay'], {});
    const field = 'packages[0].targeting_overlay';
    assert.deepEqual(faultOf(await update({ targeting_overlay: null })), ['INVALID_REQUEST', field]);
    assert.deepEqual(faultOf(await update({ targeting_overlay: { audience_include: [] } })), [
      'INVALID_REQUEST',
      `${field}.audience_include`,
    ]);
  });

  test('an end that is over is refused', async () => {
    assert.deepEqual(faultOf(await update({ end_time: inDays(-1) })), [
      'VALIDATION_ERROR',
      'packages[0].end_time',
    ]);
  });

  test('one of another buy is not there, and one that is canceled stays so', async () => {
    const other = await buyer.create();
    const theirs = { package_id: packageIdOf(other), budget: 5 };
    assert.deepEqual(faultOf(await buyer.update(idOf(made), { packages: [theirs] })), [
      'PACKAGE_NOT_FOUND',
      'packages[0].package_id',
    ]);
    await update({ canceled: true });
    assert.deepEqual(faultOf(await update({ budget: 500 })), ['INVALID_STATE', 'packages[0].package_id']);
    assert.deepEqual(faultOf(await update({ canceled: true })), [
      'NOT_CANCELLABLE',
      'packages[0].package_id',
    ]);
  });
});

describe('dates', () => {
  test('of days and hours that do not exist are refused, everywhere', async () => {
    for (const end_time of ['2096-02-30T00:00:00Z', '2095-02-29T00:00:00Z', '2096-04-31T10:00:00+02:00']) {
      assert.deepEqual(faultOf(await buyer.create({ end_time })), ['INVALID_REQUEST', 'end_time'], end_time);
    }
    for (const end_time of ['2096-02-29T00:00:00Z', '2096-12-31T23:59:59.999-11:30']) {
      assert.equal((await buyer.create({ end_time })).error, null, end_time);
    }
    const report = { start_date: '2026-02-30', end_date: '2026-04-01' };
    const answer = await buyer.call('get_media_buy_delivery', report);
    assert.deepEqual(faultOf(answer), ['INVALID_REQUEST', 'start_date'], answer.text);
  });

  test('that leave a package no place are refused by the date that was sent', async () => {
    const own = { ...line, start_time: inDays(2), end_time: inDays(8) };
    const made = await buyer.create({ start_time: inDays(1), end_time: inDays(9), packages: [own] });
    assert.equal(made.error, null, made.text);
    for (const [name, time] of [
      ['start_time', inDays(3)],
      ['end_time', inDays(7)],
    ] as const) {
      const answer = await buyer.update(idOf(made), { [name]: time });
      assert.deepEqual(faultOf(answer), ['VALIDATION_ERROR', name], answer.text);
    }
    const both = {
      start_time: inDays(3),
      packages: [{ package_id: packageIdOf(made), start_time: inDays(4) }],
    };
    assert.equal((await buyer.update(idOf(made), both)).error, null);
  });
});

describe('two who change one buy', () => {
  test('at once, with its revision: one does, and the other is told', async () => {
    const made = await buyer.create();
    const answers = await Promise.all(
      [101, 102, 103, 104].map(async (budget) =>
        buyer.update(idOf(made), { revision: 1, packages: [{ package_id: packageIdOf(made), budget }] }),
      ),
    );
    const done = answers.filter(({ error }) => error === null);
    assert.equal(done.length, 1);
    const others = answers.filter(({ error }) => error !== null);
    assert.ok(
      others.every((one) => faultOf(one).join() === 'CONFLICT,revision'),
      others[0]?.text,
    );
    const now = await buyer.read(idOf(made));
    assert.deepEqual(
      [now['revision'], packagesOf(now)[0]?.['budget']],
      [2, affectedOf(done[0]!)[0]?.['budget']],
    );
  });

  test('a repeat gives what was answered then, whatever became of the buy', async () => {
    const made = await buyer.create();
    const pause = { idempotency_key: `pause-${idOf(made)}`, revision: 1, paused: true };
    const first = await buyer.update(idOf(made), pause);
    await buyer.update(idOf(made), { canceled: true });
    const again = await buyer.update(idOf(made), pause);
    assert.deepEqual(
      ['replayed', 'media_buy_status', 'revision'].map((name) => again.content?.[name]),
      [true, 'paused', 2],
      first.text,
    );
  });
});

describe('lists', () => {
  test('a buy that is named twice is there once, and counted once', async () => {
    const made = await buyer.create();
    const media_buy_ids = [idOf(made), idOf(made)];
    assert.equal(buysOf(await buyer.call('get_media_buys', { media_buy_ids })).length, 1);
    const { content } = await buyer.call('get_media_buy_delivery', { media_buy_ids });
    assert.equal((content?.['aggregated_totals'] as Fields)['media_buy_count'], 1);
  });

  test('pages go on where they were, when the buy before left the list', async () => {
    const other = mediaBuyer(await newBuyer(seller));
    const ids = [];
    for (let count = 0; count < 5; count++) ids.push(idOf(await other.create()));
    const page = async (cursor?: unknown): Promise<WireAnswer> =>
      other.call('get_media_buys', {
        status_filter: 'active',
        pagination: { max_results: 2, ...(cursor === undefined ? {} : { cursor }) },
      });
    const idsOf = (answer: WireAnswer): readonly unknown[] =>
      buysOf(answer).map(({ media_buy_id }) => media_buy_id);
    const cursorOf = ({ content }: WireAnswer): unknown => (content?.['pagination'] as Fields)['cursor'];
    const first = await page();
    assert.deepEqual(idsOf(first), ids.slice(0, 2));
    await other.update(ids[1]!, { paused: true });
    const second = await page(cursorOf(first));
    assert.deepEqual(idsOf(second), ids.slice(2, 4), second.text);
    const last = await page(cursorOf(second));
    assert.deepEqual([idsOf(last), cursorOf(last)], [ids.slice(4), undefined]);
    // Neither a made-up cursor nor one of somebody else’s list.
    const mine = idOf(await buyer.create());
    for (const text of ['b1:mb_none', `b1:${mine}`, 'nonsense']) {
      const bad = await page(Buffer.from(text).toString('base64url'));
      assert.deepEqual(faultOf(bad), ['INVALID_REQUEST', 'pagination.cursor'], bad.text);
    }
  });
});
