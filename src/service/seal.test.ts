import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { createByteSealer, createSealer } from './seal.ts';

const sealer = createSealer(new Uint8Array(32).fill(1));

test('what is sealed opens again, and looks different each time', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const sealed = sealer.seal(value);
      assert.deepEqual(sealer.open(sealed), JSON.parse(JSON.stringify(value)));
      assert.notDeepEqual(sealer.seal(value), sealed);
    }),
  );
});

test('sealed bytes do not hold the words', () => {
  const word = 'an-external-id-of-a-buyer';
  const sealed = Buffer.from(sealer.seal({ [word]: word }));
  assert.equal(sealed.includes(word), false);
});

test('one changed, added or missing byte, or another key, does not open', () => {
  const other = createSealer(new Uint8Array(32).fill(2));
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, change) => {
      const sealed = sealer.seal(value);
      const damaged = Uint8Array.from(sealed);
      const at = place % damaged.length;
      damaged[at] = damaged[at]! ^ change;
      assert.throws(() => sealer.open(damaged));
      assert.throws(() => sealer.open(sealed.subarray(0, at)));
      assert.throws(() => sealer.open(Uint8Array.of(...sealed, change)));
      assert.throws(() => other.open(sealed));
    }),
  );
});

test('sealed bytes open in their own place only, whole or not at all', () => {
  const bytesSealer = createByteSealer(new Uint8Array(32).fill(2));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), fc.boolean(), (bytes, at, isShared) => {
      const given = isShared
        ? new Uint8Array(new SharedArrayBuffer(bytes.length))
        : new Uint8Array(bytes.length);
      given.set(bytes);
      const sealed = bytesSealer.seal(given, 'place 1');
      assert.deepEqual(bytesSealer.open(sealed, 'place 1'), Uint8Array.from(bytes));
      assert.throws(() => bytesSealer.open(sealed, 'place 2'));
      assert.throws(() => createByteSealer(new Uint8Array(32).fill(3)).open(sealed, 'place 1'));
      const damaged = Uint8Array.from(sealed);
      damaged[at % sealed.length]! ^= 1;
      assert.throws(() => bytesSealer.open(damaged, 'place 1'));
    }),
  );
});
