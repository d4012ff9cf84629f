import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { normaliseEmail } from '../../src/client/normalise/email.ts';
import { normalisePhone } from '../../src/client/normalise/phone.ts';
import { newBuyer as buyerOf, rowsOf, told, type Buyer, type Item } from '../support/buyer.ts';
import { doors, type Door } from '../support/doors.ts';
import { addPeople, removePeople } from '../support/people.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

const member = (id: string, email: string): Fields => ({ external_id: id, hashed_email: sha256(email) });
const uidMember = (id: string, ...uids: readonly (readonly [string, string])[]): Fields => ({
  external_id: id,
  uids: uids.map(([type, value]) => ({ type, value })),
});

/** Waits until discovery tells this of an audience. Only reading: no sync of the buyer helps it along. */
async function becomes(of: Buyer, audienceId: string, wanted: readonly unknown[]): Promise<Item> {
  const end = performance.now() + 10_000;
  for (;;) {
    const item = await of.settled(audienceId);
    if (JSON.stringify(told(item)) === JSON.stringify(wanted) || performance.now() > end) {
      assert.deepEqual(told(item), wanted);
      return item;
    }
    await sleep(10);
  }
}

for (const door of doors) describe(`over ${door.name}`, () => rules(door));

function rules(door: Door): void {
  const newBuyer = async (of: Seller, { sandbox = true } = {}): Promise<Buyer> =>
    buyerOf(of, { sandbox, door });
  // Users of one door must not match members of another.
  let seller: Seller;
  let buyer: Buyer;
  before(async () => {
    seller = await startSeller();
    await addPeople(seller, [{ id: 'somebody', identifiers: [['hashed_email', 'somebody@example.com']] }]);
    buyer = await newBuyer(seller);
  });
  after(async () => {
    await seller.close();
  });

  test('contract 5 graph: users that are loaded turn a too_small audience ready without the buyer doing anything', async () => {
    const other = await newBuyer(seller, { sandbox: false });
    const emails = Array.from({ length: 120 }, (_, i) => `later${i}@example.com`);
    const load = async (from: number, to: number): Promise<void> =>
      addPeople(
        seller,
        emails
          .slice(from, to)
          .map((email, i) => ({ id: `later${from + i}`, identifiers: [['hashed_email', email]] })),
      );
    const add = emails.map((email, i) => member(`m${i}`, email));
    const first = await other.one({ audience_id: 'a', add });
    assert.deepEqual(told(first), ['created', 'too_small', 120, undefined]);
    const { last_synced_at: syncedAt } = first as unknown as Fields;
    await load(0, 60);
    await becomes(other, 'a', ['unchanged', 'too_small', 120, undefined]);
    await load(60, 110);
    const ready = await becomes(other, 'a', ['unchanged', 'ready', 120, 110]);
    if (door.isAdcp) {
      assert.deepEqual(rowsOf(ready), { hashed_email: '110/120' });
      assert.equal(
        (ready as unknown as Fields)['last_synced_at'],
        syncedAt,
        'it was not synced, it was matched',
      );
    }
    await removePeople(
      seller,
      Array.from({ length: 20 }, (_, i) => `later${i}`),
    );
    await becomes(other, 'a', ['unchanged', 'too_small', 120, undefined]);
  });

  test('contract 5 graph: loading users re-matches every audience that it affects, and survives a restart', async () => {
    const others = [await newBuyer(seller), await newBuyer(seller)];
    for (const other of others) {
      await other.sync({
        audiences: ['a', 'b', 'c'].map((id) => ({
          audience_id: id,
          add: [member('m', 'everywhere@example.com'), member('n', `nowhere-${id}@example.com`)],
        })),
      });
    }
    await addPeople(seller, [
      { id: 'everywhere', identifiers: [['hashed_email', 'everywhere@example.com']] },
    ]);
    for (const other of others) {
      for (const id of ['a', 'b', 'c']) await becomes(other, id, ['unchanged', 'ready', 2, 1]);
    }
    await seller.restart();
    await becomes(others[0]!, 'b', ['unchanged', 'ready', 2, 1]);
  });

  test('contract 5 graph: removing a user drops it from every count', async () => {
    const people = ['gone1', 'gone2', 'gone3'].map((id) => ({
      id,
      identifiers: [['hashed_email', `${id}@example.com`]] as const,
    }));
    await addPeople(seller, people);
    const add = people.map(({ id }) => member(id, `${id}@example.com`));
    for (const id of ['5.r1', '5.r2']) {
      assert.deepEqual(told(await buyer.one({ audience_id: id, add })), ['created', 'ready', 3, 3]);
    }
    await removePeople(seller, ['gone1', 'gone2', 'never-there']);
    for (const id of ['5.r1', '5.r2']) await becomes(buyer, id, ['unchanged', 'ready', 3, 1]);
    await removePeople(seller, ['gone3']);
    for (const id of ['5.r1', '5.r2']) await becomes(buyer, id, ['unchanged', 'too_small', 3, undefined]);
    await addPeople(seller, people.slice(1, 2));
    for (const id of ['5.r1', '5.r2']) await becomes(buyer, id, ['unchanged', 'ready', 3, 1]);
  });

  test('contract 5 graph: an identifier may name several users and stays known until the last of them is removed', async () => {
    const shared = [['hashed_email', 'family@example.com']] as const;
    await addPeople(
      seller,
      ['mother', 'father', 'child'].map((id) => ({ id, identifiers: shared })),
    );
    await buyer.one({
      audience_id: '5.several',
      add: [member('m', 'family@example.com'), member('n', 'family@example.com')],
    });
    await becomes(buyer, '5.several', ['unchanged', 'ready', 2, 2]);
    await removePeople(seller, ['mother']);
    await becomes(buyer, '5.several', ['unchanged', 'ready', 2, 2]);
    await removePeople(seller, ['child', 'father']);
    await becomes(buyer, '5.several', ['unchanged', 'too_small', 2, undefined]);
  });

  test('contract 5 graph: a user has many identifiers, and a member is matched once by any of them', async () => {
    await addPeople(seller, [
      {
        id: 'many',
        identifiers: [
          ['hashed_email', 'many@example.com'],
          ['hashed_email', 'many@work.example'],
          ['hashed_phone', '+4915112345678'],
          ['id5', 'ID5*many'],
        ],
      },
    ]);
    const add = [
      {
        ...member('all', 'many@example.com'),
        hashed_phone: sha256('+4915112345678'),
        uids: [{ type: 'id5', value: 'ID5*many' }],
      },
      member('work', 'many@work.example'),
      { ...member('by-phone', 'unknown@example.com'), hashed_phone: sha256('+4915112345678') },
      { ...member('crossed', '+4915112345678') },
    ];
    const item = await buyer.one({ audience_id: '5.many', add });
    assert.deepEqual(told(item), ['created', 'ready', 4, 3]);
    assert.deepEqual(rowsOf(item), { hashed_email: '2/4', hashed_phone: '2/2', id5: '1/1' });
    await addPeople(seller, [{ id: 'many', identifiers: [['uid2', 'uid2-of-many']] }]);
    await buyer.one({ audience_id: '5.many-added', add: [uidMember('u', ['uid2', 'uid2-of-many'])] });
    await becomes(buyer, '5.many-added', ['unchanged', 'ready', 1, 1]);
    await becomes(buyer, '5.many', ['unchanged', 'ready', 4, 3]);
  });

  test('contract 5 identifiers: a MAID is compared without case, every other universal id as it is', async () => {
    const maid = '38400000-8cf0-11bd-b23e-10b96e40000d';
    await addPeople(seller, [
      {
        id: 'device',
        identifiers: [
          ['maid', maid],
          ['rampid', 'XyRampIdXy'],
          ['uid2', 'AgAAAsTrInG'],
        ],
      },
    ]);
    const mixed = maid.replace('cf', 'Cf').replace('bd', 'bD');
    const maids = await buyer.one({
      audience_id: '5.maid',
      add: [maid, maid.toUpperCase(), mixed].map((value, i) => uidMember(`m${i}`, ['maid', value])),
    });
    assert.deepEqual([...told(maids), rowsOf(maids)], ['created', 'ready', 3, 3, { maid: '3/3' }]);
    const exact = await buyer.one({
      audience_id: '5.exact',
      add: [
        uidMember('r', ['rampid', 'XyRampIdXy']),
        uidMember('r-lower', ['rampid', 'xyrampidxy']),
        uidMember('u', ['uid2', 'AgAAAsTrInG']),
        uidMember('u-space', ['uid2', ' AgAAAsTrInG']),
        uidMember('other-type', ['rampid_derived', 'XyRampIdXy']),
        uidMember('euid', ['euid', 'AgAAAsTrInG']),
      ],
    });
    assert.deepEqual(told(exact), ['created', 'ready', 6, 2]);
    assert.deepEqual(rowsOf(exact), { rampid: '1/2', uid2: '1/2', euid: '0/1', other: '0/1' });
  });

  test('contract 5 identifiers: the seller’s own user id is a first-party id, and a hash sent as a uid is that hash', async () => {
    const item = await buyer.one({
      audience_id: '5.own',
      add: [
        uidMember('own', ['publisher_first_party', 'somebody']),
        uidMember('not', ['publisher_first_party', 'Somebody']),
        uidMember('hash', ['hashed_email', sha256('somebody@example.com')]),
      ],
    });
    assert.deepEqual(told(item), ['created', 'ready', 3, 2]);
    assert.deepEqual(rowsOf(item), { hashed_email: '1/1', other: '1/2' });
  });

  test('contract 5 identifiers: normalising e-mail and phone is the sender’s part; a hash of anything else is another hash', async () => {
    await addPeople(seller, [
      {
        id: 'normal',
        identifiers: [
          ['hashed_email', 'normal@example.com'],
          ['hashed_phone', '+12025550123'],
        ],
      },
    ]);
    const spelled = ['Normal@Example.com', ' normal@example.com', 'normal@example.com\n'];
    const dialled = ['12025550123', '(202) 555-0123', '+1 202 555 0123', '0012025550123'];
    const raw = await buyer.one({
      audience_id: '5.raw',
      add: [
        ...spelled.map((text, i) => member(`e${i}`, text)),
        ...dialled.map((text, i) => ({ external_id: `p${i}`, hashed_phone: sha256(text) })),
      ],
    });
    assert.deepEqual(told(raw), ['created', 'too_small', 7, undefined], 'a server cannot look into a hash');
    const email = normaliseEmail(' Normal@Example.COM ') ?? '';
    const phone = normalisePhone('(202) 555-0123', 'US') ?? '';
    const normal = await buyer.one({
      audience_id: '5.normal',
      add: [member('e', email), { external_id: 'p', hashed_phone: sha256(phone) }],
    });
    assert.deepEqual(told(normal), ['created', 'ready', 2, 2]);
  });
}
