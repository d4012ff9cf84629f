import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';

import fc from 'fast-check';

import type { JsonObject } from '../../src/engine/types.ts';
import { noFailureBudget } from '../../src/protocol/testing/unlimited.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { nodePrimitives } from '../../src/platform/primitives.ts';
import { performOperation } from '../../src/protocol/adcp/operations.ts';
import type { Principal } from '../../src/service/api.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import { isOverPostgres } from '../support/test-database.ts';
import { SyncModel, type ModelCall, type ModelEntry, type ModelResult } from './sync.model.ts';

const runCount =
  process.env['ROLLCALL_LONG'] === '1'
    ? 50_000
    : Number(process.env['ROLLCALL_MODEL_RUNS'] ?? (isOverPostgres ? 300 : 1_000));
/** A restart in the middle of about one run in this many; restarts cost most of the time. */
const restartOneIn = 250;

const emails = Array.from({ length: 8 }, (_, i) => `user${i}@example.com`);
const hashes = emails.map(sha256);
/** The first half are users of the seller. */
const knownCount = 4;

const hash = fc.constantFrom(...hashes);
const badHash = fc.constantFrom('short', hashes[0]!.toUpperCase(), 'someone@example.com');
const externalId = fc.constantFrom('m0', 'm1', 'm2', 'm3', 'm4', 'm5');
const goodMember = fc
  .record(
    { external_id: externalId, hashed_email: hash, hashed_phone: hash },
    { requiredKeys: ['external_id'] },
  )
  .map((member) =>
    member.hashed_email === undefined && member.hashed_phone === undefined
      ? { ...member, hashed_email: hashes[0]! }
      : member,
  );
const removal = fc.oneof(
  externalId.map((external_id) => ({ external_id })),
  hash.map((hashed_email) => ({ hashed_email })),
  goodMember,
);
const badMember = fc.oneof(
  fc.record({ external_id: externalId }),
  fc.record({ external_id: externalId, hashed_email: badHash }),
  fc.record({ hashed_email: hash }),
);
/** Some kinds of step get no weight in a run, so that removals do not always undo additions. */
const entry = (weights: readonly number[]): fc.Arbitrary<ModelEntry> =>
  fc
    .record(
      {
        audience_id: fc.constantFrom('a', 'b', 'c'),
        name: fc.constantFrom('one', 'two'),
        add: fc.array(
          weights[0] === 0
            ? badMember
            : fc.oneof({ weight: 12, arbitrary: goodMember }, { weight: weights[1]!, arbitrary: badMember }),
          { maxLength: 5 },
        ),
        remove: fc.array(removal, { maxLength: weights[2] ?? 0 }),
        delete: fc.constant(weights[3] === 1),
      },
      { requiredKeys: ['audience_id', ...(weights[4] === 1 ? (['add'] as const) : [])] },
    )
    .map(({ delete: deletes, ...rest }) => (deletes === true ? { ...rest, delete: true } : rest));

const call = (weights: readonly number[]): fc.Arbitrary<ModelCall> =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .uniqueArray(entry(weights), { maxLength: 3, selector: (one) => one.audience_id })
        .map((audiences) => ({ audiences })),
    },
    { weight: 2, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.record({
        audiences: fc.uniqueArray(entry(weights), { maxLength: 2, selector: (one) => one.audience_id }),
        delete_missing: fc.constant(true),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ delete_missing: true }) },
    { weight: 1, arbitrary: entry(weights).map((one) => ({ audiences: [one, one] })) },
  );

const story = fc
  .tuple(
    fc.constantFrom(1, 1, 1, 0),
    fc.constantFrom(0, 0, 1),
    fc.constantFrom(0, 3, 3),
    fc.constantFrom(0, 0, 1),
    fc.constantFrom(0, 1),
  )
  .chain((weights) => fc.array(call(weights), { minLength: 1, maxLength: 6 }));

async function perform(
  seller: Seller,
  caller: Principal,
  accountId: string,
  step: ModelCall,
  requestKey: string,
): Promise<JsonObject> {
  const args = {
    idempotency_key: requestKey,
    adcp_version: '3.1',
    account: { account_id: accountId },
    ...step,
  };
  const body = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'sync_audiences', arguments: args },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const taken = await seller.node.core.ingest.take(bytes, bytes.length, 'mcp');
  assert.ok(taken.ok);
  const skeleton = taken.skeleton as { params: { arguments: JsonObject } };
  const reply = await performOperation(
    {
      service: seller.node.core.service,
      primitives: nodePrimitives,
      clock: systemClock,
      build: { version: '0', supportedBilling: [], publicUrl: '', requestSigning: null, testScenarios: [] },
      refusalOfAddress: async () => null,
      signatures: null,
      failures: noFailureBudget,
    },
    {
      operation: 'sync_audiences',
      args: skeleton.params.arguments,
      prepared: taken.audiences,
      membersDigest: taken.membersDigest,
      caller,
    },
  );
  return reply.body;
}

function pick(result: ModelResult): ModelResult {
  const { audience_id, action, status, uploaded_count, total_uploaded_count, matched_count } = result;
  const all = { audience_id, action, status, uploaded_count, total_uploaded_count, matched_count };
  const told = action === 'failed' || action === 'deleted' ? { audience_id, action } : all;
  return Object.fromEntries(
    Object.entries(told).filter(([, value]) => value !== undefined),
  ) as unknown as ModelResult;
}

test(`any sequence of syncs gives what the contract's model gives, restarts included (${runCount} runs)`, async () => {
  const seller = await startSeller();
  const known = new Set(hashes.slice(0, knownCount).map((one) => `hashed_email:${one}`));
  let number = 0;
  let restarts = 0;
  let steps = 0;
  try {
    await seller.addUsers(emails.slice(0, knownCount).map((email, i) => ({ id: `u${i}`, emails: [email] })));
    await fc.assert(
      fc.asyncProperty(story, async (calls) => {
        const accountId = `acct_${number++}`;
        await seller.admin.admin.createAccount({
          accountId,
          brandDomain: `b${number}.example`,
          brandId: null,
          operator: 'o.example',
          sandbox: true,
          name: null,
        });
        const { key } = await seller.admin.admin.createKey({
          accountIds: [accountId],
          name: '',
          expiresAtMs: null,
        });
        const model = new SyncModel(known, 1);
        const restartAt = number % restartOneIn === 0 ? 1 : -1;
        for (const [at, step] of calls.entries()) {
          if (at === restartAt) {
            restarts += 1;
            await seller.restart();
          }
          const caller = await seller.node.core.service.authenticate(key, '127.0.0.1');
          const requestKey = randomUUID();
          const wanted = model.call(step);
          const body = await perform(seller, caller, accountId, step, requestKey);
          steps += 1;
          if (wanted === null) {
            assert.equal(body['status'], 'failed', 'refused whole');
            continue;
          }
          assert.deepEqual((body['audiences'] as unknown as ModelResult[]).map(pick), wanted.map(pick));
          const {
            timestamp: _t,
            replayed,
            ...again
          } = (await perform(seller, caller, accountId, step, requestKey)) as Record<string, unknown>;
          const { timestamp: _u, ...first } = body as Record<string, unknown>;
          assert.equal(replayed, true);
          assert.deepEqual(again, first, 'a replay gives the same answer');
        }
      }),
      { numRuns: runCount },
    );
    console.log(`${runCount} runs, ${steps} syncs, ${restarts} restarts`);
    assert.ok(restarts > 0 || runCount < restartOneIn * 2);
  } finally {
    await seller.close();
  }
});
