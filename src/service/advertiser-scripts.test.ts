import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import { AppError } from '../base/faults.ts';
import { deleteAudienceRow, failAudience, insertAudience } from '../store/audience-rows.ts';
import type { Script } from '../store/script.ts';
import type { Store } from '../store/store.ts';
import { openMemoryStore } from '../store/testing/memory-store.ts';
import { createAccountScripts } from './account-scripts.ts';
import type { Advertiser, AdvertiserChanges, NewAdvertiser } from './advertiser-api.ts';
import {
  createAdvertiserScripts,
  deletedListedMs,
  refuseKey,
  type CreateAdvertiserInput,
} from './advertiser-scripts.ts';
import { createKeyScripts } from './key-scripts.ts';
import { createSealer } from './seal.ts';

const details = { name: 'N', description: null, audienceType: null, tags: null, consentBasis: null };
interface LifeInput {
  readonly accountNo: number;
  readonly audienceId: string;
  readonly event: 'made' | 'deleted' | 'failed';
  readonly audienceNo: number;
  readonly nowMs: number;
}

const scripts = {
  ...createAccountScripts(),
  ...createAdvertiserScripts(createSealer(new Uint8Array(32).fill(9)), {
    minimumSize: 100,
    sandboxMinimumSize: 1,
  }),
  ...createKeyScripts(),
  /** What a sync does to the row of an audience. */
  *live({ accountNo, audienceId, event, audienceNo, nowMs: atMs }: LifeInput): Script<number> {
    if (event === 'made') return yield* insertAudience(accountNo, audienceId, details, atMs);
    if (event === 'deleted') return yield* deleteAudienceRow(accountNo, audienceNo, atMs);
    return yield* failAudience(accountNo, audienceNo, atMs);
  },
};
const nowMs = 1_700_000_000_000;

let store: Store<typeof scripts>;
let caller: number;
let idCount = 0;
beforeEach(async () => {
  store = openMemoryStore(scripts);
  caller = await newCaller('a');
});

async function newCaller(keyId: string, accountIds: readonly string[] = []): Promise<number> {
  const key = { keyId, principalId: `prn_${keyId}`, secretHash: new Uint8Array(32), name: keyId };
  await store.write('createKey', { ...key, accountIds, nowMs, expiresAtMs: null });
  return (await store.read('findKey', { keyId }))?.principalNo ?? assert.fail('the key is there');
}

const words = (changes: Partial<NewAdvertiser> = {}): NewAdvertiser => ({
  name: 'Acme',
  description: null,
  brandDomain: 'acme.example',
  sandbox: false,
  settings: {},
  ...changes,
});

function input(changes: Partial<CreateAdvertiserInput> = {}): CreateAdvertiserInput {
  return {
    principalNo: caller,
    accountId: `acc_${++idCount}`,
    advertiser: words(),
    keyHash: null,
    digest: new Uint8Array([1]),
    nowMs,
    expiresAtMs: nowMs + 1_000,
    ...changes,
  };
}

async function made(changes: Partial<CreateAdvertiserInput> = {}): Promise<Advertiser> {
  const output = await store.write('createAdvertiser', input(changes));
  return output.kind === 'created' ? output.advertiser : assert.fail(output.kind);
}
const update = async (accountId: string, changes: Partial<AdvertiserChanges>, principalNo = caller) =>
  store.write('updateAdvertiser', {
    principalNo,
    accountId,
    changes: { settings: {}, ...changes },
    nowMs: nowMs + 5,
  });
const notFound = (error: unknown): boolean => error instanceof AppError && error.code === 'ACCOUNT_NOT_FOUND';

describe('a request key', () => {
  const keyHash = new Uint8Array(32).fill(7);

  test('gives the first answer again, whatever has become of the advertiser since', async () => {
    const first = await made({ keyHash });
    await update(first.accountId, { name: 'Renamed' });
    const again = await store.write('createAdvertiser', input({ keyHash }));
    assert.deepEqual(again, { kind: 'created', advertiser: first, replayed: true });
  });

  test('stands for one request, of one caller, for its time', async () => {
    await made({ keyHash });
    const kindOf = async (changes: Partial<CreateAdvertiserInput>) =>
      (await store.write('createAdvertiser', input({ keyHash, ...changes }))).kind;
    assert.equal(await kindOf({ digest: new Uint8Array([2]) }), 'conflict');
    assert.equal(await kindOf({ nowMs: nowMs + 1_001 }), 'expired');
    const other = await newCaller('b');
    const theirs = await store.write('createAdvertiser', input({ keyHash, principalNo: other }));
    assert.ok(theirs.kind === 'created' && !theirs.replayed);
    assert.equal(refuseKey('conflict').code, 'IDEMPOTENCY_CONFLICT');
    assert.equal(refuseKey('expired').code, 'IDEMPOTENCY_EXPIRED');
  });

  test('is not spent by a request that was refused', async () => {
    await made();
    assert.equal((await store.write('createAdvertiser', input({ keyHash }))).kind, 'exists');
    const advertiser = words({ brandDomain: 'other.example' });
    const retried = await store.write('createAdvertiser', input({ keyHash, advertiser }));
    assert.equal(retried.kind, 'created');
  });
});

