/** Changes that were acknowledged and cannot be applied: stored bytes are damaged on a real disk, and every promise is looked at. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { sdkSchemas, validatorOf } from '../../src/protocol/adcp/testing/official-schemas.ts';
import { inDatabase } from '../support/database.ts';
import { newBuyer, told, type Buyer, type Item } from '../support/buyer.ts';
import { runJson } from '../support/process.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { newRestBuyer } from '../support/rest-buyer.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields, WireAnswer } from '../support/wire.ts';

const users = Array.from({ length: 50 }, (_, i) => ({ id: `u${i}`, emails: [`user${i}@example.com`] }));
const members = (count: number): Fields[] =>
  Array.from({ length: count }, (_, i) => ({
    external_id: `m${i}`,
    hashed_email: sha256(`user${i}@example.com`),
  }));

let seller: Seller;
let receiver: Receiver;
before(async () => {
  receiver = await startReceiver();
  seller = await startSeller({ matchSchedule: 'every 24h' }, { pauseMs: () => 1 });
  await seller.addUsers(users);
});
after(async () => {
  await seller.close();
  await receiver.close();
});
beforeEach(async () => {
  // Nothing of the test before is left to be matched.
  await command('match', 'now');
});

const command = async (...words: readonly string[]): Promise<Fields> =>
  runJson([...words, '--data', seller.dataDir]);
const parked = async (): Promise<readonly Fields[]> =>
  (await command('match', 'parked'))['parked'] as Fields[];

/** Changes one byte in the middle of the newest stored block, and gives what puts it back. */
async function damage(): Promise<() => Promise<void>> {
  const newest = 'SELECT block_no, audience_no, bytes FROM member_block ORDER BY block_no DESC LIMIT 1';
  const [row] = (await inDatabase(seller, newest)).rows as unknown as readonly {
    readonly block_no: number;
    readonly audience_no: number;
    readonly bytes: Uint8Array;
  }[];
  assert.ok(row !== undefined);
  const put = async (bytes: Uint8Array): Promise<void> => {
    const change = 'UPDATE member_block SET bytes = ? WHERE block_no = ? AND audience_no = ?';
    const { changes } = await inDatabase(seller, change, bytes, row.block_no, row.audience_no);
    assert.equal(changes, 1);
  };
  const broken = Uint8Array.from(row.bytes);
  broken[Math.floor(broken.length / 2)]! ^= 0x40;
  await put(broken);
  return async () => put(row.bytes);
}

interface Accepted {
  readonly buyer: Buyer;
  readonly taskId: unknown;
  readonly path: string;
}

async function accept(buyer: Buyer, audiences: readonly Fields[]): Promise<Accepted> {
  const path = `/${randomUUID()}`;
  const push_notification_config = { url: `${receiver.url}${path}`, operation_id: 'op-1' };
  const answer = await buyer.send({ audiences, push_notification_config });
  assert.equal(answer.content?.['status'], 'submitted', answer.text);
  return { buyer, taskId: answer.content['task_id'], path };
}

async function ended({ buyer, taskId }: Accepted): Promise<WireAnswer> {
  const end = performance.now() + 20_000;
  for (;;) {
    const answer = await buyer.call('get_task_status', { task_id: taskId, include_result: true });
    if (answer.content?.['status'] !== 'submitted') return answer;
    assert.ok(performance.now() < end, 'every task ends');
    await sleep(5);
  }
}

const errorOf = ({ content }: WireAnswer): Fields => content?.['error'] as Fields;

