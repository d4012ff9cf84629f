import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { createSealer } from './seal.ts';

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
