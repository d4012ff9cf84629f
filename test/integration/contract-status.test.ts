import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { inDatabase } from '../support/database.ts';
import { newBuyer as buyerOf, rowsOf, told, type Buyer, type Item } from '../support/buyer.ts';
import { doors, type Door } from '../support/doors.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields, WireAnswer } from '../support/wire.ts';

const users = Array.from({ length: 120 }, (_, i) => ({ id: `u${i}`, emails: [`user${i}@example.com`] }));

let seller: Seller;
/** A seller that never waits for matching. */
let hasty: Seller;
before(async () => {
  seller = await startSeller();
  hasty = await startSeller({ waitMs: 0 });
  await seller.addUsers(users);
  await hasty.addUsers(users);
});
after(async () => {
  await seller.close();
  await hasty.close();
});

const known = (i: number): string => sha256(`user${i}@example.com`);
const unknown = (i: number): string => sha256(`stranger${i}@example.com`);
const member = (id: string, email: string): Fields => ({ external_id: id, hashed_email: email });
const members = (count: number): Fields[] =>
  Array.from({ length: count }, (_, i) => member(`m${i}`, known(i)));

async function taskOf(buyer: Buyer, taskId: string): Promise<WireAnswer> {
  const end = performance.now() + 20_000;
  for (;;) {
    const answer = await buyer.call('get_task_status', { task_id: taskId, include_result: true });
    if (answer.content?.['status'] === 'completed') return answer;
    assert.match(String(answer.content?.['status']), /^(submitted|working)$/, answer.text);
    assert.ok(performance.now() < end, 'the task ends');
    await sleep(5);
  }
}

async function onlyTask(buyer: Buyer): Promise<string> {
  const listed = await buyer.call('list_tasks', {});
  const tasks = listed.content?.['tasks'] as readonly { readonly task_id: string }[];
  assert.equal(tasks.length, 1, listed.text);
  return tasks[0]!.task_id;
}

/** An answer's content without what a replay adds or what is about this very answer. */
function lasting(answer: WireAnswer): string {
  const { timestamp: _, replayed: __, ...content } = answer.content ?? {};
  return JSON.stringify(content);
}

for (const door of doors) describe(`over ${door.name}`, () => rules(door));

