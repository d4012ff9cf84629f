import { createHmac, createSecretKey } from 'node:crypto';

/** HMAC-SHA-256 of a text, 32 bytes: what is stored of a caller's secret, and useless to a thief without the key. */
export type KeyedHash = (text: string) => Uint8Array;

/** The key object is made once: turning raw bytes into one costs several times what a hash does. */
export function createKeyedHash(key: Uint8Array): KeyedHash {
  const secret = createSecretKey(key);
  return (text) => createHmac('sha256', secret).update(text).digest();
}
