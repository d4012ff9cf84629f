/**
 * The few cryptographic functions that the engine needs, as parameters, so that the engine runs
 * unchanged in a thread, a test or a browser. `platform/primitives.ts` has Node's.
 */
export interface Primitives {
  /** AES-256 over each 16-byte block on its own; `blocks.length` is a multiple of 16. Returns new bytes. `key` must never change. */
  encryptBlocks(key: Uint8Array, blocks: Uint8Array): Uint8Array;
  /** The inverse of encryptBlocks. */
  decryptBlocks(key: Uint8Array, blocks: Uint8Array): Uint8Array;
  /** SHA-256, 32 bytes. */
  sha256(bytes: Uint8Array): Uint8Array;
  /**
   * 16 bytes that are equal for equal bytes and, as good as certainly, differ for others. Under a key where the result is
   * kept, so that nobody without the key can try out what the bytes were.
   */
  fingerprint(bytes: Uint8Array): Uint8Array;
  /** CRC-32 (IEEE), an unsigned 32-bit number. */
  crc32(bytes: Uint8Array): number;
}
