/**
 * However a buyer learns of an outcome, it learns the same: by the answer, by polls, by lists, by discovery and by a webhook. Random
 * calls are made at random moments, and every task is watched from its beginning to its end.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import fc from 'fast-check';

import { newBuyer, told, type Buyer, type Item } from '../support/buyer.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

const users = Array.from({ length: 60 }, (_, i) => ({ id: `u${i}`, emails: [`user${i}@example.com`] }));
let seller: Seller;
let receiver: Receiver;
before(async () => {
  receiver = await startReceiver();
  // Nobody waits, so that every call is answered with its task.
  seller = await startSeller({ waitMs: 0, matchSchedule: 'every 1s', minimumSize: 100 });
  await seller.addUsers(users);
});
after(async () => {
  await seller.close();
  await receiver.close();
});

const audience = fc.record({
  audience_id: fc.constantFrom('a', 'b', 'c'),
  kind: fc.constantFrom('add', 'add', 'remove', 'delete', 'unknown'),
  from: fc.nat({ max: 50 }),
  count: fc.integer({ min: 1, max: 40 }),
});
const calls = fc.array(
  fc.record({
    audiences: fc.uniqueArray(audience, { minLength: 1, maxLength: 3, selector: (one) => one.audience_id }),
    pauseMs: fc.constantFrom(0, 0, 5, 60, 400),
  }),
  { minLength: 3, maxLength: 8 },
);

type Call = typeof calls extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

const member = (i: number): Fields => ({
  external_id: `m${i}`,
  hashed_email: sha256(`user${i}@example.com`),
});

function wordsOf({ audience_id, kind, from, count }: Call['audiences'][number]): Fields {
  const some = Array.from({ length: count }, (_, i) => member(from + i));
  switch (kind) {
    case 'add':
      return { audience_id, add: some };
    case 'remove':
      return { audience_id, remove: some.map(({ external_id }) => ({ external_id })) };
    case 'delete':
      return { audience_id, delete: true };
    default:
      return { audience_id: `never-${audience_id}`, remove: some };
  }
}

interface Watched {
  readonly taskId: string;
  readonly path: string;
  /** Every poll, in order, until the end. */
  readonly polls: readonly Fields[];
}

const allowed: Readonly<Record<string, readonly string[]>> = {
  submitted: ['submitted', 'working', 'completed', 'failed'],
  working: ['working', 'completed', 'failed'],
  completed: ['completed'],
  failed: ['failed'],
};

async function watch(buyer: Buyer, taskId: string): Promise<readonly Fields[]> {
  const polls: Fields[] = [];
  const end = performance.now() + 30_000;
  // A little longer than until the end: what has ended must not change.
  for (let after = 0; after < 3;) {
    const { content } = await buyer.call('get_task_status', { task_id: taskId, include_result: true });
    assert.ok(content !== null && performance.now() < end, 'every task ends');
    polls.push(content);
    if (content['status'] !== 'submitted' && content['status'] !== 'working') after++;
    await sleep(15);
  }
  return polls;
}

const progressOf = (poll: Fields): number =>
  ((poll['progress'] ?? {}) as { percentage?: number }).percentage ?? 0;

function checkPolls(polls: readonly Fields[]): void {
  polls.reduce((from, to) => {
    assert.ok(
      allowed[String(from['status'])]?.includes(String(to['status'])),
      `${String(from['status'])} → ${String(to['status'])}`,
    );
    assert.ok(progressOf(to) >= progressOf(from), 'progress never goes back');
    assert.equal(
      progressOf(to) === 100,
      to['status'] === 'completed' || to['status'] === 'failed',
      'and is whole only at the end',
    );
    return to;
  });
  const ends = polls.slice(-3).map((poll) => ({ ...poll, timestamp: null }));
  assert.deepEqual([ends[1], ends[2]], [ends[0], ends[0]]);
}

async function checkEnd(buyer: Buyer, { taskId, path, polls }: Watched): Promise<void> {
  checkPolls(polls);
  const last = polls.at(-1)!;
  const [delivery] = await receiver.waitFor(1, path);
  assert.deepEqual(
    [delivery?.json['task_id'], delivery?.json['status'], delivery?.json['result']],
    [taskId, last['status'], last['result']],
  );
  const { content } = await buyer.call('list_tasks', { filters: { task_ids: [taskId] } });
  const [listed] = content?.['tasks'] as readonly Fields[];
  assert.deepEqual([listed?.['status'], listed?.['completed_at']], [last['status'], last['completed_at']]);
}

async function play(buyer: Buyer, call: Call): Promise<Watched | null> {
  await sleep(call.pauseMs);
  const path = `/${randomUUID()}`;
  const answer = await buyer.send({
    audiences: call.audiences.map(wordsOf),
    push_notification_config: { url: `${receiver.url}${path}`, operation_id: 'op-1' },
  });
  if (answer.content?.['status'] === 'submitted') {
    const taskId = String(answer.content['task_id']);
    return { taskId, path, polls: await watch(buyer, taskId) };
  }
  assert.equal(answer.content?.['status'], 'completed', answer.text);
  assert.equal(answer.content['task_id'], undefined);
  // What was answered is not sent as well.
  await sleep(50);
  assert.equal(receiver.at(path).length, 0);
  return null;
}

test('answer, polls, list, discovery and webhook agree on every task of random runs', async () => {
  let watched = 0;
  await fc.assert(
    fc.asyncProperty(calls, async (run) => {
      const buyer = await newBuyer(seller);
      let tail: Promise<unknown> = Promise.resolve();
      const tasks = run.map(async (call) => {
        // Sent one after the other, as a buyer's own queue would, and watched side by side.
        const sent = tail.then(() => undefined);
        tail = sleep(call.pauseMs);
        await sent;
        return play(buyer, { ...call, pauseMs: 0 });
      });
      const found = (await Promise.all(tasks)).filter((one) => one !== null);
      for (const one of found) await checkEnd(buyer, one);
      watched += found.length;
      await agreesWithDiscovery(buyer, found);
    }),
    { numRuns: 12, endOnFailure: true },
  );
  assert.ok(watched >= 20, `${watched} tasks`);
});

/** The last task that ended told of every audience of the account what discovery tells now. */
async function agreesWithDiscovery(buyer: Buyer, tasks: readonly Watched[]): Promise<void> {
  const ends = tasks.map(({ polls }) => polls.at(-1)!);
  const newest = ends
    .toSorted((a, b) => String(a['completed_at']).localeCompare(String(b['completed_at'])))
    .at(-1);
  if (newest === undefined) return;
  const now = await buyer.sync();
  const then = (newest['result'] as { readonly audiences: readonly Item[] }).audiences;
  for (const item of now) {
    const before = then.find(
      (one) => one.audience_id === item.audience_id && one.action !== 'failed' && one.action !== 'deleted',
    );
    if (before === undefined || before.status === 'processing') continue;
    assert.deepEqual(told(item).slice(1), told(before).slice(1), item.audience_id);
  }
}
