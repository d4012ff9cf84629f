import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import { AppError } from '../base/faults.ts';
import type { Store } from '../store/store.ts';
import { openMemoryStore } from '../store/testing/memory-store.ts';
import { createAccountScripts, type NewAccountInput } from './account-scripts.ts';
import type { Account, AccountQuery, AccountReference } from './api.ts';
import { createKeyScripts } from './key-scripts.ts';

const scripts = { ...createAccountScripts(), ...createKeyScripts() };
const nowMs = 1_700_000_000_000;

let store: Store<typeof scripts>;
beforeEach(() => {
  store = openMemoryStore(scripts);
});

const newAccount = (accountId: string, changes: Partial<NewAccountInput> = {}): NewAccountInput => ({
  accountId,
  brandDomain: `${accountId.replaceAll('_', '-')}.example`,
  brandId: null,
  operator: 'agency.example',
  sandbox: false,
  name: null,
  nowMs,
  ...changes,
});

/** A caller that may use these accounts; gives its number. */
async function newCaller(keyId: string, accountIds: readonly string[]): Promise<number> {
  const secretHash = new Uint8Array(32).fill(1);
  await store.write('createKey', {
    keyId,
    principalId: `prn_${keyId}`,
    secretHash,
    accountIds,
    name: keyId,
    nowMs,
    expiresAtMs: null,
  });
  return (await store.read('findKey', { keyId }))?.principalNo ?? assert.fail('the key is there');
}

const byId = (accountId: string): AccountReference => ({ kind: 'id', accountId });
const byKey = ({ brandDomain, brandId, operator, sandbox }: NewAccountInput): AccountReference => ({
  kind: 'natural',
  brandDomain,
  brandId,
  operator,
  sandbox,
});
const query = (changes: Partial<AccountQuery> = {}): AccountQuery => ({
  pageSize: 50,
  cursor: null,
  ...changes,
});

async function refusal(promise: Promise<unknown>): Promise<AppError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  return assert.fail('it was not refused');
}

/** Everything of a fault that can reach a caller. */
const visible = ({ code, message, info, recovery }: AppError): string =>
  JSON.stringify({ code, message, info, recovery });

