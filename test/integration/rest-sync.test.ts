/** The REST door on its good days: what is sent is stored, matched, counted and told, in Scope3's words. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { newRestBuyer, shownOf, type RestTask } from '../support/rest-buyer.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

const users = Array.from({ length: 200 }, (_, i) => ({ id: `u${i}`, emails: [`user${i}@example.com`] }));
const known = (i: number): string => sha256(`user${i}@example.com`);
const member = (externalId: string, hashedEmail: string): Fields => ({ externalId, hashedEmail });
const knownMembers = (count: number): Fields[] =>
  Array.from({ length: count }, (_, i) => member(`crm-${i}`, known(i)));
const strangers = (count: number): Fields[] =>
  Array.from({ length: count }, (_, i) => member(`str-${i}`, sha256(`stranger${i}@example.com`)));

const isoMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Outside sandbox: an audience is ready from 100 matched members on. */
let seller: Seller;
before(async () => {
  seller = await startSeller({ minimumSize: 100 });
  await seller.addUsers(users);
});
after(() => seller.close());

const resultOf = (task: RestTask, at = 0): Fields => task.response?.audiences[at] ?? assert.fail('no result');

const attemptCountMax = 8;

/** A task that is polled until its end never goes back, and says of itself only what its progress says. */
function assertProgress(seen: readonly RestTask[], audienceCount: number): void {
  const order = ['submitted', 'working', 'completed'];
  const places = seen.map(({ status }) => order.indexOf(status));
  assert.ok(
    places.every((place, at) => place >= Math.max(0, ...places.slice(0, at))),
    places.join(),
  );
  for (const { status, metadata, retryAfterSeconds, response, resourceId } of seen) {
    const isOver = status === 'completed';
    assert.equal(isOver, metadata.audiencesMatched === audienceCount);
    assert.equal(status === 'submitted', metadata.audiencesMatched === 0);
    assert.deepEqual(
      [retryAfterSeconds === null, response === null, resourceId],
      [isOver, !isOver, null],
      'asks to come again until it has ended',
    );
    assert.ok(retryAfterSeconds === null || (retryAfterSeconds >= 1 && retryAfterSeconds <= 3_600));
  }
  const matched = seen.map(({ metadata }) => metadata.membersMatched);
  assert.deepEqual(
    matched,
    matched.toSorted((a, b) => a - b),
  );
  assert.equal(matched.at(-1), seen.at(-1)?.metadata.membersToMatch);
}

