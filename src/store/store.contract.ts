/** What every store must do, whichever database is below it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { AppError } from '../base/faults.ts';
import type { ContractScripts } from './testing/contract-scripts.ts';
import type { Store } from './store.ts';

export type ContractStore = Store<ContractScripts>;

/** A place where a store lives. `open` may be called again after `close`, and finds what was written. */
export interface StoreHome {
  open(): Promise<ContractStore>;
  destroy(): Promise<void>;
}

export type ContractPart = 'reopen' | 'large blobs';
export interface StoreContractOptions {
  /** Parts that this store does not promise, each with its reason. */
  readonly skip?: Readonly<Partial<Record<ContractPart, string>>>;
}

const MiB = 1024 * 1024;

export function describeStore(
  name: string,
  createHome: () => Promise<StoreHome>,
  { skip = {} }: StoreContractOptions = {},
): void {
  describe(`store contract: ${name}`, () => {
    let home: StoreHome;
    let store: ContractStore;
    before(async () => {
      home = await createHome();
      store = await home.open();
    });
    after(async () => {
      await store.close();
      await home.destroy();
    });

    describeTransactions(() => store);
    describeOrder(() => store);
    describeBlobs(() => store, skip['large blobs']);

    test(
      'closing drains what was written, and opening again finds it',
      { skip: skip.reopen ?? false },
      async () => {
        const writes = Array.from({ length: 50 }, (_, i) =>
          store.write('putWord', { name: `drained-${String(i).padStart(2, '0')}`, value: 'there' }),
        );
        const closed = store.close();
        assert.equal(
          (await Promise.allSettled(writes)).filter(({ status }) => status === 'fulfilled').length,
          50,
        );
        await closed;
        await assert.rejects(
          store.write('putWord', { name: 'late', value: 'x' }),
          hasCode('SERVICE_UNAVAILABLE'),
        );
        await assert.rejects(store.read('words', {}), hasCode('SERVICE_UNAVAILABLE'));
        store = await home.open();
        const words = await store.read('words', {});
        assert.equal(words.filter((word) => word.name.startsWith('drained-')).length, 50);
        assert.equal(
          words.some((word) => word.name === 'late'),
          false,
        );
      },
    );
  });
}

function describeTransactions(current: () => ContractStore): void {
  test('a script that throws changes nothing, and its AppError arrives as it was thrown', async () => {
    const store = current();
    const error = await rejection(store.write('putAndRefuse', { name: 'refused', value: 'x' }));
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'AUDIENCE_NOT_FOUND');
    assert.equal(error.message, 'refused on purpose');
    assert.deepEqual(
      { ...error.info },
      {
        field: 'audiences[3].audience_id',
        suggestion: 'Try another.',
        retryAfterSeconds: 7,
        details: { depth: { list: [1, 'two', null] } },
      },
    );
    assert.equal(await store.read('word', { name: 'refused' }), null);
  });

  test('any other error becomes a fault that says nothing of the data', async () => {
    const store = current();
    const secret = 'somebody@example.com';
    const error = await rejection(store.write('putAndBreak', { name: 'broken', value: secret }));
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'CONFIGURATION_ERROR');
    assert.doesNotMatch(JSON.stringify({ ...error.info, message: error.message }), /somebody/);
    assert.equal(await store.read('word', { name: 'broken' }), null);
  });

  test('scripts that fail inside a shared commit take nothing with them', async () => {
    const store = current();
    await store.write('putWord', { name: 'taken', value: 'first' });
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, async (_, i): Promise<unknown> => {
        if (i % 4 === 1) return store.write('putAndRefuse', { name: `mixed-${i}`, value: 'x' });
        if (i % 4 === 2) return store.write('putAndBreak', { name: `mixed-${i}`, value: 'x' });
        if (i % 4 === 3) return store.write('insertWord', { name: 'taken', value: 'second' });
        return store.write('putWord', { name: `mixed-${i}`, value: 'x' });
      }),
    );
    results.forEach(({ status }, i) =>
      assert.equal(status, i % 4 === 0 ? 'fulfilled' : 'rejected', `write ${i}`),
    );
    const mixed = (await store.read('words', {})).filter(({ name }) => name.startsWith('mixed-'));
    assert.equal(mixed.length, 15);
    assert.equal(await store.read('word', { name: 'taken' }), 'first');
  });

  test('no update is lost between concurrent writers', async () => {
    const store = current();
    const given = await Promise.all(
      Array.from({ length: 300 }, () => store.write('increment', { name: 'counter' })),
    );
    assert.deepEqual(
      given,
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
    assert.equal(await store.read('word', { name: 'counter' }), '300');
  });

  test('a script may write many rows', async () => {
    const store = current();
    const words = Array.from({ length: 2_000 }, (_, i) => ({ name: `many-${i}`, value: 'x'.repeat(i % 50) }));
    await store.write('putWords', words);
    const found = await store.read('words', {});
    assert.equal(found.filter(({ name }) => name.startsWith('many-')).length, 2_000);
  });
}

function describeOrder(current: () => ContractStore): void {
  test('writes take effect in the order in which they were called', async () => {
    const store = current();
    const values = Array.from({ length: 500 }, (_, i) => i * 3);
    const places = await Promise.all(values.map((value) => store.write('append', { value })));
    assert.deepEqual(
      [...places].sort((a, b) => a - b),
      places,
    );
    assert.deepEqual(await store.read('appended', {}), values);
  });

  test('a read sees every write that resolved before it', async () => {
    const store = current();
    for (let i = 0; i < 50; i++) {
      await store.write('putWord', { name: 'seen', value: String(i) });
      assert.equal(await store.read('word', { name: 'seen' }), String(i));
    }
  });
}

function describeBlobs(current: () => ContractStore, skipped: string | undefined): void {
  const patterned = (buffer: ArrayBufferLike, salt: number): Uint8Array => {
    const bytes = new Uint8Array(buffer);
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31 + (i >>> 8) + salt) & 0xff;
    return bytes;
  };
  // Above 16 MiB an array fills no page exactly; 0 is the empty blob, which is not NULL.
  for (const [piece, size] of [0, 1, 16_384, 70_001, 4 * MiB, 16 * MiB + 5].entries()) {
    test(
      `a blob of ${size} bytes comes back as it was`,
      { skip: size > MiB && (skipped ?? false) },
      async () => {
        const bytes = patterned(new ArrayBuffer(size), piece);
        await current().write('putBlob', { run: 100, piece, bytes });
        const found = await current().read('blob', { run: 100, piece });
        assert.ok(found !== null && Buffer.compare(found, bytes) === 0);
        assert.ok(found.buffer instanceof ArrayBuffer, 'fresh memory');
        assert.equal(found.buffer.byteLength, size, 'memory of its own, which can be transferred');
      },
    );
  }

  test('a view of shared memory is stored as its own bytes only', async () => {
    const all = patterned(new SharedArrayBuffer(100_000), 7);
    const view = new Uint8Array(all.buffer, 1_003, 50_000);
    await current().write('putBlob', { run: 101, piece: 0, bytes: view });
    const found = await current().read('blob', { run: 101, piece: 0 });
    assert.ok(found !== null && Buffer.compare(found, Uint8Array.from(view)) === 0);
  });
}

export function hasCode(code: AppError['code']): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.code === code;
}

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail('it did not reject');
}