describe('resolving an account', () => {
  test('both references name the same account', async () => {
    const input = newAccount('acc_one', { brandId: 'shoes', sandbox: true });
    const made = await store.write('createAccount', input);
    const caller = await newCaller('a', ['acc_one']);
    for (const reference of [byId('acc_one'), byKey(input)]) {
      assert.deepEqual(await store.read('resolveAccount', { principalNo: caller, reference }), made);
    }
  });

  test('unknown and foreign accounts are the same bytes, by either reference', async () => {
    const foreign = newAccount('acc_foreign');
    await store.write('createAccount', newAccount('acc_own'));
    await store.write('createAccount', foreign);
    const caller = await newCaller('a', ['acc_own']);
    await newCaller('b', ['acc_foreign']);
    const ask = async (reference: AccountReference): Promise<AppError> =>
      refusal(store.read('resolveAccount', { principalNo: caller, reference }));
    const unknown = newAccount('acc_nobody');
    const byTheirId = await ask(byId('acc_foreign'));
    assert.equal(byTheirId.code, 'ACCOUNT_NOT_FOUND');
    assert.equal(visible(byTheirId), visible(await ask(byId('acc_nobody'))));
    const byTheirKey = await ask(byKey(foreign));
    assert.equal(byTheirKey.code, 'ACCOUNT_NOT_FOUND');
    assert.equal(visible(byTheirKey), visible(await ask(byKey(unknown))));
  });

  test('every part of the natural key counts', async () => {
    const input = newAccount('acc_one', { brandId: 'shoes' });
    await store.write('createAccount', input);
    const caller = await newCaller('a', ['acc_one']);
    for (const changes of [
      { brandDomain: 'other.example' },
      { brandId: null },
      { brandId: 'hats' },
      { operator: 'other.example' },
      { sandbox: true },
    ]) {
      const reference = byKey({ ...input, ...changes });
      const error = await refusal(store.read('resolveAccount', { principalNo: caller, reference }));
      assert.equal(error.code, 'ACCOUNT_NOT_FOUND', JSON.stringify(changes));
    }
  });

  test('two accounts of one caller with one natural key: the caller must say which', async () => {
    const input = newAccount('acc_seller');
    await store.write('createAccount', input);
    const caller = await newCaller('a', []);
    const declared = await store.write('declareAccount', {
      ...input,
      accountId: 'acc_declared',
      principalNo: caller,
    });
    assert.equal(declared.accountId, 'acc_declared', 'what it cannot see is not handed to it');
    const both = await newCaller('b', ['acc_seller', 'acc_declared']);
    const error = await refusal(store.read('resolveAccount', { principalNo: both, reference: byKey(input) }));
    assert.equal(error.code, 'ACCOUNT_AMBIGUOUS');
    const found = await store.read('resolveAccount', { principalNo: both, reference: byId('acc_declared') });
    assert.equal(found.accountId, 'acc_declared');
  });

  test('declaring what one sees already gives that account, once', async () => {
    const caller = await newCaller('a', []);
    const input = newAccount('acc_one');
    const first = await store.write('declareAccount', { ...input, principalNo: caller });
    const second = await store.write('declareAccount', {
      ...input,
      accountId: 'acc_two',
      principalNo: caller,
    });
    assert.deepEqual(second, first);
    assert.equal((await store.read('listEveryAccount', {})).length, 1);
  });

  test('two callers that declare one natural key get an account each and learn nothing of the other', async () => {
    const input = newAccount('acc_a');
    const [a, b] = [await newCaller('a', []), await newCaller('b', [])];
    const first = await store.write('declareAccount', { ...input, principalNo: a });
    const second = await store.write('declareAccount', { ...input, accountId: 'acc_b', principalNo: b });
    assert.notEqual(first.accountNo, second.accountNo);
    assert.deepEqual({ ...second, accountId: first.accountId, accountNo: first.accountNo }, first);
    const resolved = await store.read('resolveAccount', { principalNo: b, reference: byKey(input) });
    assert.equal(resolved.accountId, 'acc_b');
  });
});

describe('creating and changing accounts', () => {
  test('an id or a natural key that is taken is refused', async () => {
    const input = newAccount('acc_one');
    await store.write('createAccount', input);
    assert.equal((await refusal(store.write('createAccount', input))).code, 'INVALID_REQUEST');
    const again = await refusal(store.write('createAccount', { ...input, accountId: 'acc_two' }));
    assert.match(again.message, /acc_one/);
    assert.equal((await store.read('listEveryAccount', {})).length, 1);
  });

  test('a closed account leaves its natural key free', async () => {
    const input = newAccount('acc_one');
    await store.write('createAccount', input);
    await store.write('updateAccount', { accountId: 'acc_one', name: null, status: 'closed', nowMs: 1 });
    await store.write('createAccount', { ...input, accountId: 'acc_two' });
    const caller = await newCaller('a', ['acc_one', 'acc_two']);
    const found = await store.read('resolveAccount', { principalNo: caller, reference: byKey(input) });
    assert.equal(found.accountId, 'acc_two');
  });

  test('an update changes what it names and nothing else', async () => {
    const before = await store.write('createAccount', newAccount('acc_one'));
    const named = await store.write('updateAccount', {
      accountId: 'acc_one',
      name: 'Shoes',
      status: null,
      nowMs: 1,
    });
    assert.deepEqual(named, { ...before, name: 'Shoes' });
    const suspended = await store.write('updateAccount', {
      accountId: 'acc_one',
      name: null,
      status: 'suspended',
      nowMs: 1,
    });
    assert.deepEqual(suspended, { ...named, status: 'suspended' });
    assert.deepEqual(await store.read('listEveryAccount', {}), [suspended]);
    const error = await refusal(
      store.write('updateAccount', { accountId: 'acc_no', name: 'x', status: null, nowMs: 1 }),
    );
    assert.equal(error.code, 'ACCOUNT_NOT_FOUND');
  });
});