function rules(door: Door): void {
  const newBuyer = async (of: Seller, { sandbox = true } = {}): Promise<Buyer> =>
    buyerOf(of, { sandbox, door });

  test('contract 4 counts: members are counted, never people; a file sent again changes no number', async () => {
    const buyer = await newBuyer(seller);
    const add = [
      { ...member('a', known(0)), hashed_phone: sha256('+15550100') },
      member('b', known(0)),
      member('c', unknown(1)),
      member('c', unknown(1)),
      {
        external_id: 'd',
        uids: [
          { type: 'maid', value: 'x' },
          { type: 'world_id_nullifier', value: 'y' },
        ],
      },
    ];
    const first = await buyer.one({ audience_id: 'a', add });
    assert.deepEqual([...told(first), first.uploaded_count], ['created', 'ready', 4, 2, 5]);
    assert.equal(first.effective_match_rate, 2 / 4);
    assert.deepEqual(rowsOf(first), {
      hashed_email: '2/3',
      hashed_phone: '0/1',
      maid: '0/1',
      other: '0/1',
    });
    for (const row of first.match_breakdown ?? []) assert.equal(row.match_rate, row.matched / row.submitted);
    const numbers = ({ last_synced_at: _, action: __, ...rest }: Fields): Fields => rest;
    const again = await buyer.one({ audience_id: 'a', add });
    assert.equal(again.action, 'unchanged');
    assert.deepEqual(numbers({ ...again }), numbers({ ...first }));
    const [discovered] = await buyer.sync();
    assert.equal(discovered?.uploaded_count, 0, 'nothing was uploaded in this call');
  });

  test('contract 4 counts: uploaded_count is the valid entries of add before members are merged or struck', async () => {
    const buyer = await newBuyer(seller);
    const add = [member('a', known(0)), member('a', known(1)), member('b', known(2))];
    const item = await buyer.one({ audience_id: 'a', add, remove: [{ external_id: 'b' }] });
    assert.deepEqual([item.uploaded_count, item.total_uploaded_count], [3, 1]);
    const removal = await buyer.one({ audience_id: 'a', remove: [{ external_id: 'x' }] });
    assert.equal(removal.uploaded_count, 0);
    const [skipped] = await buyer.sync({
      ext: { rollcall: { invalid_members: 'skip' } },
      audiences: [{ audience_id: 'a', add: [member('c', known(3)), member('d', 'bad')] }],
    });
    assert.equal(skipped?.uploaded_count, 1);
  });

  test('contract 4 status: outside sandbox the minimum decides between ready and too_small, which has no counts', async () => {
    const buyer = await newBuyer(seller, { sandbox: false });
    const small = await buyer.one({ audience_id: 'a', add: members(99) });
    assert.deepEqual(told(small), ['created', 'too_small', 99, undefined]);
    assert.deepEqual(
      [small.minimum_size, small.effective_match_rate, small.match_breakdown],
      [100, undefined, undefined],
    );
    const ready = await buyer.one({ audience_id: 'a', add: members(100) });
    assert.deepEqual([...told(ready), ready.minimum_size], ['updated', 'ready', 100, 100, undefined]);
    const less = await buyer.one({ audience_id: 'a', remove: [{ external_id: 'm7' }] });
    assert.deepEqual([...told(less), less.minimum_size], ['updated', 'too_small', 99, undefined, 100]);
    assert.deepEqual(await buyer.settled('a').then(told), ['unchanged', 'too_small', 99, undefined]);
  });

  test('contract 4 status: the smallest sandbox audience is ready; one without a match is too_small for a minimum of 1', async () => {
    const buyer = await newBuyer(seller);
    assert.deepEqual(told(await buyer.one({ audience_id: 'a', add: members(1) })), [
      'created',
      'ready',
      1,
      1,
    ]);
    const none = await buyer.one({ audience_id: 'b', add: [member('x', unknown(1))] });
    assert.deepEqual([...told(none), none.minimum_size], ['created', 'too_small', 1, undefined, 1]);
  });

  test('contract 4 status: suspended is told only to callers whose version knows it', async () => {
    const buyer = await newBuyer(seller);
    await buyer.one({ audience_id: 'suspended-one', add: members(3) });
    await inDatabase(
      seller,
      "UPDATE audience SET suspended_reason = 'consent_expired' WHERE audience_id = 'suspended-one'",
    );
    const statusFor = async (fields: Fields): Promise<Item | undefined> =>
      ((await buyer.send(fields)).content?.['audiences'] as Item[])[0];
    const today = await statusFor({});
    if (!door.isAdcp) {
      assert.deepEqual(told(today), ['unchanged', 'error', 3, undefined], 'REST has no such word');
      return;
    }
    assert.deepEqual(told(today), ['unchanged', 'suspended', 3, undefined]);
    const before31 = await statusFor({ adcp_version: '3.0' });
    assert.deepEqual(told(before31), ['unchanged', 'processing', 3, undefined]);
    const old = ((await buyer.legacy()).content?.['audiences'] as Item[])[0];
    assert.equal(old?.status, 'processing');
  });

  test('contract 4 inline: within the budget the answer is final; without one it is processing, and the task goes on', async () => {
    const patient = await newBuyer(seller);
    assert.deepEqual(told(await patient.one({ audience_id: 'a', add: members(3) })), [
      'created',
      'ready',
      3,
      3,
    ]);
    const buyer = await newBuyer(hasty);
    const early = await buyer.one({ audience_id: 'a', add: members(3) });
    if (!door.isAdcp) {
      assert.deepEqual(told(early), ['created', 'ready', 3, 3], 'REST answers with the task alone');
      return;
    }
    assert.deepEqual([early.action, early.status], ['created', 'processing']);
    assert.deepEqual(
      [early.matched_count, early.match_breakdown, early.minimum_size],
      [undefined, undefined, undefined],
    );
    assert.equal(early.uploaded_count, 3);
    const task = await taskOf(buyer, await onlyTask(buyer));
    const result = task.content?.['result'] as { readonly audiences: readonly Item[] };
    assert.deepEqual(told(result.audiences[0]), ['created', 'ready', 3, 3]);
    assert.deepEqual(told(await buyer.settled('a')), ['unchanged', 'ready', 3, 3]);
  });

  test('contract 4 inline: what was accepted and not yet matched survives a restart', async () => {
    const buyer = await newBuyer(hasty);
    for (let i = 0; i < 5; i++) await buyer.one({ audience_id: `a${i}`, add: members(100) });
    await hasty.restart();
    for (let i = 0; i < 5; i++) {
      assert.deepEqual(told(await buyer.settled(`a${i}`)), ['unchanged', 'ready', 100, 100]);
    }
  });

  test('contract 4 inline: a webhook to an address that may not be called is refused by name, and nothing is accepted', async () => {
    const buyer = await newBuyer(hasty);
    const answer = await buyer.send({
      audiences: [{ audience_id: 'a', add: members(3) }],
      push_notification_config: {
        url: 'https://169.254.169.254/hook',
        ...(door.isAdcp ? { operation_id: 'op-1' } : {}),
      },
    });
    assert.deepEqual(
      [answer.error?.code, answer.error?.field],
      ['INVALID_REQUEST', `push_notification_config.url`],
    );
    assert.deepEqual(await buyer.sync(), []);
  });

  test('contract 4 idempotency: a replay gives the same bytes and says so, and applies nothing', async () => {
    for (const on of [seller, hasty]) {
      const buyer = await newBuyer(on);
      const idempotency_key = `replay-${randomUUID()}`;
      const first = await buyer.send({ idempotency_key, audiences: [{ audience_id: 'a', add: members(3) }] });
      await buyer.settled('a');
      await buyer.one({ audience_id: 'a', remove: [{ external_id: 'm0' }] });
      await buyer.settled('a');
      const again = await buyer.send({ idempotency_key, audiences: [{ add: members(3), audience_id: 'a' }] });
      assert.equal(first.content?.['replayed'], undefined);
      assert.equal(again.content?.['replayed'], true);
      assert.equal(lasting(again), lasting(first), 'key order is no difference');
      assert.equal((await buyer.settled('a')).total_uploaded_count, 2, 'm0 did not come back');
    }
  });

  test('contract 4 idempotency: a replay after a restart is the same answer still', async () => {
    const buyer = await newBuyer(seller);
    const call = {
      idempotency_key: `replay-${randomUUID()}`,
      audiences: [{ audience_id: 'a', add: members(3) }],
    };
    const first = await buyer.send(call);
    await seller.restart();
    const again = await buyer.send(call);
    assert.deepEqual([again.content?.['replayed'], lasting(again)], [true, lasting(first)]);
  });

  test('contract 4 idempotency: a refusal is not remembered, so its key can be used for the corrected call', async () => {
    const buyer = await newBuyer(seller);
    const idempotency_key = `refused-${randomUUID()}`;
    const refused = await buyer.send({ idempotency_key, audiences: [{ audience_id: 7 }] });
    assert.equal(refused.error?.code, 'INVALID_REQUEST');
    const [item] = await buyer.sync({ idempotency_key, audiences: [{ audience_id: 'a', add: members(1) }] });
    assert.deepEqual(told(item), ['created', 'ready', 1, 1]);
  });

  test('contract 4 idempotency: two calls with one key at the same time are applied once', async () => {
    const buyer = await newBuyer(seller);
    const call = {
      idempotency_key: `twice-${randomUUID()}`,
      audiences: [{ audience_id: 'a', add: members(50) }],
    };
    const answers = await Promise.all(Array.from({ length: 8 }, async () => buyer.send(call)));
    assert.equal(new Set(answers.map(lasting)).size, 1);
    assert.equal(answers.filter(({ content }) => content?.['replayed'] === true).length, 7);
    if (door.isAdcp) await onlyTask(buyer);
  });

  // REST has no such field.
  if (door.isAdcp) {
    test('contract 4 context: it is echoed on success, refusal and replay, and absent when there was none', async () => {
      const buyer = await newBuyer(seller);
      const context = { trace: ['a', { b: null }], 'odd name': 1.5 };
      const call = {
        idempotency_key: `context-${randomUUID()}`,
        audiences: [{ audience_id: 'a', add: members(1) }],
      };
      assert.deepEqual((await buyer.send({ ...call, context })).content?.['context'], context);
      const replay = await buyer.send({ ...call, context: { other: true } });
      assert.deepEqual([replay.content?.['replayed'], replay.content?.['context']], [true, { other: true }]);
      const refused = await buyer.send({ audiences: [], context });
      assert.deepEqual([refused.content?.['status'], refused.content?.['context']], ['failed', context]);
      assert.ok(!('context' in ((await buyer.send(call)).content ?? {})));
    });
  }

  // REST has no such field.
  if (door.isAdcp) {
    test('contract 4 versions: an answer names the release it is served in; callers of the older page get none', async () => {
      const buyer = await newBuyer(seller);
      const served = async (fields: Fields): Promise<unknown> =>
        (await buyer.send(fields)).content?.['adcp_version'];
      assert.deepEqual(
        [
          await served({ adcp_version: '3.0' }),
          await served({ adcp_version: '3.1' }),
          await served({ adcp_version: '3.9' }),
        ],
        ['3.0', '3.1', '3.1'],
      );
      assert.equal(await served({ adcp_version: undefined, adcp_major_version: 3 }), '3.1');
      assert.equal((await buyer.legacy()).content?.['adcp_version'], undefined);
    });
  }
}
