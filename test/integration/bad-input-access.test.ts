import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  assertSays,
  errorsOf,
  goodMember,
  itemsOf,
  keptAudience,
  refusalOf,
  startBench,
  type Bench,
} from '../support/harmless.ts';
import { newBuyer } from '../support/buyer.ts';
import { sha256, startSeller } from '../support/seller.ts';
import {
  argumentsOf,
  callRaw,
  generations,
  post,
  rpcText,
  withoutTime,
  type Fields,
  type Generation,
  type WireAnswer,
} from '../support/wire.ts';

/** What is promised for the delay of a revocation, and a second for a slow machine. */
const revocationMsMax = 4_000;

let bench: Bench;
before(async () => {
  bench = await startBench();
});
after(async () => {
  await bench.seller.close();
});

const change = { audiences: [{ audience_id: keptAudience, name: 'renamed', add: [goodMember] }] };

async function send(
  generation: Generation,
  fields: Fields,
  secrets: readonly string[] = [],
  key: string | null = bench.target.key,
): Promise<WireAnswer> {
  const args = argumentsOf(generation, { account: bench.account, ...change, ...fields });
  return bench.expectHarmless(
    async () => callRaw({ url: bench.target.url, key }, 'sync_audiences', args),
    [goodMember.hashed_email, ...secrets],
  );
}

test('bad access: no key is told to send one, in the words of its version', async () => {
  for (const generation of generations) {
    const answer = await send(generation, {}, [], null);
    const error = refusalOf(answer);
    assert.deepEqual(
      [answer.httpStatus, answer.rpcCode, error.code, error.recovery],
      [401, -32028, generation === '3.1' ? 'AUTH_MISSING' : 'AUTH_REQUIRED', 'correctable'],
    );
    assertSays(error, /Authorization: Bearer <key>/);
  }
  await bench.expectAlive();
});

/** A key that was just used may stay good for a moment after it was revoked, and no longer. */
async function untilRefused(key: string): Promise<void> {
  const end = performance.now() + revocationMsMax;
  for (;;) {
    const target = { url: bench.target.url, key };
    if ((await callRaw(target, 'sync_audiences', { account: bench.account })).httpStatus === 401) return;
    assert.ok(performance.now() < end, 'a revoked key is refused soon');
    await sleep(100);
  }
}

test('bad access: a malformed, an unknown and a revoked key are refused alike', async () => {
  const { admin } = bench.seller.admin;
  const made = await admin.createKey({
    accountIds: [bench.seller.accountId],
    name: 'to be revoked',
    expiresAtMs: null,
  });
  const whole = await callRaw({ url: bench.target.url, key: made.key }, 'sync_audiences', {
    account: bench.account,
  });
  assert.equal(itemsOf(whole).length, 1, 'it worked before it was revoked');
  await admin.revokeKey({ keyId: made.view.keyId });
  await untilRefused(made.key);
  const last = made.key.at(-1) === 'A' ? 'B' : 'A';
  const secretPart = made.key.slice(20, 50);
  for (const generation of generations) {
    const texts: string[] = [];
    for (const key of [made.key, made.key.slice(0, -1) + last, 'canary-key', 'k'.repeat(600)]) {
      const answer = await send(generation, {}, [secretPart, 'canary-key', 'kkkkkk'], key);
      const error = refusalOf(answer);
      assert.deepEqual(
        [answer.httpStatus, answer.rpcCode, error.code, error.recovery, error.field],
        [401, -32028, generation === '3.1' ? 'AUTH_INVALID' : 'AUTH_REQUIRED', 'terminal', undefined],
        answer.text,
      );
      texts.push(answer.text);
    }
    assert.equal(
      new Set(texts.slice(0, 3)).size,
      1,
      'the answer does not tell a revoked key from an unknown one',
    );
  }
  await bench.expectAlive();
});

