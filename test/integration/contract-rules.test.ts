import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { inDatabase, storedText } from '../support/database.ts';
import { newBuyer as buyerOf, rowsOf, told, type Buyer } from '../support/buyer.ts';
import { doors, type Door } from '../support/doors.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

let seller: Seller;
before(async () => {
  seller = await startSeller();
  await seller.addUsers(
    Array.from({ length: 8 }, (_, i) => ({ id: `u${i}`, emails: [`user${i}@example.com`] })),
  );
});
after(async () => {
  await seller.close();
});

/** The e-mail of one of the seller's eight users, and one that nobody has. */
const known = (i: number): string => sha256(`user${i}@example.com`);
const unknown = (i: number): string => sha256(`stranger${i}@example.com`);
const member = (id: string, email: string): Fields => ({ external_id: id, hashed_email: email });
const phone = (i: number): string => sha256(`+1555010${i}`);

for (const door of doors) describe(`over ${door.name}`, () => rules(door));

function rules(door: Door): void {
  const newBuyer = async (of: Seller): Promise<Buyer> => buyerOf(of, { door });
  /** An entry of `remove` by identifiers alone; REST wants an external id in every entry, so it names nobody there. */
  const holdersOf = (identifiers: Fields): Fields =>
    door.isAdcp ? identifiers : { external_id: 'holders of', ...identifiers };
  let buyer: Buyer;
  before(async () => {
    buyer = await newBuyer(seller);
  });

  test('contract 4.1: add is an upsert by external_id, an exact string scoped to the audience; the last of two wins', async () => {
    const id = { audience_id: '4.1' };
    const first = { ...member('m', known(0)), hashed_phone: phone(0) };
    assert.deepEqual(told(await buyer.one({ ...id, add: [first] })), ['created', 'ready', 1, 1]);
    const replaced = await buyer.one({ ...id, add: [member('m', unknown(0))] });
    assert.deepEqual(told(replaced), ['updated', 'too_small', 1, undefined], 'no identifier is left over');
    const last = await buyer.one({ ...id, add: [member('m', unknown(1)), member('m', known(1))] });
    assert.deepEqual(told(last), ['updated', 'ready', 1, 1]);
    assert.deepEqual(rowsOf(last), { hashed_email: '1/1' });
    const notLast = await buyer.one({ ...id, add: [member('m', known(1)), member('m', unknown(1))] });
    assert.deepEqual(told(notLast), ['updated', 'too_small', 1, undefined]);
    const spelled = ['M', 'm ', ' m', 'm\u0301', 'ḿ'].map((one, i) => member(one, known(i)));
    assert.deepEqual(told(await buyer.one({ ...id, add: spelled })), ['updated', 'ready', 6, 5]);
    assert.deepEqual(told(await buyer.one({ audience_id: '4.1-other', add: [first] })), [
      'created',
      'ready',
      1,
      1,
    ]);
    assert.equal((await buyer.settled('4.1')).total_uploaded_count, 6, 'another audience, another member');
  });

  test('contract 4.2: remove acts by external_id, else on every member that holds one of the identifiers', async () => {
    const id = { audience_id: '4.2' };
    const add = [
      member('a', known(0)),
      member('b', known(1)),
      member('c', known(1)),
      { ...member('d', known(2)), hashed_phone: phone(1) },
      member('e', known(3)),
    ];
    await buyer.one({ ...id, add });
    const named = await buyer.one({ ...id, remove: [member('a', known(1))] });
    assert.deepEqual(told(named), ['updated', 'ready', 4, 4], 'only the member that was named');
    const byIdentifier = await buyer.one({ ...id, remove: [member('nobody', known(1))] });
    assert.deepEqual(told(byIdentifier), ['updated', 'ready', 2, 2], 'every holder');
    const withoutId = await buyer.one({ ...id, remove: [holdersOf({ hashed_phone: phone(1) })] });
    assert.deepEqual(told(withoutId), ['updated', 'ready', 1, 1]);
    const nothing = [
      { external_id: 'nobody' },
      holdersOf({ hashed_email: unknown(5) }),
      member('no', unknown(6)),
    ];
    assert.deepEqual(told(await buyer.one({ ...id, remove: nothing })), ['unchanged', 'ready', 1, 1]);
  });

  test('contract 4.3: remove beats add within one request, whatever the order', async () => {
    const add = [
      member('both', known(0)),
      { ...member('struck', known(1)), hashed_phone: phone(2) },
      member('empty', known(1)),
      member('stays', known(2)),
    ];
    const remove = [{ external_id: 'both' }, holdersOf({ hashed_email: known(1) }), { external_id: 'gone' }];
    for (const [i, entry] of [
      { add, remove },
      { remove, add },
    ].entries()) {
      const id = { audience_id: `4.3-${i}` };
      await buyer.one({
        ...id,
        add: [member('both', known(5)), member('gone', known(6)), member('holder', known(1))],
      });
      const item = await buyer.one({ ...id, ...entry });
      assert.equal(item.uploaded_count, 4, 'counted before the rule');
      assert.deepEqual(told(item), ['updated', 'ready', 2, 1]);
      assert.deepEqual(
        rowsOf(item),
        { hashed_email: '1/1', hashed_phone: '0/1' },
        'struck keeps its phone only',
      );
    }
  });

  test('contract 4.4: requests to one audience take effect in the order of acceptance; others do not wait', async () => {
    const hasty = await startSeller({ waitMs: 0 });
    try {
      await hasty.addUsers([{ id: 'u0', emails: ['user0@example.com'] }]);
      const other = await newBuyer(hasty);
      for (let round = 0; round < 12; round++) {
        await other.one({
          audience_id: 'x',
          add: [member('m', known(0)), member(`n${round}`, unknown(round))],
        });
        await other.one({ audience_id: 'x', remove: [holdersOf({ hashed_email: known(0) })] });
        await other.one({ audience_id: 'y', add: [member('m', known(0))] });
        await other.one({ audience_id: 'y', delete: true });
      }
      await other.one({ audience_id: 'y', add: [member('last', known(0))] });
      await other.one({ audience_id: 'x', add: [member('m', unknown(99))] });
      assert.deepEqual(told(await other.settled('x')), ['unchanged', 'too_small', 13, undefined]);
      assert.deepEqual(told(await other.settled('y')), ['unchanged', 'ready', 1, 1]);
    } finally {
      await hasty.close();
    }
  });

  test('contract 4.5: delete ignores the rest of its entry and is repeatable; what never existed is not found', async () => {
    const add = [member('m', known(0))];
    await buyer.one({ audience_id: '4.5', add });
    const rest = { add: [{ hashed_email: 'nonsense' }], remove: 'nonsense', name: 7, tags: null };
    const gone = await buyer.one({ audience_id: '4.5', delete: true, ...rest });
    assert.deepEqual([gone.action, gone.status, gone.errors], ['deleted', undefined, undefined]);
    assert.equal((await buyer.one({ audience_id: '4.5', delete: true })).action, 'deleted');
    const never = await buyer.one({ audience_id: '4.5-never', delete: true });
    assert.deepEqual(
      [never.action, never.errors?.[0]?.code, never.errors?.[0]?.field],
      ['failed', 'REFERENCE_NOT_FOUND', 'audiences[0].audience_id'],
    );
    const again = await buyer.one({ audience_id: '4.5', add: [member('n', known(1))] });
    assert.deepEqual(told(again), ['created', 'ready', 1, 1], 'nothing of the deleted list comes back');
  });

  test('contract 4.6: remove without add needs an audience; with add it is created', async () => {
    const remove = [{ external_id: 'm' }];
    const [ok, failed] = await buyer.sync({
      audiences: [
        { audience_id: '4.6-with', add: [member('n', known(0))], remove },
        { audience_id: '4.6-without', remove },
      ],
    });
    assert.deepEqual(told(ok), ['created', 'ready', 1, 1]);
    assert.deepEqual(
      [failed?.action, failed?.errors?.[0]?.code, failed?.errors?.[0]?.field],
      ['failed', 'REFERENCE_NOT_FOUND', 'audiences[1].audience_id'],
    );
    assert.ok(!(await buyer.sync()).some((one) => one.audience_id === '4.6-without'));
    await buyer.one({ audience_id: '4.6-with', delete: true });
    const after = await buyer.one({ audience_id: '4.6-with', remove });
    assert.equal(after.action, 'failed', 'a deleted audience has nobody to remove');
  });

  test('contract 4.7: discovery changes nothing; delete_missing deletes only what a buyer manages, and never by omission', async () => {
    const other = await newBuyer(seller);
    const names = ['a', 'b', 'c', 'sellers'];
    await other.sync({ audiences: names.map((id) => ({ audience_id: id, add: [member('m', known(0))] })) });
    const done = await inDatabase(
      seller,
      `UPDATE audience SET managed_by = 'seller' WHERE audience_id = 'sellers'
        AND account_no = (SELECT account_no FROM account WHERE account_id = ?)`,
      other.accountId,
    );
    assert.equal(done.changes, 1);
    const before = await other.sync();
    assert.deepEqual(
      before.map((one) => [one.audience_id, one.action, one.uploaded_count]),
      names.map((id) => [id, 'unchanged', 0]),
    );
    assert.deepEqual(await other.sync(), before);
    for (const refused of [{ delete_missing: true }, { audiences: [] }]) {
      assert.equal((await other.send(refused)).error?.field, 'audiences');
      assert.deepEqual(await other.sync(), before, 'nothing was deleted');
    }
    const some = await other.sync({ delete_missing: true, audiences: [{ audience_id: 'b' }] });
    const sellers = door.isAdcp ? [['sellers', 'unchanged']] : [];
    assert.deepEqual(
      some.map((one) => [one.audience_id, one.action]),
      [['b', 'unchanged'], ['a', 'deleted'], ['c', 'deleted'], ...sellers],
    );
    for (const entry of [
      { delete: true },
      { add: [member('n', known(1))] },
      { remove: [{ external_id: 'm' }] },
    ]) {
      const touched = await other.one({ audience_id: 'sellers', ...entry });
      assert.deepEqual([touched.action, touched.errors?.[0]?.code], ['failed', 'PERMISSION_DENIED']);
    }
    if (!door.isAdcp) {
      const left = (await other.sync()).map((one) => one.audience_id);
      assert.deepEqual(left, ['b', 'sellers'], 'REST has no empty list, and the seller keeps its own');
      return;
    }
    const all = await other.sync({ delete_missing: true, audiences: [] });
    assert.deepEqual(
      all.map((one) => [one.audience_id, one.action]),
      [
        ['b', 'deleted'],
        ['sellers', 'unchanged'],
      ],
    );
  });

  test('contract 4.8: 100,000 members are one call, 100,001 over all audiences none; an audience twice refuses the call', async () => {
    const other = await newBuyer(seller);
    const ids = (count: number, first: number): Fields[] =>
      Array.from({ length: count }, (_, i) => ({ external_id: `n${first + i}` }));
    const names = Array.from({ length: 10 }, (_, i) => `a${i}`);
    const add = [member('m', known(0))];
    await other.sync({ audiences: names.map((audience_id) => ({ audience_id, add })) });
    const before = await other.sync();
    const spread = names.map((audience_id) => ({ audience_id, remove: ids(10_000, 0) }));
    const full = await other.sync({ audiences: spread });
    for (const item of full) assert.deepEqual(told(item), ['unchanged', 'ready', 1, 1]);
    if (door.arrayMax === 100_000) {
      const long = await other.one({ audience_id: 'a0', remove: ids(100_000, 0) });
      assert.deepEqual(told(long), ['unchanged', 'ready', 1, 1]);
    } else {
      const long = await other.send({
        audiences: [{ audience_id: 'a0', remove: ids(door.arrayMax + 1, 0) }],
      });
      assert.equal(long.error?.field, 'audiences[0].remove');
    }
    const tooMany = await other.send({
      audiences: [...spread, { audience_id: 'b', add: [member('x', known(1))] }],
    });
    assert.deepEqual([tooMany.httpStatus, tooMany.error?.field], [door.isAdcp ? 413 : 400, 'audiences']);
    const twice = await other.send({
      audiences: [
        { audience_id: 'b', add: [member('x', known(1))] },
        { audience_id: 'a0', remove: [{ external_id: 'm' }] },
        { audience_id: 'a0', name: 'second' },
      ],
    });
    assert.equal(twice.error?.field, 'audiences[2].audience_id');
    const strip = ({ last_synced_at: _, ...rest }: Fields): Fields => rest;
    assert.deepEqual(
      (await other.sync()).map((one) => strip({ ...one })),
      before.map((one) => strip({ ...one })),
    );
  });

  test('contract 4.9: bad members fail their audience alone, one error a kind, with count and first paths', async () => {
    const other = await newBuyer(seller);
    const bad = [
      ...Array.from({ length: 7 }, (_, i) => member(`s${i}`, 'abc')),
      { external_id: 'none' },
      member('good', known(0)),
      { hashed_email: known(1) },
    ];
    const [first, second, third] = await other.sync({
      audiences: [
        { audience_id: 'one', add: [member('m', known(0))] },
        { audience_id: 'two', add: bad, remove: [holdersOf({ hashed_phone: 'ABC' })] },
        { audience_id: 'three', add: [member('m', known(1))] },
      ],
    });
    assert.deepEqual(
      [told(first), told(third)],
      [
        ['created', 'ready', 1, 1],
        ['created', 'ready', 1, 1],
      ],
    );
    assert.equal(second?.action, 'failed');
    assert.deepEqual(
      second.errors?.map(({ field, details }) => [details?.['reason'], details?.['count'], field]),
      [
        ['external_id_missing', 1, 'audiences[1].add[9].external_id'],
        ['hash_length', 7, 'audiences[1].add[0].hashed_email'],
        ['identifier_missing', 1, 'audiences[1].add[7]'],
        ['hash_length', 1, 'audiences[1].remove[0].hashed_phone'],
      ],
    );
    assert.equal((second.errors?.[1]?.details?.['paths'] as string[]).length, 5);
    assert.deepEqual(
      (await other.sync()).map((one) => one.audience_id),
      ['one', 'three'],
      'nothing of it was applied',
    );
  });

  test('contract 4.9: with invalid_members "skip" good members go in and the others are counted and sampled', async () => {
    const other = await newBuyer(seller);
    const add = [
      member('good', known(0)),
      ...Array.from({ length: 30 }, (_, i) => member(`bad${i}`, 'abc')),
      { external_id: 'none' },
      member('good2', known(1)),
    ];
    const ext = { rollcall: { invalid_members: 'skip' } };
    const [item] = await other.sync({ ext, audiences: [{ audience_id: 'a', add }] });
    assert.deepEqual([...told(item), item?.uploaded_count], ['created', 'ready', 2, 2, 2]);
    const rejected = item?.ext?.rollcall['rejected'] as {
      total: number;
      by_reason: Fields;
      sample: readonly Fields[];
    };
    assert.deepEqual([rejected.total, rejected.by_reason], [31, { hash_length: 30, identifier_missing: 1 }]);
    assert.equal(rejected.sample.length, 20);
    assert.deepEqual(rejected.sample[0], {
      side: 'add',
      index: 1,
      external_id: 'bad0',
      reason: 'hash_length',
    });
  });

  test('contract 4.9: an entry without external_id is bad today, and gets a derived key from callers of the older page', async () => {
    const other = await newBuyer(seller);
    const add = [{ hashed_email: known(0) }, { hashed_email: known(1) }, { hashed_email: known(0) }];
    const strict = await other.one({ audience_id: 'a', add });
    assert.deepEqual([strict.action, strict.errors?.[0]?.details?.['count']], ['failed', 3]);
    if (!door.isAdcp) return;
    const audiences = [{ audience_id: 'a', add }];
    const old = await other.legacy({ audiences });
    assert.deepEqual(told((old.content?.['audiences'] as never[])[0]), ['created', 'ready', 2, 2]);
    const again = await other.legacy({ audiences });
    assert.deepEqual(told((again.content?.['audiences'] as never[])[0]), ['unchanged', 'ready', 2, 2]);
  });

  test('contract 4.10: a clear e-mail or phone in a hash field is refused by name, neither stored nor logged', async () => {
    const other = await newBuyer(seller);
    const clear = [
      'clear.person@canary.example',
      ' Clear.Person@Canary.Example ',
      '+49 151 12345678',
      '(555) 010-0199',
    ];
    const firstLine = seller.logLines.length;
    for (const [i, value] of clear.entries()) {
      for (const field of ['hashed_email', 'hashed_phone']) {
        for (const ext of [{}, { rollcall: { invalid_members: 'skip' } }]) {
          const add = [{ external_id: 'm', [field]: value }];
          const answer = await other.send({ ext, audiences: [{ audience_id: `4.10-${i}`, add }] });
          assert.match(answer.text, i < 2 ? /hash_clear_email/ : /hash_clear_phone/);
          if (!('rollcall' in ext))
            assert.match(answer.text, i < 2 ? /clear e-mail address/ : /clear phone number/);
          assert.ok(!answer.text.includes(value.trim()));
        }
      }
    }
    const logged = seller.logLines.slice(firstLine).join('');
    assert.ok(logged.length > 0);
    const stored = await storedText(seller);
    assert.ok(stored.includes(seller.accountId), 'what is stored was looked at');
    for (const value of clear) {
      assert.ok(!logged.includes(value.trim()) && !stored.includes(value.trim()), 'nowhere');
    }
  });

  test('contract 4.11: the audiences of the request come first and in its order, then every other one as unchanged', async () => {
    const other = await newBuyer(seller);
    const add = [member('m', known(0))];
    for (const id of ['d', 'a', 'c', 'b']) await other.one({ audience_id: id, add });
    const items = await other.sync({
      audiences: [
        { audience_id: 'z', add },
        { audience_id: 'never', delete: true },
        { audience_id: 'b', name: 'renamed' },
        { audience_id: 'd', delete: true },
      ],
    });
    assert.deepEqual(
      items.map((one) => [one.audience_id, one.action]),
      [
        ['z', 'created'],
        ['never', 'failed'],
        ['b', 'updated'],
        ['d', 'deleted'],
        ...(door.isAdcp ? ['a', 'c'].map((id) => [id, 'unchanged']) : []),
      ],
    );
  });
}