describe('a change that cannot be applied', () => {
  test('ends its task as failed, with what to do, in the poll and in the webhook; the audience is suspended', async () => {
    const buyer = await newBuyer(seller);
    const accepted = await accept(buyer, [{ audience_id: 'a', add: members(5) }]);
    const repair = await damage();
    await command('match', 'now');
    const over = await ended(accepted);
    await repair();
    assert.equal(over.content?.['status'], 'failed');
    const { code, message, field, suggestion, recovery } = errorOf(over);
    assert.deepEqual([code, field, recovery], ['INVALID_STATE', 'audiences[0]', 'correctable']);
    assert.match(
      `${String(message)} ${String(suggestion)}`,
      /could not be applied.*Delete the audience and send it whole/,
    );
    assert.equal(over.content['result'], undefined);
    const [delivery] = await receiver.waitFor(1, accepted.path);
    assert.equal(validatorOf(sdkSchemas)('core/mcp-webhook-payload', delivery?.json), '');
    assert.equal(delivery?.json['status'], 'failed');
    assert.match(JSON.stringify(delivery.json), /INVALID_STATE/);
    const [item] = await buyer.sync();
    assert.equal(item?.status, 'suspended');
    assert.match(JSON.stringify(item), /could not be applied/);

    const [row] = await parked();
    assert.deepEqual(
      [row?.['audience_id'], row?.['account_id'], row?.['members'], row?.['attempts']],
      ['a', buyer.accountId, 5, 10],
    );
    const lines = seller.logLines
      .map((line) => JSON.parse(line) as Fields)
      .filter(({ event }) => event === 'job_fault');
    const reasons = lines
      .filter((line) => line['operation_seq'] === row?.['operation'])
      .map(({ reason }) => reason);
    assert.deepEqual(reasons, [...Array<string>(9).fill('match.retried'), 'match.parked']);
    assert.equal((await command('match', 'status'))['parked_operations'], 1);
  });

  test('holds back what comes after it: that cannot be applied either, and is told so at once', async () => {
    const buyer = await newBuyer(seller);
    const first = await accept(buyer, [{ audience_id: 'a', add: members(5) }]);
    const repair = await damage();
    const second = await accept(buyer, [{ audience_id: 'a', remove: [{ external_id: 'm0' }] }]);
    await command('match', 'now');
    assert.deepEqual(
      [(await ended(first)).content?.['status'], (await ended(second)).content?.['status']],
      ['failed', 'failed'],
    );
    const third = await accept(buyer, [{ audience_id: 'a', add: members(1) }]);
    await command('match', 'now');
    assert.equal((await ended(third)).content?.['status'], 'failed');
    const mine = (await parked()).filter((row) => row['account_id'] === buyer.accountId);
    assert.deepEqual(
      mine.map(({ attempts }) => attempts),
      [10, 0, 0],
    );
    await repair();
  });

  test('does not stand in the way of other audiences of the call, whose results stand', async () => {
    const buyer = await newBuyer(seller);
    const accepted = await accept(buyer, [
      { audience_id: 'good', add: members(4) },
      { audience_id: 'bad', add: members(5) },
    ]);
    const repair = await damage();
    await command('match', 'now');
    const over = await ended(accepted);
    await repair();
    assert.equal(over.content?.['status'], 'completed');
    const { audiences } = over.content['result'] as { readonly audiences: readonly Item[] };
    assert.deepEqual(told(audiences[0]), ['created', 'ready', 4, 4]);
    assert.deepEqual(
      [audiences[1]?.action, audiences[1]?.errors?.map(({ code, field }) => [code, field])],
      ['failed', [['INVALID_STATE', 'audiences[1]']]],
    );
    const [delivery] = await receiver.waitFor(1, accepted.path);
    assert.deepEqual(delivery?.json['result'], over.content['result']);
  });

  test('over REST the task has failed, too, and so says its callback', async () => {
    const { send, ended: restEnded } = await newRestBuyer(seller);
    const path = `/${randomUUID()}`;
    const { body } = await send({
      audiences: [{ audienceId: 'a', add: [{ externalId: 'm', hashedEmail: sha256('user1@example.com') }] }],
      pushNotificationConfig: { url: `${receiver.url}${path}` },
    });
    const repair = await damage();
    await command('match', 'now');
    const task = await restEnded(body['taskId']);
    await repair();
    assert.deepEqual([task.status, task.error?.field], ['failed', 'audiences[0]']);
    assert.deepEqual([task.metadata.membersMatched, task.metadata.membersToMatch], [0, 1]);
    assert.match(JSON.stringify(task.error), /could not be applied/);
    const [delivery] = await receiver.waitFor(1, path);
    assert.equal(delivery?.json['type'], 'audience_sync.failed');
  });

  test('is got over by the buyer: the audience deleted and sent anew is as good as any', async () => {
    const buyer = await newBuyer(seller);
    const accepted = await accept(buyer, [{ audience_id: 'a', add: members(5) }]);
    const repair = await damage();
    await command('match', 'now');
    await ended(accepted);
    await repair();
    await buyer.sync({ audiences: [{ audience_id: 'a', delete: true }] });
    assert.equal((await parked()).filter((row) => row['account_id'] === buyer.accountId).length, 0);
    await buyer.sync({ audiences: [{ audience_id: 'a', add: members(6) }] });
    await command('match', 'now');
    assert.deepEqual(told(await buyer.settled('a')), ['unchanged', 'ready', 6, 6]);
  });

  test('is got over by the operator: retried in the order of acceptance; the tasks that ended stay as they ended', async () => {
    const buyer = await newBuyer(seller);
    const first = await accept(buyer, [{ audience_id: 'a', add: members(5) }]);
    const repair = await damage();
    const second = await accept(buyer, [{ audience_id: 'a', remove: [{ external_id: 'm0' }] }]);
    await command('match', 'now');
    const before = [await ended(first), await ended(second)].map(({ content }) => content);
    await repair();
    const mine = (await parked()).find((row) => row['account_id'] === buyer.accountId);
    assert.deepEqual(await command('match', 'retry', String(mine?.['audience_no'])), { retried: 2 });
    assert.deepEqual(told(await buyer.settled('a')), ['unchanged', 'ready', 4, 4]);
    const now = [await ended(first), await ended(second)].map(({ content }) => content);
    const withoutTime = (contents: readonly (Fields | null)[]): unknown =>
      contents.map((content) => ({ ...content, timestamp: null }));
    assert.deepEqual(withoutTime(now), withoutTime(before));
    const newest = await accept(buyer, [{ audience_id: 'a', add: members(1) }]);
    await command('match', 'now');
    assert.equal((await ended(newest)).content?.['status'], 'completed');
    assert.equal(receiver.at(first.path).length + receiver.at(second.path).length, 2, 'each ended once');
  });

  test('that fails again after a retry is parked again', async () => {
    const buyer = await newBuyer(seller);
    const accepted = await accept(buyer, [{ audience_id: 'a', add: members(5) }]);
    const repair = await damage();
    await command('match', 'now');
    await ended(accepted);
    const own = async (): Promise<readonly Fields[]> =>
      (await parked()).filter((row) => row['account_id'] === buyer.accountId);
    const [{ audience_no } = {}] = await own();
    await command('match', 'retry', String(audience_no));
    const end = performance.now() + 20_000;
    while ((await own())[0]?.['attempts'] !== 10) assert.ok(performance.now() < end, 'it is parked again');
    await repair();
    assert.equal((await buyer.sync())[0]?.status, 'suspended');
  });

  test('leaves a record of its parking and of its retry in the audit log, which holds', async () => {
    const { admin } = seller.admin;
    const kinds: unknown[] = [];
    for (let afterSeq = 0; ;) {
      const page = await admin.auditPage({ afterSeq });
      kinds.push(...page.map(({ record }) => (JSON.parse(record) as Fields)['kind']));
      const last = page.at(-1);
      if (last === undefined) break;
      afterSeq = last.seq;
    }
    const count = (kind: string): number => kinds.filter((one) => one === kind).length;
    assert.deepEqual([count('operation_parked'), count('operations_retried')], [9, 2]);
    assert.equal((await command('audit', 'verify'))['ok'], true);
  });
});

