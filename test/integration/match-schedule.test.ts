/** Matching that does not happen at once: what a buyer is told meanwhile, over every door, and what the operator does. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { newBuyer, told, type Buyer, type Item } from '../support/buyer.ts';
import { doors } from '../support/doors.ts';
import { runJson } from '../support/process.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { newRestBuyer, shownOf } from '../support/rest-buyer.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields, WireAnswer } from '../support/wire.ts';

const users = Array.from({ length: 120 }, (_, i) => ({ id: `u${i}`, emails: [`user${i}@example.com`] }));
const members = (count: number, from = 0): Fields[] =>
  Array.from({ length: count }, (_, i) => ({
    external_id: `m${from + i}`,
    hashed_email: sha256(`user${from + i}@example.com`),
  }));

/** Matches once a day, which is never as far as these tests are concerned: everything waits until it is told otherwise. */
let daily: Seller;
let receiver: Receiver;
before(async () => {
  receiver = await startReceiver();
  daily = await startSeller({ matchSchedule: 'every 24h' });
  await daily.addUsers(users);
});
after(async () => {
  await daily.close();
  await receiver.close();
});

const matchNow = async (seller = daily): Promise<Fields> =>
  runJson(['match', 'now', '--data', seller.dataDir]);
const poll = async (buyer: Buyer, task_id: unknown): Promise<WireAnswer> =>
  buyer.call('get_task_status', { task_id, include_result: true });
const ours = (answer: WireAnswer): Fields => (answer.content?.['ext'] as { rollcall: Fields }).rollcall;
const hint = (answer: WireAnswer): number => Number(answer.headers?.get('retry-after'));

async function ended(buyer: Buyer, taskId: unknown): Promise<WireAnswer> {
  const end = performance.now() + 20_000;
  for (;;) {
    const answer = await poll(buyer, taskId);
    if (answer.content?.['status'] !== 'submitted') return answer;
    assert.ok(performance.now() < end, 'the task ends');
    await sleep(5);
  }
}

for (const door of doors.filter(({ isAdcp }) => isAdcp)) {
  test(`over ${door.name}: the call says that it waits and when to ask, and poll, discovery and webhook tell the same end`, async () => {
    const buyer = await newBuyer(daily, { door });
    const path = `/${randomUUID()}`;
    const audiences = [
      { audience_id: 'a', add: members(3) },
      { audience_id: 'b', add: members(7), remove: [{ external_id: 'nobody' }] },
    ];
    const push_notification_config = { url: `${receiver.url}${path}`, operation_id: 'op-1' };
    const answer = await buyer.send({ audiences, push_notification_config });
    assert.equal(answer.content?.['status'], 'submitted', answer.text);
    assert.ok(hint(answer) >= 1 && hint(answer) <= 3_600, String(hint(answer)));
    const taskId = answer.content['task_id'];

    const waiting = await poll(buyer, taskId);
    assert.ok(hint(waiting) >= 1);
    const { progress, status } = waiting.content as { readonly progress: Fields; readonly status: string };
    const { members_matched, members_total, next_run_at, retry_after_seconds } = ours(waiting);
    assert.deepEqual([status, members_matched, members_total], ['submitted', 0, 11]);
    assert.deepEqual(progress, {
      percentage: 0,
      current_step: `waiting for the matching run at ${String(next_run_at)}`,
      total_steps: 2,
      step_number: 1,
    });
    assert.equal(Number(retry_after_seconds), hint(waiting));
    const runAtMs = Date.parse(String(next_run_at));
    assert.equal(runAtMs % 86_400_000, 0, 'midnight in UTC');
    assert.ok(runAtMs > Date.now());

    const discovered = await buyer.send();
    assert.deepEqual(
      (discovered.content?.['audiences'] as Item[]).map((item) => item.status),
      ['processing', 'processing'],
    );
    assert.ok(hint(discovered) >= 1, 'discovery says when it is worth asking again');
    const listed = await buyer.call('list_tasks', {});
    assert.ok(hint(listed) >= 1);

    await matchNow();
    const over = await ended(buyer, taskId);
    assert.equal(over.headers?.get('retry-after'), null, 'nothing changes any more');
    assert.deepEqual(
      [over.content?.['status'], (over.content?.['progress'] as Fields)['percentage'], ours(over)],
      ['completed', 100, { members_matched: 11, members_total: 11 }],
    );
    const [delivery] = await receiver.waitFor(1, path);
    assert.deepEqual(delivery?.json['result'], over.content?.['result']);
    const items = (over.content?.['result'] as { readonly audiences: readonly Item[] }).audiences;
    assert.deepEqual(items.map(told), [
      ['created', 'ready', 3, 3],
      ['created', 'ready', 7, 7],
    ]);
    const settled = await buyer.send();
    assert.deepEqual((settled.content?.['audiences'] as Item[]).map(told), [
      ['unchanged', 'ready', 3, 3],
      ['unchanged', 'ready', 7, 7],
    ]);
    assert.equal(settled.headers?.get('retry-after'), null);
  });
}

