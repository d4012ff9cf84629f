/** Ids of others, ids of nobody and ids that are gone: at every AdCP door the answer is the same to the byte. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { newBuyer, type Buyer } from '../support/buyer.ts';
import { doors, type Door } from '../support/doors.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import { withoutTime, type Fields, type WireAnswer } from '../support/wire.ts';

let seller: Seller;
before(async () => {
  seller = await startSeller();
});
after(async () => {
  await seller.close();
});

const add = [{ external_id: 'm', hashed_email: sha256('m@example.com') }];
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The bytes of an answer without its time, its own random ids, and the id that was asked about. */
function bytesOf({ text, httpStatus }: WireAnswer, id: string): string {
  return `${httpStatus} ${withoutTime(text).replaceAll(id, 'ID').replaceAll(uuid, 'UUID')}`;
}

for (const door of doors.filter(({ isAdcp }) => isAdcp)) describe(`over ${door.name}`, () => isolation(door));

function isolation(door: Door): void {
  let buyer: Buyer;
  let other: Buyer;
  let otherTask: string;
  before(async () => {
    buyer = await newBuyer(seller, { door });
    other = await newBuyer(seller, { door });
    await other.one({ audience_id: 'theirs', add });
    const { content } = await other.call('list_tasks', {});
    otherTask = (content?.['tasks'] as readonly { readonly task_id: string }[])[0]!.task_id;
  });

  const modern = (): Fields => ({ adcp_version: '3.1', idempotency_key: `key-${randomUUID()}` });

  test('an account of somebody else answers as one that does not exist, whatever is asked of it', async () => {
    const unknown = other.accountId.replace(/\d+$/, (digits) => '9'.repeat(digits.length));
    const bodies: readonly Fields[] = [
      {},
      { audiences: [{ audience_id: 'theirs', add }] },
      { audiences: [{ audience_id: 'theirs', delete: true }] },
      { audiences: [], delete_missing: true },
    ];
    for (const fields of bodies) {
      for (const version of [modern, () => ({})]) {
        const answers = [other.accountId, unknown].map(async (id) => {
          const args = { ...version(), account: { account_id: id }, ...fields };
          return bytesOf(await buyer.call('sync_audiences', args), id);
        });
        const [foreign, absent] = await Promise.all(answers);
        assert.equal(foreign, absent);
        assert.match(foreign ?? '', /ACCOUNT_NOT_FOUND/);
      }
    }
    const tasks = async (id: string): Promise<string> =>
      bytesOf(await buyer.call('list_tasks', { filters: {}, account: { account_id: id } }), id);
    assert.equal(await tasks(other.accountId), await tasks(unknown));
    assert.deepEqual(
      (await other.sync()).map((one) => [one.audience_id, one.total_uploaded_count]),
      [['theirs', 1]],
      'nothing of it was touched',
    );
  });

  test('a task of somebody else answers as one that does not exist', async () => {
    const asked = async (task_id: string): Promise<string> =>
      bytesOf(await buyer.call('get_task_status', { task_id, include_result: true }), task_id);
    const foreign = await asked(otherTask);
    assert.equal(foreign, await asked(randomUUID()));
    assert.doesNotMatch(foreign, /theirs|completed"/);
    const own = await other.call('get_task_status', { task_id: otherTask });
    assert.equal(own.content?.['status'], 'completed', 'its owner sees it');
  });

  test('an audience of somebody else, one that is gone and one that never was answer alike', async () => {
    await buyer.one({ audience_id: 'gone', add });
    await buyer.one({ audience_id: 'gone', delete: true });
    const removed = async (audience_id: string): Promise<string> => {
      const audiences = [{ audience_id, remove: [{ external_id: 'm' }] }];
      return bytesOf(await buyer.send({ audiences }), audience_id);
    };
    const [foreign, gone, never] = [await removed('theirs'), await removed('gone'), await removed('nevr')];
    assert.equal(foreign, gone);
    assert.equal(foreign, never);
    assert.match(foreign, /REFERENCE_NOT_FOUND/);
  });

  test('the comparison can fail', async () => {
    await buyer.one({ audience_id: 'own', add });
    const audiences = (audience_id: string): Fields => ({
      audiences: [{ audience_id, remove: [{ external_id: 'm' }] }],
    });
    const own = bytesOf(await buyer.send(audiences('own')), 'own');
    assert.notEqual(own, bytesOf(await buyer.send(audiences('never')), 'never'));
  });
}