test('attempts are counted over restarts', async () => {
  let failures = 0;
  const own = await startSeller(
    { matchSchedule: 'every 24h' },
    { pauseMs: () => (++failures % 4 === 0 ? 600_000 : 1) },
  );
  try {
    const buyer = await newBuyer(own);
    const answer = await buyer.send({
      audiences: [{ audience_id: 'a', add: members(3) }],
      push_notification_config: { url: `${receiver.url}/${randomUUID()}`, operation_id: 'op-1' },
    });
    await inDatabase(own, "UPDATE member_block SET bytes = x'00112233'");
    const attempts = async (): Promise<Fields | undefined> =>
      (await inDatabase(own, 'SELECT attempt_count, parked_at IS NULL AS waits FROM operation')).rows[0];
    const accepted = { buyer, taskId: answer.content?.['task_id'], path: '' };
    for (const expected of [4, 8]) {
      await runJson(['match', 'now', '--data', own.dataDir]);
      const end = performance.now() + 20_000;
      while ((await attempts())?.['attempt_count'] !== expected) {
        assert.ok(performance.now() < end, JSON.stringify(await attempts()));
        await sleep(5);
      }
      // While it waits for ten minutes to try again, the server stops at once.
      await own.restart();
    }
    assert.deepEqual(await attempts(), { attempt_count: 8, waits: 1 });
    await runJson(['match', 'now', '--data', own.dataDir]);
    assert.equal((await ended(accepted)).content?.['status'], 'failed');
    assert.deepEqual(await attempts(), { attempt_count: 10, waits: 0 });
  } finally {
    await own.close();
  }
});
