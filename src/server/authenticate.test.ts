/** Keys from their making to their end, with the parts that the server joins. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { beforeEach, describe, mock, test } from 'node:test';

import fc from 'fast-check';

import { AppError } from '../base/faults.ts';
import { systemRandom } from '../platform/clock.ts';
import { isWithin, networksOf } from '../platform/outbound/public-address.ts';
import { keyPattern, keyRandomBytes, makeKey, parseKey } from '../protocol/auth/key-format.ts';
import { createAuthenticator } from '../service/authenticate.ts';
import { createKeyedHash } from '../service/keyed-hash.ts';
import { createAccountScripts } from '../service/account-scripts.ts';
import { createKeyScripts } from '../service/key-scripts.ts';
import type { Store } from '../store/store.ts';
import { openMemoryStore } from '../store/testing/memory-store.ts';

const scripts = { ...createAccountScripts(), ...createKeyScripts() };
const pepper = new Uint8Array(32).fill(3);
const home = '203.0.113.9';
const isWithinNamed = (address: string, networks: readonly string[]): boolean =>
  isWithin(address, networksOf(networks));
const startMs = 1_700_000_000_000;
/** The promise to a privacy officer: a revoked key is dead this soon. */
const revocationDelayMsMax = 5_000;

let store: Store<typeof scripts>;
let nowMs: number;
const clock = { now: () => nowMs, monotonic: () => nowMs - startMs };
let authenticate: ReturnType<typeof createAuthenticator>;

beforeEach(() => {
  store = openMemoryStore(scripts);
  nowMs = startMs;
  authenticate = createAuthenticator({ store, clock, pepper, parseKey, isWithin: isWithinNamed });
});

async function newKey(
  expiresAtMs: number | null = null,
  allowFrom: readonly string[] = [],
): Promise<{ readonly key: string; readonly keyId: string }> {
  const { key, keyId, secret } = makeKey(systemRandom.bytes(keyRandomBytes));
  const secretHash = createKeyedHash(pepper)(secret);
  const rest = { accountIds: [], name: 'test', nowMs, expiresAtMs, allowFrom };
  await store.write('createKey', { keyId, principalId: `prn_${keyId}`, secretHash, ...rest });
  return { key, keyId };
}

async function refusal(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => assert.fail('it was not refused'),
    (reason: unknown) => reason,
  );
  return error instanceof AppError ? error : assert.fail('another kind of error');
}
const visible = ({ code, message, info }: AppError): string => JSON.stringify({ code, message, info });