describe('listing accounts', () => {
  /** Five accounts of caller a, between others' accounts. */
  async function populate(): Promise<{ readonly caller: number; readonly own: readonly Account[] }> {
    const own: Account[] = [];
    for (let i = 0; i < 5; i++) {
      own.push(await store.write('createAccount', newAccount(`acc_own_${i}`, { sandbox: i % 2 === 1 })));
      await store.write('createAccount', newAccount(`acc_foreign_${i}`));
    }
    await newCaller('b', ['acc_foreign_0', 'acc_own_3']);
    return {
      caller: await newCaller(
        'a',
        own.map(({ accountId }) => accountId),
      ),
      own,
    };
  }

  test('pages of every size hold the caller’s accounts once each, in order', async () => {
    const { caller, own } = await populate();
    for (const pageSize of [1, 2, 4, 5, 6]) {
      const seen: Account[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof store.read<'accountsOfCaller'>>> = await store.read(
          'accountsOfCaller',
          {
            principalNo: caller,
            query: query({ pageSize, cursor }),
          },
        );
        assert.equal(page.totalCount, 5);
        assert.ok(page.accounts.length <= pageSize);
        seen.push(...page.accounts);
        cursor = page.nextCursor;
        assert.ok(seen.length <= 5);
      } while (cursor !== null);
      assert.deepEqual(seen, own, `pages of ${pageSize}`);
    }
  });

  test('filters select, and another’s account selects nothing', async () => {
    const { caller } = await populate();
    await store.write('updateAccount', { accountId: 'acc_own_2', name: null, status: 'suspended', nowMs: 1 });
    const ids = async (changes: Partial<AccountQuery>): Promise<readonly string[]> => {
      const page = await store.read('accountsOfCaller', { principalNo: caller, query: query(changes) });
      assert.equal(page.totalCount, page.accounts.length);
      return page.accounts.map(({ accountId }) => accountId);
    };
    assert.deepEqual(await ids({ status: 'suspended' }), ['acc_own_2']);
    assert.deepEqual(await ids({ sandbox: true }), ['acc_own_1', 'acc_own_3']);
    assert.deepEqual(await ids({ sandbox: true, status: 'suspended' }), []);
    assert.deepEqual(await ids({ account: byId('acc_own_4') }), ['acc_own_4']);
    assert.deepEqual(await ids({ account: byKey(newAccount('acc_own_4')) }), ['acc_own_4']);
    assert.deepEqual(await ids({ account: byId('acc_foreign_4') }), []);
    assert.deepEqual(await ids({ account: byKey(newAccount('acc_foreign_4')) }), []);
  });

  test('a cursor of another caller, of other filters or of nobody is refused alike', async () => {
    const { caller } = await populate();
    const other = (await store.read('findKey', { keyId: 'b' }))?.principalNo ?? 0;
    const first = await store.read('accountsOfCaller', { principalNo: other, query: query({ pageSize: 1 }) });
    const theirs = first.nextCursor ?? assert.fail('there is a second page');
    const mine = await store.read('accountsOfCaller', { principalNo: caller, query: query({ pageSize: 1 }) });
    for (const [principalNo, changes] of [
      [other, { cursor: mine.nextCursor }],
      [caller, { cursor: theirs }],
      [caller, { cursor: 'nonsense' }],
      [caller, { cursor: '' }],
      [caller, { sandbox: true, cursor: mine.nextCursor }],
    ] as const) {
      const error = await refusal(store.read('accountsOfCaller', { principalNo, query: query(changes) }));
      assert.equal(error.code, 'INVALID_REQUEST');
      assert.equal(error.info.field, 'pagination.cursor');
    }
  });
});