test('without a callback the call answers processing at once, and does not wait for a run that is hours away', async () => {
  const buyer = await newBuyer(daily);
  const [item] = await buyer.sync({ audiences: [{ audience_id: 'a', add: members(2) }] });
  assert.deepEqual(told(item), ['created', 'processing', undefined, undefined]);
  await matchNow();
  assert.deepEqual(told(await buyer.settled('a')), ['unchanged', 'ready', 2, 2]);
});

test('over REST: the task says when its run begins, how far it is and when to ask', async () => {
  const { send, task, ended: restEnded, row, rest } = await newRestBuyer(daily);
  const path = `/${randomUUID()}`;
  const add = Array.from({ length: 5 }, (_, i) => ({
    externalId: `m${i}`,
    hashedEmail: sha256(`user${i}@example.com`),
  }));
  const accepted = await send({
    audiences: [{ audienceId: 'a', add }],
    pushNotificationConfig: { url: `${receiver.url}${path}` },
  });
  assert.ok(Number(accepted.headers.get('retry-after')) >= 1);
  const { taskId } = accepted.body;
  const waiting = await task(taskId);
  assert.deepEqual(
    [waiting.status, waiting.metadata.membersMatched, waiting.metadata.membersToMatch],
    ['submitted', 0, 5],
  );
  assert.equal(Date.parse(waiting.metadata.nextRunAt ?? '') % 86_400_000, 0);
  const asked = await rest.ask(`/tasks/${String(taskId)}`);
  assert.equal(Number(asked.headers.get('retry-after')), waiting.retryAfterSeconds);
  assert.equal((await row('a')).status, 'PROCESSING');
  await matchNow();
  const over = await restEnded(taskId);
  assert.deepEqual(
    [over.status, over.metadata.membersMatched, over.metadata.nextRunAt],
    ['completed', 5, null],
  );
  assert.deepEqual(shownOf(await row('a')), ['READY', 5, 5, 'COMPLETED']);
  const [delivery] = await receiver.waitFor(1, path);
  assert.equal(delivery?.json['type'], 'audience_sync.completed');
});

test('a REST sync that has nothing to match tells its outcome too, for its answer does not', async () => {
  const { send, sync } = await newRestBuyer(daily);
  const path = `/${randomUUID()}`;
  const add = [{ externalId: 'm0', hashedEmail: sha256('user0@example.com') }];
  void (await send({ audiences: [{ audienceId: 'gone', add }] }));
  const pushNotificationConfig = { url: `${receiver.url}${path}` };
  await send({ audiences: [{ audienceId: 'gone', delete: true }], pushNotificationConfig });
  const [delivery] = await receiver.waitFor(1, path);
  const { status, audiences } = delivery?.json['data'] as {
    readonly status: string;
    readonly audiences: Fields[];
  };
  assert.deepEqual([status, audiences[0]?.['action']], ['completed', 'deleted']);
  await matchNow();
  assert.equal((await sync({ audienceId: 'gone', delete: true })).status, 'completed');
});

test('requests to one audience take effect in the order of acceptance, in one run', async () => {
  const buyer = await newBuyer(daily);
  const remove = members(4).map(({ external_id }) => ({ external_id }));
  await buyer.sync({ audiences: [{ audience_id: 'a', add: members(10) }] });
  await buyer.sync({ audiences: [{ audience_id: 'a', remove }] });
  await buyer.sync({ audiences: [{ audience_id: 'a', add: members(1) }] });
  await matchNow();
  assert.deepEqual(told(await buyer.settled('a')), ['unchanged', 'ready', 7, 7]);
});