describe('API keys', () => {
  test('a key names its caller, again and again', async () => {
    const { key, keyId } = await newKey();
    const principal = await authenticate(key, home);
    assert.equal(principal.keyId, keyId);
    assert.equal(principal.principalId, `prn_${keyId}`);
    assert.deepEqual(await authenticate(key, home), principal);
  });

  test('unknown, wrong, malformed, revoked and expired keys get one answer', async () => {
    const good = await newKey();
    const revoked = await newKey();
    await store.write('revokeKey', { keyId: revoked.keyId, nowMs });
    const expired = await newKey(nowMs);
    const unknown = makeKey(systemRandom.bytes(keyRandomBytes)).key;
    const wrongSecret = forgeSecret(good.keyId);
    assert.notEqual(parseKey(wrongSecret), null, 'well-formed, so that it is the secret that is refused');
    const bad = [
      unknown,
      wrongSecret,
      good.key.slice(0, -1),
      '',
      'Bearer',
      revoked.key,
      expired.key,
      good.key.toLowerCase(),
    ];
    const answers = new Set<string>();
    for (const key of bad) answers.add(visible(await refusal(authenticate(key, home))));
    assert.equal(answers.size, 1);
    assert.equal((await refusal(authenticate(unknown, home))).code, 'AUTH_INVALID');
    await authenticate(good.key, home);
  });

  test('revoking works on a key in use, within its bound', async () => {
    const { key, keyId } = await newKey();
    await authenticate(key, home);
    await store.write('revokeKey', { keyId, nowMs });
    nowMs += revocationDelayMsMax;
    assert.equal((await refusal(authenticate(key, home))).code, 'AUTH_INVALID');
    nowMs += 1;
    await assert.rejects(authenticate(key, home), 'and stays refused');
  });

  test('revoking twice keeps the first time; an unknown key cannot be revoked', async () => {
    const { keyId } = await newKey();
    await store.write('revokeKey', { keyId, nowMs: startMs + 1 });
    await store.write('revokeKey', { keyId, nowMs: startMs + 2 });
    const [view] = await store.read('listKeys', {});
    assert.equal(view?.revokedAtMs, startMs + 1);
    await refusal(store.write('revokeKey', { keyId: 'nobody', nowMs }));
  });

  test('a key dies at its expiry', async () => {
    const { key } = await newKey(startMs + 60_000);
    nowMs = startMs + 59_999 - revocationDelayMsMax;
    await authenticate(key, home);
    nowMs = startMs + 60_000 + revocationDelayMsMax;
    assert.equal((await refusal(authenticate(key, home))).code, 'AUTH_INVALID');
  });

  test('a key that is bound to networks looks like none from elsewhere, remembered or not', async () => {
    const { key, keyId } = await newKey(null, ['203.0.113.0/24', '2001:db8::/48']);
    const elsewhere = ['203.0.114.9', '2001:db8:1::1', '::1', '', 'nonsense'];
    const unknown = visible(
      await refusal(authenticate(makeKey(systemRandom.bytes(keyRandomBytes)).key, home)),
    );
    for (const address of elsewhere)
      assert.equal(visible(await refusal(authenticate(key, address))), unknown);
    assert.equal((await store.read('findKey', { keyId }))?.lastUsedAt, null, 'that was no use of the key');
    for (const address of [home, '2001:db8:0:1::1'])
      assert.equal((await authenticate(key, address)).keyId, keyId);
    for (const address of elsewhere)
      assert.equal(visible(await refusal(authenticate(key, address))), unknown);
    assert.equal((await authenticate(key, home)).keyId, keyId);
  });

  test('unknown keys and wrong secrets cost one look-up and one hash each', async () => {
    const { key, keyId } = await newKey();
    const revoked = await newKey();
    await store.write('revokeKey', { keyId: revoked.keyId, nowMs });
    const bound = await newKey(null, ['198.51.100.1']);
    let readCount = 0;
    const counting: typeof store = {
      ...store,
      read: async (name, input) => {
        readCount += 1;
        return store.read(name, input);
      },
    };
    const hashes = mock.method(crypto, 'createHmac');
    const compares = mock.method(crypto, 'timingSafeEqual');
    syncBuiltinESMExports();
    try {
      const look = createAuthenticator({ store: counting, clock, pepper, parseKey, isWithin: isWithinNamed });
      const work = async (shown: string): Promise<readonly number[]> => {
        const before = [readCount, hashes.mock.callCount(), compares.mock.callCount()];
        await look(shown, home).catch(() => undefined);
        return [readCount, hashes.mock.callCount(), compares.mock.callCount()].map(
          (count, at) => count - before[at]!,
        );
      };
      const unknown = makeKey(systemRandom.bytes(keyRandomBytes)).key;
      for (const shown of [unknown, forgeSecret(keyId), revoked.key, bound.key, key])
        assert.deepEqual(await work(shown), [1, 1, 1]);
      assert.deepEqual(await work(key), [0, 1, 0], 'what is known to be good is hashed only');
    } finally {
      mock.restoreAll();
      syncBuiltinESMExports();
    }
  });

  test('neither the key nor its secret is stored, and a list shows neither hash nor secret', async () => {
    const { key } = await newKey();
    const secret = parseKey(key)?.secret ?? assert.fail();
    const row = JSON.stringify(await store.read('findKey', { keyId: parseKey(key)?.keyId ?? '' }));
    const list = JSON.stringify(await store.read('listKeys', {}));
    for (const text of [row, list]) assert.equal(text.includes(secret), false);
    assert.doesNotMatch(list, /hash/i);
  });

  test('a key for an account that does not exist is not made', async () => {
    const rest = { secretHash: new Uint8Array(32), name: 'x', nowMs, expiresAtMs: null };
    const error = await refusal(
      store.write('createKey', { keyId: 'k', principalId: 'p', accountIds: ['acc_none'], ...rest }),
    );
    assert.equal(error.code, 'ACCOUNT_NOT_FOUND');
    assert.deepEqual(await store.read('listKeys', {}), []);
  });
});

describe('the form of a key', () => {
  const randomBytes = fc.uint8Array({ minLength: keyRandomBytes, maxLength: keyRandomBytes });

  test('what is made can be taken apart, and a scanner finds it in a text', () => {
    fc.assert(
      fc.property(randomBytes, (bytes) => {
        const { key, keyId, secret } = makeKey(bytes);
        assert.deepEqual(parseKey(key), { keyId, secret });
        assert.equal(keyPattern.exec(`api_key = "${key}";`)?.[0], key);
      }),
    );
  });

  test('other randomness gives another secret', () => {
    fc.assert(
      fc.property(
        randomBytes,
        fc.nat({ max: 31 }),
        fc.integer({ min: 1, max: 255 }),
        (bytes, place, change) => {
          const other = bytes.slice();
          other[9 + place] = other[9 + place]! ^ change;
          assert.notEqual(makeKey(bytes).secret, makeKey(other).secret);
        },
      ),
    );
  });

  test('a key with a character changed, added or missing is not a key', () => {
    fc.assert(
      fc.property(
        randomBytes,
        fc.nat({ max: 64 }),
        fc.constantFrom(...'0aZ_-/ é'),
        (bytes, place, character) => {
          const { key } = makeKey(bytes);
          if (key[place] !== character)
            assert.equal(parseKey(key.slice(0, place) + character + key.slice(place + 1)), null);
          assert.equal(parseKey(key.slice(0, place) + key.slice(place + 1)), null);
          assert.equal(parseKey(key.slice(0, place) + character + key.slice(place)), null);
        },
      ),
    );
  });
});

/** A well-formed key with the id of another and a secret of its own. */
function forgeSecret(keyId: string): string {
  for (let attempt = 0; attempt < 10; attempt++) {
    const bytes = systemRandom.bytes(keyRandomBytes);
    // The id comes from the first nine bytes alone, so an id can be had back from its base62 digits.
    bytes.set(bytesOfId(keyId), 0);
    const made = makeKey(bytes);
    if (made.keyId === keyId) return made.key;
  }
  return assert.fail('the id could not be made again');
}

function bytesOfId(keyId: string): Uint8Array {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let value = 0n;
  for (const digit of keyId) value = value * 62n + BigInt(alphabet.indexOf(digit));
  return Uint8Array.from({ length: 9 }, (_, at) => Number((value >> BigInt(8 * (8 - at))) & 255n));
}
