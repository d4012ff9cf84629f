import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import type { Store } from '../store/store.ts';
import { openMemoryStore } from '../store/testing/memory-store.ts';
import { createAccountScripts } from './account-scripts.ts';
import {
  createAccountSyncScripts,
  type SyncAccountsInput,
  type SyncAccountsOutput,
} from './account-sync-scripts.ts';
import type { AccountRequest, AccountResult } from './api.ts';
import { createKeyScripts } from './key-scripts.ts';
import { createSealer } from './seal.ts';

const scripts = {
  ...createAccountScripts(),
  ...createAccountSyncScripts(createSealer(new Uint8Array(32).fill(9))),
  ...createKeyScripts(),
};
const nowMs = 1_700_000_000_000;
const dayMs = 24 * 3_600_000;

let store: Store<typeof scripts>;
let caller: number;
let idCount = 0;
beforeEach(async () => {
  store = openMemoryStore(scripts);
  caller = await newCaller('a');
});

async function newCaller(keyId: string, accountIds: readonly string[] = []): Promise<number> {
  const secretHash = new Uint8Array(32);
  const expiresAtMs = null;
  await store.write('createKey', {
    keyId,
    principalId: `prn_${keyId}`,
    secretHash,
    accountIds,
    name: keyId,
    nowMs,
    expiresAtMs,
  });
  return (await store.read('findKey', { keyId }))?.principalNo ?? 0;
}

const provision = (brandDomain: string, changes: Partial<AccountRequest> = {}): AccountRequest => ({
  reference: { kind: 'natural', brandDomain, brandId: null, operator: 'agency.example', sandbox: false },
  mode: 'provision',
  billing: 'operator',
  ...changes,
});

function input(
  accounts: readonly AccountRequest[],
  changes: Partial<SyncAccountsInput> = {},
): SyncAccountsInput {
  return {
    principalNo: caller,
    keyHash: null,
    digest: new Uint8Array(32),
    accounts,
    newIds: accounts.map(() => `acc_${++idCount}`),
    deleteMissing: false,
    dryRun: false,
    allowsDeclaring: true,
    nowMs,
    expiresAtMs: nowMs + dayMs,
    ...changes,
  };
}

function resultsOf(output: SyncAccountsOutput): readonly AccountResult[] {
  return output.kind === 'answered' ? output.outcome.accounts : assert.fail(output.kind);
}
const sync = async (accounts: readonly AccountRequest[], changes: Partial<SyncAccountsInput> = {}) =>
  resultsOf(await store.write('syncAccounts', input(accounts, changes)));
const actions = (results: readonly AccountResult[]): readonly string[] => results.map(({ action }) => action);
const statuses = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    (await store.read('listEveryAccount', {})).map(({ accountId, status }) => [accountId, status]),
  );

describe('sync_accounts', () => {
  test('declares in the order of the request; the same again changes nothing', async () => {
    const wanted = [provision('a.example'), provision('b.example', { name: 'B' })];
    const first = await sync(wanted);
    assert.deepEqual(actions(first), ['created', 'created']);
    assert.deepEqual(
      first.map(({ account }) => account?.brandDomain),
      ['a.example', 'b.example'],
    );
    assert.equal(first[1]?.account?.name, 'B');
    const second = await sync(wanted);
    assert.deepEqual(actions(second), ['unchanged', 'unchanged']);
    assert.deepEqual(
      second.map(({ account }) => account?.accountId),
      first.map(({ account }) => account?.accountId),
    );
    const page = await store.read('accountsOfCaller', {
      principalNo: caller,
      query: { pageSize: 50, cursor: null },
    });
    assert.equal(page.totalCount, 2, 'declared accounts are the caller’s');
  });

  test('a sandbox account is another account', async () => {
    const { reference } = provision('a.example');
    assert.ok(reference.kind === 'natural');
    const both = await sync([
      provision('a.example'),
      provision('a.example', { reference: { ...reference, sandbox: true } }),
    ]);
    assert.deepEqual(actions(both), ['created', 'created']);
  });

  test('billing that is not offered fails its entry, is not remapped and stops nobody else', async () => {
    const results = await sync([provision('a.example', { billing: 'advertiser' }), provision('b.example')]);
    assert.deepEqual(actions(results), ['failed', 'created']);
    const [error] = results[0]?.errors ?? [];
    assert.equal(error?.code, 'BILLING_NOT_SUPPORTED');
    assert.equal(error?.details?.['scope'], 'capability');
    assert.equal((await store.read('listEveryAccount', {})).length, 1);
  });

  test('a seller that makes accounts itself fails what it does not know', async () => {
    await sync([provision('known.example')]);
    const results = await sync([provision('known.example'), provision('new.example')], {
      allowsDeclaring: false,
    });
    assert.deepEqual(actions(results), ['unchanged', 'failed']);
    assert.equal(results[1]?.errors?.[0]?.code, 'UNSUPPORTED_PROVISIONING');
  });

  test('a settings entry for an unknown and for a foreign account fails with the same words', async () => {
    const foreigner = await newCaller('b');
    const [foreign] = await sync([provision('f.example')], { principalNo: foreigner });
    const foreignId = foreign?.account?.accountId ?? assert.fail();
    const settings = (accountId: string): AccountRequest => ({
      reference: { kind: 'id', accountId },
      mode: 'settings',
      billing: null,
    });
    const [theirs, nobodys] = await sync([settings(foreignId), settings('acc_nobody')]);
    assert.equal(theirs?.action, 'failed');
    assert.deepEqual(theirs.errors, nobodys?.errors);
    assert.equal(theirs.errors?.[0]?.code, 'ACCOUNT_NOT_FOUND');
    const [own] = await sync([provision('own.example')]);
    assert.deepEqual(actions(await sync([settings(own?.account?.accountId ?? '')])), ['unchanged']);
  });

  test('a dry run says what would be done and does none of it', async () => {
    const [kept] = await sync([provision('kept.example')]);
    const before = await statuses();
    const output = await store.write(
      'syncAccounts',
      input([provision('new.example')], { dryRun: true, deleteMissing: true }),
    );
    assert.deepEqual(actions(resultsOf(output)), ['created']);
    assert.ok(output.kind === 'answered' && output.outcome.dryRun);
    assert.deepEqual(await statuses(), before);
    assert.equal(kept?.account?.status, 'active');
  });
});

