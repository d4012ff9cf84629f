import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { keyedPrimitives, nodePrimitives } from './primitives.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('AES-256 of a block is that of FIPS 197, and decryption undoes it', () => {
  const key = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
  const plain = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
  const cipher = nodePrimitives.encryptBlocks(key, plain);
  assert.equal(hex(cipher), '8ea2b7ca516745bfeafc49904b496089');
  assert.equal(hex(nodePrimitives.decryptBlocks(key, cipher)), hex(plain));
});

test('fingerprints are equal for equal bytes under one key, and for nothing else', () => {
  const one = keyedPrimitives(new Uint8Array(32).fill(1));
  const same = keyedPrimitives(new Uint8Array(32).fill(1));
  const other = keyedPrimitives(new Uint8Array(32).fill(2));
  const bytes = fc.uint8Array({ maxLength: 70 });
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      const isEqual = Buffer.compare(a, b) === 0;
      for (const { fingerprint } of [one, nodePrimitives]) {
        assert.equal(fingerprint(a).length, 16);
        assert.equal(hex(fingerprint(a)) === hex(fingerprint(b)), isEqual);
      }
      assert.equal(hex(one.fingerprint(a)), hex(same.fingerprint(a)));
      assert.notEqual(hex(one.fingerprint(a)), hex(other.fingerprint(a)));
    }),
  );
});

test('a fingerprint is GMAC: that of nothing under a key of zeros is the tag of test case 13 of the GCM paper', () => {
  const { fingerprint } = keyedPrimitives(new Uint8Array(32));
  assert.equal(hex(fingerprint(new Uint8Array(0))), '530f8afbc74536b9a963b4f1c4cb738b');
});
