/** Lists of the REST door, and requests that are repeated. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { newRestBuyer, shownOf, type RestBuyer } from '../support/rest-buyer.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

const emails = ['user0@example.com', 'user1@example.com'];
const knownMembers = (count: number): Fields[] =>
  emails.slice(0, count).map((email, i) => ({ externalId: `crm-${i}`, hashedEmail: sha256(email) }));

let seller: Seller;
before(async () => {
  seller = await startSeller();
  await seller.addUsers(emails.map((email) => ({ id: email, emails: [email] })));
});
after(() => seller.close());

describe('lists', () => {
  let buyer: RestBuyer;
  before(async () => {
    buyer = await newRestBuyer(seller);
    await buyer.sync(...Array.from({ length: 120 }, (_, i) => ({ audienceId: `n${i}`, add: [] })));
  });

  test('come in pages, oldest first, with the total of all', async () => {
    const pageOf = async (query: string): Promise<readonly unknown[]> => {
      const page = await buyer.rest.read(`${buyer.home}/audiences${query}`);
      const rows = page['audiences'] as readonly Fields[];
      return [rows.length, rows[0]?.['audienceId'], page['total'], page['take'], page['skip']];
    };
    assert.deepEqual(await pageOf(''), [50, 'n0', 120, 50, 0]);
    assert.deepEqual(await pageOf('?take=100'), [100, 'n0', 120, 100, 0]);
    assert.deepEqual(await pageOf('?skip=100&take=100&color=red'), [20, 'n100', 120, 100, 100]);
    assert.deepEqual(await pageOf('?take=1&skip=119'), [1, 'n119', 120, 1, 119]);
    assert.deepEqual(await pageOf('?skip=120'), [0, undefined, 120, 50, 120]);
  });

  test('are served under every spelling of the address, and HEAD has no body', async () => {
    const encoded = `/advertisers/${buyer.buyer.accountId.replace('acct', '%61cct')}/audiences`;
    const plain = await buyer.rest.ask(`${buyer.home}/audiences`);
    for (const path of [encoded, `${buyer.home}/audiences/`]) {
      assert.equal((await buyer.rest.ask(path)).text, plain.text);
    }
    const head = await buyer.rest.ask(`${buyer.home}/audiences`, { method: 'HEAD' });
    assert.deepEqual(
      [head.httpStatus, head.headers.get('content-length')],
      [200, String(Buffer.byteLength(plain.text))],
    );
  });
});

describe('Idempotency-Key', () => {
  test('the same request gets the same answer and is carried out once', async () => {
    const buyer = await newRestBuyer(seller);
    const headers = { 'idempotency-key': randomUUID() };
    const body = { audiences: [{ audienceId: 'a', add: knownMembers(2) }] };
    const first = await buyer.send(body, headers);
    assert.equal(first.headers.get('idempotency-replayed'), null);
    await buyer.ended(first.body['taskId']);
    await buyer.sync({ audienceId: 'a', remove: [{ externalId: 'crm-0' }] });
    const second = await buyer.send(body, headers);
    assert.deepEqual([second.httpStatus, second.headers.get('idempotency-replayed')], [202, 'true']);
    assert.equal(second.text, first.text);
    const reordered = { audiences: [{ add: knownMembers(2), audienceId: 'a' }] };
    assert.equal((await buyer.send(reordered, headers)).text, first.text, 'the order of keys is nothing');
    assert.deepEqual(shownOf(await buyer.row('a')), ['READY', 1, 1, 'COMPLETED'], 'not carried out again');
    const without = [await buyer.send(body), await buyer.send(body)].map((one) => one.body['taskId']);
    assert.equal(new Set([...without, first.body['taskId']]).size, 3, 'without a key every request is one');
  });

  test('twenty at once are one', async () => {
    const buyer = await newRestBuyer(seller);
    const headers = { 'idempotency-key': 'any visible text without spaces'.replaceAll(' ', '-') };
    const body = { audiences: [{ audienceId: 'a', add: knownMembers(1) }] };
    const answers = await Promise.all(Array.from({ length: 20 }, async () => buyer.send(body, headers)));
    assert.deepEqual([...new Set(answers.map(({ text }) => text))], [answers[0]?.text]);
  });

  test('belongs to one advertiser and one caller', async () => {
    const [one, other] = [await newRestBuyer(seller), await newRestBuyer(seller)];
    const headers = { 'idempotency-key': 'shared' };
    const body = { audiences: [{ audienceId: 'a', add: knownMembers(1) }] };
    const [mine, theirs] = [await one.send(body, headers), await other.send(body, headers)];
    assert.notEqual(mine.body['taskId'], theirs.body['taskId']);
    assert.equal(theirs.headers.get('idempotency-replayed'), null);
  });
});