describe('a sync over REST', () => {
  test('is accepted, matched and counted, and the counts are the truth', async () => {
    const buyer = await newRestBuyer(seller, { sandbox: false });
    const add = [...knownMembers(150), ...strangers(50)];
    const answer = await buyer.send({
      audiences: [{ audienceId: 'winter', name: 'Winter buyers', consentBasis: 'consent', add }],
    });
    assert.equal(answer.httpStatus, 202);
    const { success, accountId, operationId, taskId } = answer.body;
    assert.deepEqual([success, accountId, operationId], [true, buyer.buyer.accountId, taskId]);
    const task = await buyer.ended(taskId);
    assert.deepEqual(
      [task.status, task.resourceId, task.error, task.retryAfterSeconds],
      ['completed', 'winter', null, null],
    );
    assert.deepEqual(task.metadata, {
      ...{ audiencesMatched: 1, audiencesToMatch: 1, membersMatched: 200, membersToMatch: 200 },
      ...{ nextRunAt: null, expectedAt: null },
    });
    assert.deepEqual([task.response?.['audience_id'], task.response?.['member_count']], ['winter', 200]);
    const { last_synced_at: syncedAt, seller_id: _id, ...result } = resultOf(task);
    assert.match(String(syncedAt), isoMs);
    assert.deepEqual(result, {
      audience_id: 'winter',
      action: 'created',
      status: 'ready',
      name: 'Winter buyers',
      uploaded_count: 200,
      total_uploaded_count: 200,
      matched_count: 150,
      effective_match_rate: 0.75,
      match_breakdown: [{ id_type: 'hashed_email', submitted: 200, matched: 150, match_rate: 0.75 }],
    });
    const { createdAt, updatedAt, ...row } = await buyer.row('winter');
    assert.match(createdAt, isoMs);
    assert.match(updatedAt, isoMs);
    assert.deepEqual(row, {
      audienceId: 'winter',
      name: 'Winter buyers',
      accountId: buyer.buyer.accountId,
      consentBasis: 'consent',
      status: 'READY',
      deleted: false,
      uploadedCount: 200,
      matchedCount: 150,
      lastOperationStatus: 'COMPLETED',
    });
    const overMcp = await buyer.buyer.settled('winter');
    assert.deepEqual([overMcp.total_uploaded_count, overMcp.matched_count], [200, 150]);
  });

  test('below the minimum it is TOO_SMALL, and the number is not told', async () => {
    const buyer = await newRestBuyer(seller, { sandbox: false });
    const small = await buyer.sync({ audienceId: 'small', add: knownMembers(99) });
    assert.deepEqual(
      [resultOf(small)['status'], resultOf(small)['minimum_size'], resultOf(small)['matched_count']],
      ['too_small', 100, undefined],
    );
    assert.deepEqual(shownOf(await buyer.row('small')), ['TOO_SMALL', 99, null, 'COMPLETED']);
    await buyer.sync({ audienceId: 'small', add: [member('one more', known(150))] });
    assert.deepEqual(shownOf(await buyer.row('small')), ['READY', 100, 100, 'COMPLETED']);
    const sandboxed = await newRestBuyer(seller);
    await sandboxed.sync({ audienceId: 'one', add: knownMembers(1) });
    assert.deepEqual(
      shownOf(await sandboxed.row('one')),
      ['READY', 1, 1, 'COMPLETED'],
      'a sandbox has no minimum',
    );
  });

  test('by phone, by universal id, by e-mail, and by several of them', async () => {
    const buyer = await newRestBuyer(seller);
    const add = [
      { externalId: 'a', hashedEmail: known(0), hashedPhone: sha256('+15550100') },
      { externalId: 'b', hashedPhone: sha256('+15550101') },
      {
        externalId: 'c',
        uids: [
          { type: 'maid', value: 'AAAA-1' },
          { type: 'uid2', value: 'x' },
        ],
      },
    ];
    const task = await buyer.sync({ audienceId: 'mixed', add });
    const breakdown = resultOf(task)['match_breakdown'] as readonly Fields[];
    assert.deepEqual(
      breakdown.map(({ id_type, submitted, matched }) => [id_type, submitted, matched]),
      [
        ['hashed_email', 1, 1],
        ['hashed_phone', 2, 0],
        ['uid2', 1, 0],
        ['maid', 1, 0],
      ],
    );
    assert.deepEqual(shownOf(await buyer.row('mixed')), ['READY', 3, 1, 'COMPLETED']);
  });

  test('adds, replaces and removes members; remove wins over add; unknown fields are ignored', async () => {
    const buyer = await newRestBuyer(seller);
    const audienceId = 'moving';
    await buyer.sync({ audienceId, add: knownMembers(5) });
    const again = await buyer.sync({ audienceId, add: knownMembers(5) });
    assert.equal(resultOf(again)['action'], 'unchanged');
    await buyer.sync({ audienceId, add: [member('crm-0', sha256('nobody@example.com'))] });
    assert.deepEqual(shownOf(await buyer.row(audienceId)), ['READY', 5, 4, 'COMPLETED'], 'replaced');
    const add = [member('crm-9', known(9)), member('crm-8', known(8))];
    await buyer.sync({ audienceId, add, remove: [{ externalId: 'crm-9' }, { externalId: 'crm-1' }] });
    assert.deepEqual(shownOf(await buyer.row(audienceId)), ['READY', 5, 4, 'COMPLETED'], 'crm-8 for crm-1');
    await buyer.sync({ audienceId, remove: [{ externalId: 'other', hashedEmail: known(8) }] });
    assert.deepEqual(shownOf(await buyer.row(audienceId)), ['READY', 4, 3, 'COMPLETED'], 'by identifier');
    const open = { audienceId, surprise: 1, add: [{ ...member('crm-7', known(7)), surprise: [1] }] };
    await buyer.ended((await buyer.send({ audiences: [open], surprise: {} })).body['taskId']);
    assert.deepEqual(shownOf(await buyer.row(audienceId)), ['READY', 5, 4, 'COMPLETED']);
  });

  test('carries out requests to one audience in the order of their answers', async () => {
    const buyer = await newRestBuyer(seller);
    const taskIds: unknown[] = [];
    for (let i = 0; i < 20; i++) {
      const audience = { audienceId: 'ordered', add: [member('same', i === 19 ? known(0) : sha256(`${i}`))] };
      taskIds.push((await buyer.send({ audiences: [audience] })).body['taskId']);
    }
    assert.equal(new Set(taskIds).size, 20);
    for (const taskId of taskIds) assert.equal((await buyer.ended(taskId)).status, 'completed');
    assert.deepEqual(
      shownOf(await buyer.row('ordered')),
      ['READY', 1, 1, 'COMPLETED'],
      'the last one stands',
    );
  });

  test('a full request, gzipped: ten audiences of 10,000, from submitted to completed', async () => {
    const audiences = Array.from({ length: 10 }, (_, a) => ({
      audienceId: `part-${a}`,
      add: Array.from({ length: 10_000 }, (_, i) => member(`${i}`, i < 20 ? known(i) : sha256(`${a}.${i}`))),
    }));
    const body = new Uint8Array(gzipSync(JSON.stringify({ audiences })));
    const starts: string[] = [];
    // How soon a poll comes after an answer is the machine's affair; that it can find both at their start is ours.
    while (!starts.includes('submitted PROCESSING')) {
      assert.ok(starts.length < attemptCountMax, starts.join());
      const buyer = await newRestBuyer(seller);
      const accepted = await buyer.rest.ask(`${buyer.home}/audiences/sync`, {
        body,
        headers: { 'content-encoding': 'gzip' },
      });
      assert.equal(accepted.httpStatus, 202, accepted.text);
      const first = await buyer.task(accepted.body['taskId']);
      starts.push(`${first.status} ${(await buyer.row('part-9')).status}`);
      const seen = [first];
      while (seen.at(-1)?.retryAfterSeconds !== null) seen.push(await buyer.task(accepted.body['taskId']));
      assertProgress(seen, 10);
      assert.deepEqual(
        seen
          .at(-1)
          ?.response?.audiences.map((one) => [
            one['audience_id'],
            one['total_uploaded_count'],
            one['matched_count'],
          ]),
        audiences.map(({ audienceId }) => [audienceId, 10_000, 20]),
      );
      for (const row of await buyer.rows())
        assert.deepEqual(shownOf(row), ['READY', 10_000, 20, 'COMPLETED']);
    }
  });

  test('what was accepted is carried out after a restart', async () => {
    const own = await startSeller();
    try {
      await own.addUsers(users);
      const buyer = await newRestBuyer(own);
      const { body } = await buyer.send({ audiences: [{ audienceId: 'kept', add: knownMembers(200) }] });
      await own.restart();
      const { rest } = await newRestBuyer(own);
      const poll = async (): Promise<RestTask> =>
        (await rest.read(`/tasks/${String(body['taskId'])}`, { key: buyer.buyer.key }))['task'] as RestTask;
      let task = await poll();
      while (task.retryAfterSeconds !== null) task = await poll();
      assert.deepEqual([task.status, resultOf(task)['matched_count']], ['completed', 200]);
    } finally {
      await own.close();
    }
  });
});