test('bad access: what is no bearer credential is not one', async () => {
  const headers = [
    'Basic Y2FuYXJ5OmNhbmFyeQ==',
    'Bearer',
    `Token ${bench.target.key}`,
    `Bearer ${bench.target.key} x`,
  ];
  for (const authorization of headers) {
    const answer = await bench.expectHarmless(
      async () =>
        post(
          { url: bench.target.url, key: null },
          rpcText('sync_audiences', argumentsOf('3.1', { account: bench.account, ...change })),
          { authorization },
        ),
      ['Y2FuYXJ5', bench.target.key!],
    );
    assert.deepEqual([answer.httpStatus, refusalOf(answer).code], [401, 'AUTH_INVALID']);
    assertSays(refusalOf(answer), /Bearer <key>/);
  }
  await bench.expectAlive();
});

test('bad access: a key inside the arguments is refused and never sent back', async () => {
  for (const generation of generations) {
    for (const fields of [{ api_key: 'canary-key' }, { context: { access_token: 'canary-key' } }]) {
      const answer = await send(generation, fields, ['canary-key']);
      const error = refusalOf(answer);
      assert.equal(error.code, generation === '3.1' ? 'CREDENTIAL_IN_ARGS' : 'INVALID_REQUEST');
      assert.equal(error.field, 'context' in fields ? 'context.access_token' : 'api_key');
      assertSays(error, /replace it with a new one/);
    }
  }
  await bench.expectAlive();
});

test('bad access: an unknown and a foreign account are the same bytes', async () => {
  const { admin } = bench.seller.admin;
  await admin.createAccount({
    accountId: 'acct_fore',
    brandDomain: 'other.example',
    brandId: null,
    operator: 'other-agency.example',
    sandbox: false,
    name: 'Not yours',
  });
  for (const generation of generations) {
    for (const fields of [change, { audiences: undefined }, { audiences: [], delete_missing: true }]) {
      const bytesOf = async (accountId: string): Promise<string> => {
        const answer = await send(generation, { ...fields, account: { account_id: accountId } }, [accountId]);
        const error = refusalOf(answer);
        assert.deepEqual(
          [answer.httpStatus, error.code, error.recovery, error.field],
          [200, 'ACCOUNT_NOT_FOUND', 'terminal', 'account.account_id'],
        );
        assertSays(error, /Call list_accounts/);
        return withoutTime(answer.text);
      };
      const [foreign, unknown] = [await bytesOf('acct_fore'), await bytesOf('acct_none')];
      assert.equal(foreign, unknown);
      assert.doesNotMatch(foreign, /timestamp|other|Not yours/);
    }
  }
  await bench.expectAlive();
});

test('bad access: an unknown and a foreign natural key are the same bytes where the seller makes the accounts', async () => {
  const strict = await startSeller({ buyerAccounts: false });
  try {
    const mine = await newBuyer(strict);
    await newBuyer(strict);
    const brands = ['acme.example', 'nobody.example'];
    const texts: string[] = [];
    for (const domain of brands) {
      const account = { brand: { domain }, operator: 'agency.example', sandbox: true };
      const answer = await mine.call('sync_audiences', argumentsOf('3.1', { account, ...change }));
      const error = refusalOf(answer);
      assert.deepEqual(
        [error.code, error.recovery, error.field],
        ['ACCOUNT_NOT_FOUND', 'terminal', 'account'],
      );
      assert.ok(!answer.text.includes(domain));
      texts.push(withoutTime(answer.text));
    }
    assert.equal(texts[0], texts[1]);
    assert.equal((await mine.one({ audience_id: 'a', add: [goodMember] })).action, 'created');
  } finally {
    await strict.close();
  }
});

