import { assert } from '../../base/assert.ts';

const MiB = 1024 * 1024;

/** Buffers from this size on are kept for the next body; smaller ones are cheap. */
const reuseBytesMin = 64 * 1024;
/** Buffers kept at most, so that looking for one stays short. */
const idleCountMax = 64;
const idleBytesMax = 48 * MiB;
/** Spent buffers that may lie around before they are swept up. */
const sweepBytes = 16 * MiB;

/** Rounded up, so that bodies of about one size share buffers. */
function sizeFor(bytes: number): number {
  if (bytes < reuseBytesMin) return bytes;
  const step = bytes < MiB ? reuseBytesMin : MiB;
  return Math.ceil(bytes / step) * step;
}

/**
 * Memory for bodies, bounded over all requests. Buffers are shared memory, so that another thread reads a body
 * where it is. Most buffers are handed out again, with old bytes in it: a taker reads only what it has written.
 * That saves the system clearing 15 MB for every full call.
 */
export interface BodyMemory {
  /** A buffer of at least `bytes`, or null when all bodies together would hold too much. */
  take(bytes: number): Uint8Array | null;
  give(buffer: Uint8Array): void;
  /** Counts bytes that came in a buffer of their own and were copied out of it. */
  passed(bytes: number): void;
  /** Bytes handed out now. */
  readonly usedBytes: number;
}

/** `sweep` frees such spent buffers; it is called once every few megabytes. */
export function createBodyMemory(bytesMax: number, sweep: () => void = () => undefined): BodyMemory {
  const idle: Uint8Array[] = [];
  let idleBytes = 0;
  let usedBytes = 0;
  let spentBytes = 0;

  function reuse(bytes: number): Uint8Array | null {
    // A buffer much larger than the body would count for more than it holds.
    const place = idle.findIndex((buffer) => buffer.length >= bytes && buffer.length <= 2 * bytes);
    if (place < 0) return null;
    const [buffer] = idle.splice(place, 1);
    idleBytes -= buffer?.length ?? 0;
    return buffer ?? null;
  }

  return {
    take(bytes) {
      const size = sizeFor(bytes);
      if (usedBytes + size > bytesMax) return null;
      let buffer = bytes < reuseBytesMin ? null : reuse(bytes);
      if (buffer !== null && usedBytes + buffer.length > bytesMax) buffer = null;
      buffer ??= new Uint8Array(new SharedArrayBuffer(size));
      usedBytes += buffer.length;
      return buffer;
    },
    give(buffer) {
      usedBytes -= buffer.length;
      assert(usedBytes >= 0, () => 'a body buffer was given back twice');
      if (buffer.length < reuseBytesMin || buffer.length > idleBytesMax) return;
      while (idleBytes + buffer.length > idleBytesMax || idle.length >= idleCountMax) {
        idleBytes -= idle.shift()?.length ?? 0;
      }
      idle.push(buffer);
      idleBytes += buffer.length;
    },
    passed(bytes) {
      spentBytes += bytes;
      if (spentBytes < sweepBytes) return;
      spentBytes = 0;
      sweep();
    },
    get usedBytes() {
      return usedBytes;
    },
  };
}
