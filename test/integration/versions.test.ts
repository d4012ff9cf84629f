/** Every operation at every AdCP door in every generation: who is served by which release, and nothing that it does not know. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { newBuyer, type Buyer, type Item } from '../support/buyer.ts';
import { doors, type Door } from '../support/doors.ts';
import { answerMistake } from '../support/exchange-check.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

let seller: Seller;
before(async () => {
  seller = await startSeller();
  await seller.addUsers(
    Array.from({ length: 3 }, (_, i) => ({ id: `u${i}`, emails: [`u${i}@example.com`] })),
  );
});
after(async () => {
  await seller.close();
});

const member = (i: number): Fields => ({ external_id: `m${i}`, hashed_email: sha256(`u${i}@example.com`) });

/** Good arguments of every operation. A fresh request key for those that change something. */
function argumentsFor(buyer: Buyer, taskId: string): Readonly<Record<string, () => Fields>> {
  const account = { account_id: buyer.accountId };
  const key = (): Fields => ({ idempotency_key: `key-${crypto.randomUUID()}` });
  const declared = {
    brand: { domain: 'declared.example' },
    operator: 'declared.example',
    billing: 'operator',
  };
  return {
    get_adcp_capabilities: () => ({}),
    list_accounts: () => ({}),
    sync_accounts: () => ({ ...key(), accounts: [declared] }),
    sync_audiences: () => ({ ...key(), account, audiences: [{ audience_id: 'a', add: [member(0)] }] }),
    get_task_status: () => ({ task_id: taskId, include_result: true }),
    list_tasks: () => ({}),
  };
}

/** What a caller may ask for, and the release that answers. Source: AdCP versioning, server resolution. */
const asked: readonly (readonly [Fields, string])[] = [
  [{ adcp_version: '3.0' }, '3.0'],
  [{ adcp_version: '3.1' }, '3.1'],
  [{ adcp_version: '3.7' }, '3.1'],
  [{ adcp_version: '3.0', adcp_major_version: 3 }, '3.0'],
  [{ adcp_major_version: 3 }, '3.1'],
  [{}, '3.1'],
];
const refused: readonly Fields[] = [
  { adcp_version: '2.5' },
  { adcp_version: '4.0' },
  { adcp_version: '3.1-rc.1' },
  { adcp_major_version: 4 },
  { adcp_version: '3.1', adcp_major_version: 2 },
];

test('the schemas of 3.0 refuse a word that came later', () => {
  const audiences = [{ audience_id: 'a', action: 'updated', status: 'suspended' }];
  const answer = { status: 'completed', adcp_version: '3.0', audiences };
  assert.match(answerMistake('sync_audiences', answer), /allowed values/);
});

for (const door of doors.filter(({ isAdcp }) => isAdcp)) describe(`over ${door.name}`, () => versions(door));

function versions(door: Door): void {
  let buyer: Buyer;
  let operations: Readonly<Record<string, () => Fields>>;
  before(async () => {
    buyer = await newBuyer(seller, { door });
    await buyer.one({ audience_id: 'a', add: [member(1), member(2)] });
    await buyer.one({ audience_id: 'later', add: [member(1)] });
    const listed = await buyer.call('list_tasks', {});
    const tasks = listed.content?.['tasks'] as readonly { readonly task_id: string }[];
    operations = argumentsFor(buyer, tasks[0]?.task_id ?? assert.fail(listed.text));
  });

  test('contract 4 versions: every operation is answered by the release that was asked for', async () => {
    for (const [operation, args] of Object.entries(operations)) {
      for (const [fields, release] of asked) {
        const { content, text } = await buyer.call(operation, { ...args(), ...fields });
        assert.equal(content?.['adcp_version'], release, `${operation} ${JSON.stringify(fields)}: ${text}`);
        assert.equal(content['adcp_major_version'], 3);
        assert.equal(content['adcp_error'], undefined, text);
        // The words of 3.0 are a closed list, of which the official schemas know.
        if (release === '3.0') assert.equal(answerMistake(operation, content), '');
      }
    }
  });

  test('contract 4 versions: every operation refuses a release that is not served, before it does anything', async () => {
    const before = await buyer.sync();
    for (const [operation, args] of Object.entries(operations)) {
      for (const fields of refused) {
        const { error, content } = await buyer.call(operation, { ...args(), ...fields });
        assert.equal(error?.code, 'VERSION_UNSUPPORTED', `${operation} ${JSON.stringify(fields)}`);
        assert.equal(error.field, Object.keys(fields)[0]);
        assert.deepEqual(error.details?.['supported_versions'], ['3.0', '3.1']);
        assert.equal(content?.['adcp_version'], '3.1', 'in the default release');
      }
    }
    assert.deepEqual(await buyer.sync(), before);
  });

  test('contract 4 versions: a caller of the older page is served in its words, by sync_audiences alone', async () => {
    const account = { account_id: buyer.accountId };
    const good = await buyer.call('sync_audiences', {
      account,
      audiences: [{ audience_id: 'old', add: [{ hashed_email: sha256('u0@example.com') }] }],
    });
    assert.equal(good.content?.['adcp_version'], undefined);
    const [item] = good.content?.['audiences'] as readonly Item[];
    assert.deepEqual([item?.audience_id, item?.action, item?.status], ['old', 'created', 'ready']);
    const failing = await buyer.call('sync_audiences', {
      account,
      audiences: [
        { audience_id: 'never', delete: true },
        { audience_id: 'old', add: [{ hashed_email: 'short' }] },
      ],
    });
    const codes = (failing.content?.['audiences'] as readonly Item[])
      .slice(0, 2)
      .map(({ errors = [] }) => errors[0]?.code);
    assert.deepEqual(codes, ['AUDIENCE_NOT_FOUND', 'INVALID_HASH_FORMAT']);
  });
}