describe('whose an advertiser is', () => {
  test('another caller neither sees nor changes it, and may have one of the same brand', async () => {
    const mine = await made();
    const other = await newCaller('b');
    const theirs = await made({ principalNo: other });
    assert.notEqual(theirs.accountId, mine.accountId);
    for (const accountId of [mine.accountId, 'acc_none']) {
      await assert.rejects(store.read('advertiserOfCaller', { principalNo: other, accountId }), notFound);
      await assert.rejects(update(accountId, { name: 'Mine' }, other), notFound);
    }
    const page = await store.read('advertisersOfCaller', {
      principalNo: other,
      query: { limit: 10, offset: 0 },
    });
    assert.deepEqual(page, { advertisers: [theirs], total: 1 });
  });

  test('the brand of one that the seller made stays, and everything else may change', async () => {
    await store.write('createAccount', {
      accountId: 'acct_seller',
      brandDomain: 'seller.example',
      brandId: 'b1',
      operator: 'agency.example',
      sandbox: false,
      name: null,
      nowMs,
    });
    caller = await newCaller('c', ['acct_seller']);
    assert.deepEqual(await update('acct_seller', { brandDomain: 'mine.example' }), { kind: 'brand_fixed' });
    const done = await update('acct_seller', {
      name: 'Ours',
      description: 'x',
      brandDomain: 'seller.example',
    });
    assert.ok(done.kind === 'updated');
    const { name, description, brandDomain, brandId, operator, updatedAtMs, createdAtMs } = done.advertiser;
    assert.deepEqual(
      [name, description, brandDomain, brandId, operator, updatedAtMs, createdAtMs],
      ['Ours', 'x', 'seller.example', 'b1', 'agency.example', nowMs + 5, nowMs],
    );
  });

  test('a brand may be had twice only as a sandbox', async () => {
    const first = await made();
    await made({ advertiser: words({ sandbox: true }) });
    const other = await made({ advertiser: words({ brandDomain: 'other.example' }) });
    assert.deepEqual(await update(other.accountId, { brandDomain: 'acme.example' }), { kind: 'exists' });
    assert.equal((await update(first.accountId, { brandDomain: 'third.example' })).kind, 'updated');
    assert.equal(
      (await update(other.accountId, { brandDomain: 'acme.example' })).kind,
      'updated',
      'free again',
    );
  });
});

describe('the list of audiences', () => {
  const since = nowMs + deletedListedMs;

  async function accountNo(accountId: string): Promise<number> {
    const reference = { kind: 'id', accountId } as const;
    return (await store.read('resolveAccount', { principalNo: caller, reference })).accountNo;
  }
  const listed = async (accountId: string, atMs: number, more: object = {}) =>
    store.read('audiencesOfAccount', {
      principalNo: caller,
      accountId,
      servesSandbox: true,
      take: 50,
      skip: 0,
      nowMs: atMs,
      ...more,
    });

  test('shows a deleted one for thirty days, and an id once', async () => {
    const { accountId } = await made();
    const no = await accountNo(accountId);
    const live = async (event: LifeInput['event'], audienceId: string, audienceNo = 0) =>
      store.write('live', { accountNo: no, audienceId, event, audienceNo, nowMs });
    const first = await live('made', 'a');
    await live('made', 'b');
    await live('deleted', 'a', first);
    const second = await live('made', 'a');
    await live('deleted', 'a', second);
    const shown = async (atMs: number) => {
      const { audiences, total } = await listed(accountId, atMs);
      assert.equal(total, audiences.length);
      return audiences.map(({ audienceId, isDeleted }) => `${audienceId} ${isDeleted}`);
    };
    assert.deepEqual(await shown(since), ['b false', 'a true']);
    assert.deepEqual(await shown(since + 1), ['b false'], 'forgotten');
    await live('made', 'a');
    assert.deepEqual(await shown(nowMs), ['b false', 'a false'], 'its newest life');
    const page = await listed(accountId, nowMs, { take: 1, skip: 1 });
    assert.deepEqual([page.audiences[0]?.audienceId, page.total], ['a', 2]);
  });

  test('of a sandbox that is not served is no list', async () => {
    const { accountId } = await made({ advertiser: words({ sandbox: true }) });
    assert.equal((await listed(accountId, nowMs)).total, 0);
    await assert.rejects(listed(accountId, nowMs, { servesSandbox: false }), notFound);
    await assert.rejects(listed(accountId, nowMs, { principalNo: await newCaller('b') }), notFound);
  });
});