describe('sync_accounts with delete_missing', () => {
  test('closes the caller’s own declared accounts that are not named, and nobody else’s', async () => {
    const other = await newCaller('b');
    const sold = { brandId: null, operator: 'agency.example', sandbox: false, name: null, nowMs };
    await store.write('createAccount', { accountId: 'acc_sold', brandDomain: 'sold.example', ...sold });
    const seller = await newCaller('c', ['acc_sold']);
    const ids = async (principalNo: number, domains: readonly string[]): Promise<readonly string[]> =>
      (
        await sync(
          domains.map((domain) => provision(domain)),
          { principalNo },
        )
      ).map(({ account }) => account?.accountId ?? '');
    const [theirs = ''] = await ids(other, ['x.example']);
    const [first = '', second = ''] = await ids(seller, ['a.example', 'b.example']);
    await sync([provision('b.example')], { principalNo: seller, deleteMissing: true });
    assert.deepEqual(await statuses(), {
      acc_sold: 'active',
      [theirs]: 'active',
      [first]: 'closed',
      [second]: 'active',
    });
  });

  test('an entry that fails still names its account', async () => {
    const [made] = await sync([provision('a.example')]);
    await sync([provision('a.example', { billing: 'advertiser' })], { deleteMissing: true });
    assert.equal((await statuses())[made?.account?.accountId ?? ''], 'active');
  });

  test('what was closed can be declared anew, as another account', async () => {
    const [first] = await sync([provision('a.example')]);
    await sync([], { deleteMissing: true });
    const [second] = await sync([provision('a.example')]);
    assert.equal(second?.action, 'created');
    assert.notEqual(second.account?.accountId, first?.account?.accountId);
  });
});

describe('sync_accounts with a request key', () => {
  const keyHash = new Uint8Array(32).fill(7);
  const digest = new Uint8Array(32).fill(1);

  test('a repeat gets the first answer, although the world moved on', async () => {
    const first = await store.write('syncAccounts', input([provision('a.example')], { keyHash, digest }));
    await sync([], { deleteMissing: true });
    const again = await store.write('syncAccounts', input([provision('a.example')], { keyHash, digest }));
    assert.ok(first.kind === 'answered' && again.kind === 'answered');
    assert.equal(first.replayed, false);
    assert.equal(again.replayed, true);
    assert.deepEqual(again.outcome, JSON.parse(JSON.stringify(first.outcome)));
    assert.equal((await store.read('listEveryAccount', {})).length, 1, 'a replay makes nothing');
  });

  test('another request under the key conflicts and does nothing; another caller’s key is another key', async () => {
    await store.write('syncAccounts', input([provision('a.example')], { keyHash, digest }));
    const other = input([provision('b.example')], { keyHash, digest: new Uint8Array(32).fill(2) });
    assert.deepEqual(await store.write('syncAccounts', other), { kind: 'conflict' });
    assert.equal((await store.read('listEveryAccount', {})).length, 1);
    const principalNo = await newCaller('b');
    assert.equal((await store.write('syncAccounts', { ...other, principalNo })).kind, 'answered');
  });

  test('after its time the key is refused as too old', async () => {
    await store.write('syncAccounts', input([provision('a.example')], { keyHash, digest }));
    const late = input([provision('a.example')], { keyHash, digest, nowMs: nowMs + dayMs + 61_000 });
    assert.deepEqual(await store.write('syncAccounts', late), { kind: 'expired' });
  });
});