test('an audience that is deleted while it waits: its task ends, and says so', async () => {
  const buyer = await newBuyer(daily);
  const config = { url: `${receiver.url}/${randomUUID()}`, operation_id: 'op-1' };
  const answer = await buyer.send({
    audiences: [{ audience_id: 'a', add: members(2) }],
    push_notification_config: config,
  });
  await buyer.sync({ audiences: [{ audience_id: 'a', delete: true }] });
  await matchNow();
  const over = await ended(buyer, answer.content?.['task_id']);
  const { audiences } = over.content?.['result'] as { readonly audiences: readonly Item[] };
  assert.deepEqual(
    [over.content?.['status'], audiences.map(({ action }) => action)],
    ['completed', ['deleted']],
  );
});

describe('the operator', () => {
  test('sees what waits, and matches it when it likes', async () => {
    await matchNow();
    const buyer = await newBuyer(daily);
    await buyer.sync({ audiences: [{ audience_id: 'a', add: members(6) }] });
    const status = await runJson(['match', 'status', '--data', daily.dataDir]);
    const { schedule, waiting_operations, waiting_members, parked_operations, next_run_at } = status;
    assert.deepEqual(
      [schedule, waiting_operations, waiting_members, parked_operations],
      ['every 24 h', 1, 6, 0],
    );
    assert.equal(Date.parse(String(next_run_at)) % 86_400_000, 0);
    assert.deepEqual(await matchNow(), { begun: 1 });
    await buyer.settled('a');
    assert.equal((await runJson(['match', 'status', '--data', daily.dataDir]))['waiting_operations'], 0);
    assert.deepEqual(await matchNow(), { begun: 0 });
  });

  test('what waits survives a restart, waits on, and is matched by the next run or another schedule', async () => {
    const own = await startSeller({ matchSchedule: 'every 24h' });
    try {
      await own.addUsers(users);
      const buyer = await newBuyer(own);
      await buyer.sync({ audiences: [{ audience_id: 'a', add: members(5) }] });
      await own.restart();
      const [item] = await buyer.sync();
      assert.equal(item?.status, 'processing');
      await own.restart({ matchSchedule: 'immediate' });
      assert.deepEqual(told(await buyer.settled('a')), ['unchanged', 'ready', 5, 5]);
    } finally {
      await own.close();
    }
  });
});

describe('schedules that come by themselves', () => {
  test('every second: what is accepted waits, and is matched without anybody’s doing', async () => {
    const own = await startSeller({ matchSchedule: 'every 1s', waitMs: 0 });
    try {
      await own.addUsers(users);
      const buyer = await newBuyer(own);
      for (let round = 1; round <= 3; round++) {
        const [item] = await buyer.sync({ audiences: [{ audience_id: 'a', add: members(round * 10) }] });
        assert.equal(item?.status, 'processing');
        assert.deepEqual(told(await buyer.settled('a')), ['unchanged', 'ready', round * 10, round * 10]);
      }
    } finally {
      await own.close();
    }
  });

  test('in a window that is open everything is matched at once, within the call', async () => {
    const own = await startSeller({
      matchSchedule: '00:00-12:00,12:00-24:00',
      matchTimezone: 'Asia/Kolkata',
    });
    try {
      await own.addUsers(users);
      const buyer = await newBuyer(own);
      assert.deepEqual(told(await buyer.one({ audience_id: 'a', add: members(4) })), [
        'created',
        'ready',
        4,
        4,
      ]);
    } finally {
      await own.close();
    }
  });

  test('a window that is closed: everything waits', async () => {
    // Half an hour that is twelve hours away.
    const hour = (new Date().getUTCHours() + 12) % 24;
    const from = `${String(hour).padStart(2, '0')}:00`;
    const own = await startSeller({ matchSchedule: `${from}-${from.slice(0, 2)}:30` });
    try {
      await own.addUsers(users);
      const buyer = await newBuyer(own);
      const item = await buyer.one({ audience_id: 'a', add: members(4) });
      assert.equal(item.status, 'processing');
      assert.deepEqual(await matchNow(own), { begun: 1 });
      assert.deepEqual(told(await buyer.settled('a')), ['unchanged', 'ready', 4, 4]);
    } finally {
      await own.close();
    }
  });

  test('a schedule that is none is refused before anything is opened', async () => {
    for (const [wrong, says] of [
      [{ matchSchedule: 'nightly' }, /match-schedule takes immediate/],
      [{ matchTimezone: 'Mars/Olympus' }, /match-timezone takes a time zone/],
    ] as const) {
      await assert.rejects(startSeller(wrong), says);
    }
  });
});