describe('several audiences of one request', () => {
  test('each comes to its own end: created, failed and deleted', async () => {
    const buyer = await newRestBuyer(seller);
    await buyer.sync(
      { audienceId: 'old', add: knownMembers(3) },
      { audienceId: 'sick', add: knownMembers(4) },
    );
    const task = await buyer.sync(
      { audienceId: 'new', add: knownMembers(2) },
      { audienceId: 'sick', name: 'renamed', add: [member('x', known(9)), member('y', 'A'.repeat(64))] },
      { audienceId: 'old', delete: true, add: 'whatever', name: 5 },
      { audienceId: 'never', delete: true },
    );
    assert.deepEqual([task.status, task.resourceId, task.error], ['completed', null, null]);
    assert.deepEqual(
      task.response?.audiences.map((one) => [one['audience_id'], one['action'], one['matched_count']]),
      [
        ['new', 'created', 2],
        ['sick', 'failed', undefined],
        ['old', 'deleted', undefined],
        ['never', 'failed', undefined],
      ],
    );
    const fieldOf = (at: number): unknown =>
      (resultOf(task, at)['errors'] as readonly Fields[])[0]?.['field'];
    assert.deepEqual(
      [fieldOf(1), fieldOf(3)],
      ['audiences[1].add[1].hashedEmail', 'audiences[3].audienceId'],
    );
    assert.deepEqual(shownOf(await buyer.row('new')), ['READY', 2, 2, 'COMPLETED']);
    const sick = await buyer.row('sick');
    assert.deepEqual([...shownOf(sick), sick.name], ['ERROR', 4, 4, 'ERROR', null], 'what was there stands');
    const old = await buyer.row('old');
    assert.deepEqual([old.deleted, ...shownOf(old)], [true, 'TOO_SMALL', 0, null, 'COMPLETED']);
    assert.equal((await buyer.rows()).length, 3, 'what never existed is not listed');
    await buyer.sync({ audienceId: 'sick', add: [member('x', known(9))] });
    assert.deepEqual(shownOf(await buyer.row('sick')), ['READY', 5, 5, 'COMPLETED'], 'healed');
  });

  test('an entry that deletes is asked for its id alone, however much it holds', async () => {
    const buyer = await newRestBuyer(seller);
    await buyer.sync({ audienceId: 'full', add: knownMembers(1) });
    const add = Array.from({ length: 10_001 }, (_, i) => ({ externalId: `${i}`, hashedEmail: 'none' }));
    const words = { name: null, consentBasis: 'none', remove: 5 };
    const task = await buyer.sync({ audienceId: 'full', delete: true, add, ...words });
    assert.deepEqual([task.status, resultOf(task)['action']], ['completed', 'deleted']);
  });

  test('of which none could be carried out fail the task, in the words of this API', async () => {
    const buyer = await newRestBuyer(seller);
    const task = await buyer.sync({ audienceId: 'never', delete: true });
    assert.deepEqual(
      [task.status, task.error?.code, task.error?.field, task.resourceId],
      ['failed', 'REFERENCE_NOT_FOUND', 'audiences[0].audienceId', 'never'],
    );
    const emptied = await buyer.sync({ audienceId: 'never', remove: [{ externalId: 'x' }] });
    assert.equal(emptied.error?.field, 'audiences[0].audienceId');
    const mixed = await buyer.sync(
      { audienceId: 'bad', add: [{ externalId: 'x', uids: [{ type: 'nickname', value: 'x' }] }] },
      { audienceId: 'never', delete: true },
    );
    assert.equal(mixed.status, 'failed');
    assert.equal(mixed.error?.field, 'audiences[0].add[0].uids[0].type');
    const details = mixed.error.details;
    assert.deepEqual([details?.['count'], details?.['legacy_code']], [1, undefined]);
    assert.match(JSON.stringify(mixed.error), /Use one of .*maid/);
    assert.deepEqual(await buyer.rows(), []);
  });

  test('bad members are left out where that is asked for, and the task tells which', async () => {
    const buyer = await newRestBuyer(seller);
    const add = [member('good', known(0)), member('bad', known(1).slice(1)), { externalId: 'none' }];
    const { body } = await buyer.send({
      audiences: [{ audienceId: 'a', add }],
      ext: { rollcall: { invalid_members: 'skip' } },
    });
    const task = await buyer.ended(body['taskId']);
    const { ext } = resultOf(task) as { readonly ext: { readonly rollcall: { readonly rejected: Fields } } };
    assert.deepEqual(ext.rollcall.rejected['by_reason'], { hash_length: 1, identifier_missing: 1 });
    assert.deepEqual(shownOf(await buyer.row('a')), ['READY', 1, 1, 'COMPLETED']);
  });

  test('deleteMissing deletes those that are not named, and the task tells it', async () => {
    const buyer = await newRestBuyer(seller);
    const audiences = ['a', 'b', 'c'].map((audienceId) => ({ audienceId, add: knownMembers(2) }));
    await buyer.sync(...audiences);
    const { body } = await buyer.send({ audiences: audiences.slice(1, 2), deleteMissing: true });
    const task = await buyer.ended(body['taskId']);
    assert.deepEqual(
      task.response?.audiences.map((one) => [one['audience_id'], one['action']]),
      [
        ['b', 'unchanged'],
        ['a', 'deleted'],
        ['c', 'deleted'],
      ],
    );
    const rows = await buyer.rows();
    assert.deepEqual(
      rows.map((row) => [row.audienceId, row.deleted]),
      [
        ['a', true],
        ['b', false],
        ['c', true],
      ],
    );
    await buyer.sync({ audienceId: 'a', add: knownMembers(1) });
    assert.deepEqual(
      (await buyer.rows()).map((row) => [row.audienceId, row.deleted, row.uploadedCount]),
      [
        ['b', false, 2],
        ['c', true, 0],
        ['a', false, 1],
      ],
      'one row for each id: its newest life',
    );
  });
});

test('a task that was begun over MCP is told over REST', async () => {
  const buyer = await newRestBuyer(seller);
  await buyer.buyer.sync({
    audiences: [{ audience_id: 'm', tags: ['t'], add: [{ external_id: 'x', hashed_email: known(1) }] }],
  });
  const listed = await buyer.buyer.call('list_tasks', { adcp_version: '3.1' });
  const [first] = listed.content?.['tasks'] as readonly Fields[];
  const task = await buyer.task(first?.['task_id']);
  assert.deepEqual([task.status, resultOf(task)['matched_count']], ['completed', 1]);
});

test('no log line holds an id, a hash or a name that was sent', () => {
  const lines = seller.logLines.join('\n');
  assert.match(lines, /"operation":"syncAudiences"/);
  for (const word of [known(0), 'crm-0', 'winter', 'renamed', 'nickname', 'acct_buyer', 'surprise']) {
    assert.ok(!lines.includes(word), word);
  }
});