test('bad access: an idempotency key with another body is a conflict, and the first answer stays', async () => {
  for (const generation of ['3.0', '3.1'] as const) {
    const key = `reused-${randomUUID()}`;
    const first = { idempotency_key: key, audiences: [{ audience_id: keptAudience, add: [goodMember] }] };
    const answer = await callRaw(
      bench.target,
      'sync_audiences',
      argumentsOf(generation, { account: bench.account, ...first }),
    );
    assert.equal(answer.content?.['status'], 'completed');
    const others: readonly Fields[] = [
      { audiences: [{ audience_id: keptAudience, add: [{ ...goodMember, external_id: 'm-2' }] }] },
      { audiences: [{ audience_id: keptAudience, name: 'renamed', add: [goodMember] }] },
      { audiences: [{ audience_id: keptAudience, remove: [goodMember] }] },
      { audiences: [{ audience_id: keptAudience, add: [goodMember, goodMember] }] },
      { audiences: [], delete_missing: true },
      { audiences: undefined },
    ];
    for (const other of others) {
      const refused = await send(generation, { ...first, ...other }, [key]);
      const error = refusalOf(refused);
      assert.equal(error.code, 'IDEMPOTENCY_CONFLICT', refused.text);
      // AdCP, idempotency: nothing by which a stolen key could be asked what it was used for.
      assert.deepEqual(Object.keys(error).toSorted(), ['code', 'message']);
      assertSays(error, /send a new one/);
    }
    const again = await send(generation, first);
    assert.equal(again.content?.['replayed'], true);
  }
  await bench.expectAlive();
});

test('bad access: delete_missing alone and an empty list alone are refused and delete nothing', async () => {
  for (const generation of generations) {
    const cases: readonly (readonly [Fields, RegExp])[] = [
      [{ audiences: undefined, delete_missing: true }, /list the audiences to keep/],
      [{ audiences: [] }, /leave it out to list all audiences/],
      [{ audiences: [], delete_missing: false }, /leave it out to list all audiences/],
    ];
    for (const [fields, fix] of cases) {
      const error = refusalOf(await send(generation, fields));
      assert.deepEqual(
        [error.code, error.recovery, error.field],
        ['INVALID_REQUEST', 'correctable', 'audiences'],
      );
      assertSays(error, fix);
    }
  }
  await bench.expectAlive();
});

test('bad access: an audience twice in a call is refused whole, and the second is named', async () => {
  for (const generation of generations) {
    const audiences = [
      { audience_id: 'fresh-canary', add: [{ external_id: 'x', hashed_email: sha256('x') }] },
      { audience_id: keptAudience, name: 'renamed' },
      { audience_id: 'fresh-canary', delete: true },
    ];
    const error = refusalOf(await send(generation, { audiences }, ['fresh-canary']));
    assert.deepEqual(
      [error.code, error.recovery, error.field],
      ['INVALID_REQUEST', 'correctable', 'audiences[2].audience_id'],
    );
    assertSays(error, /merge the two entries/);
  }
  await bench.expectAlive();
});

test('bad access: deleting and emptying what never existed fails its audience in the word of the version', async () => {
  for (const generation of generations) {
    for (const entry of [{ delete: true }, { remove: [goodMember] }]) {
      const answer = await send(generation, { audiences: [{ audience_id: 'never-there', ...entry }] });
      const [error] = errorsOf(answer);
      const isOld = generation === 'legacy';
      assert.deepEqual(
        [error?.code, error?.recovery, error?.field],
        [isOld ? 'AUDIENCE_NOT_FOUND' : 'REFERENCE_NOT_FOUND', 'correctable', 'audiences[0].audience_id'],
      );
      assertSays(error!, /Check the audience_id/);
    }
  }
  await bench.expectAlive();
});

test('bad access: an unknown release is refused with those that are served', async () => {
  for (const asked of [{ adcp_version: '99.0' }, { adcp_major_version: 2 }, { adcp_version: '2.9' }]) {
    const error = refusalOf(await send('legacy', { idempotency_key: randomUUID(), ...asked }));
    assert.deepEqual(
      [error.code, error.recovery, error.field],
      ['VERSION_UNSUPPORTED', 'correctable', Object.keys(asked)[0]],
    );
    assert.deepEqual(error.details?.['supported_versions'], ['3.0', '3.1']);
    assertSays(error, /Send adcp_version 3\.0 or 3\.1/);
  }
  await bench.expectAlive();
});
