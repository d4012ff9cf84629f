import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';

import { assert } from '../base/assert.ts';

/**
 * Keeps callers' own words unreadable at rest: AES-256-GCM over JSON with a random nonce.
 * A value that was damaged or sealed under another key does not open: that is a fault, not an answer.
 */
export interface Sealer {
  seal(value: unknown): Uint8Array;
  open<T>(sealed: Uint8Array): T;
}

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;

export function createSealer(key: Uint8Array): Sealer {
  assert(key.length === 32, () => 'the seal key has 32 bytes');
  // Made once: turning raw bytes into a key costs more than sealing a small value.
  const secret = createSecretKey(key);
  const nonces = createNonces();
  return {
    seal(value) {
      const nonce = nonces.next();
      const cipher = createCipheriv('aes-256-gcm', secret, nonce);
      const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(version), nonce, body, cipher.getAuthTag()]);
    },
    open<T>(sealed: Uint8Array): T {
      assert(
        sealed.length > 1 + nonceBytes + tagBytes && sealed[0] === version,
        () => 'a sealed value of version 1',
      );
      const nonce = sealed.subarray(1, 1 + nonceBytes);
      const decipher = createDecipheriv('aes-256-gcm', secret, nonce);
      decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
      const body = sealed.subarray(1 + nonceBytes, sealed.length - tagBytes);
      return JSON.parse(Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')) as T;
    },
  };
}

/** Seals bytes as they are. `about` names the place that they are kept in: sealed bytes that were moved to another do not open. */
export interface ByteSealer {
  seal(bytes: Uint8Array, about: string): Uint8Array;
  /** Over memory of its own, from a word's boundary. */
  open(sealed: Uint8Array, about: string): Uint8Array;
}

export function createByteSealer(key: Uint8Array): ByteSealer {
  assert(key.length === 32, () => 'a sealing key has 32 bytes');
  const secret = createSecretKey(key);
  return {
    seal(bytes, about) {
      const sealed = new Uint8Array(1 + nonceBytes + bytes.length + tagBytes);
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(Buffer.from(about));
      sealed[0] = version;
      sealed.set(nonce, 1);
      sealed.set(cipher.update(bytes), 1 + nonceBytes);
      cipher.final();
      sealed.set(cipher.getAuthTag(), sealed.length - tagBytes);
      return sealed;
    },
    open(sealed, about) {
      assert(
        sealed.length >= 1 + nonceBytes + tagBytes && sealed[0] === version,
        () => 'sealed bytes of version 1',
      );
      const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(1, 1 + nonceBytes));
      decipher.setAAD(Buffer.from(about)).setAuthTag(sealed.subarray(sealed.length - tagBytes));
      const bytes = decipher.update(sealed.subarray(1 + nonceBytes, sealed.length - tagBytes));
      decipher.final();
      return Uint8Array.from(bytes);
    },
  };
}

/** Random nonces, taken from the system many at a time: one by one they cost as much as the cipher. */
function createNonces(): { next(): Uint8Array } {
  const perFill = 256;
  let pool: Uint8Array = new Uint8Array(0);
  let at = 0;
  return {
    next() {
      if (at >= pool.length) {
        pool = randomBytes(perFill * nonceBytes);
        at = 0;
      }
      return pool.subarray(at, (at += nonceBytes));
    },
  };
}
