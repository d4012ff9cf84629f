import { AppError } from '../../base/faults.ts';
import type { BodyMemory } from './body-memory.ts';

/** Memory taken before the first byte; the rest is taken as bytes come, so that a promise of bytes holds nothing. */
const firstBytesMax = 1024 * 1024;
const firstBytesMin = 4 * 1024;

/** Towards an announced size there is nothing to lose; without one, half of what is taken may stay empty. */
const growthFactorAnnounced = 4;
const growthFactorUnknown = 2;

/** Where the bytes of one body go, in order. */
export interface BodySink {
  /** Adds bytes, or says why the body is refused. */
  push(chunk: Uint8Array): AppError | null;
  readonly length: number;
  readonly bytes: Uint8Array;
  /** Gives the memory back; the bytes are gone. Once is enough, twice is harmless. */
  release(): void;
}

export function bodyTooLarge(bytesMax: number): AppError {
  return new AppError('BODY_TOO_LARGE', `The body is larger than ${bytesMax} bytes.`, {
    suggestion: 'Send fewer members in one call and the rest in further calls.',
    details: { limit: bytesMax, limit_name: 'requestBytesMax', unit: 'bytes' },
  });
}

function serverFull(): AppError {
  return new AppError('SERVICE_UNAVAILABLE', 'The server holds as many requests as it can; try again.', {
    retryAfterSeconds: 1,
  });
}

const noBytes: Uint8Array = new Uint8Array(0);

/** `expected`: the announced size, if there is one. `bytesMax`: the first byte beyond it refuses the body. */
export function createBodySink(memory: BodyMemory, expected: number | null, bytesMax: number): BodySink {
  let buffer = noBytes;
  let length = 0;
  const growthFactor = expected === null ? growthFactorUnknown : growthFactorAnnounced;

  function grow(needed: number): AppError | null {
    const first = Math.min(expected ?? firstBytesMin, firstBytesMax);
    const wanted = Math.max(needed, first, buffer.length * growthFactor);
    const larger = memory.take(Math.min(wanted, Math.max(needed, expected ?? bytesMax)));
    if (larger === null) return serverFull();
    larger.set(buffer.subarray(0, length));
    if (buffer.length > 0) memory.give(buffer);
    buffer = larger;
    return null;
  }

  return {
    push(chunk) {
      const end = length + chunk.length;
      if (end > bytesMax) return bodyTooLarge(bytesMax);
      if (end > buffer.length) {
        const fault = grow(end);
        if (fault !== null) return fault;
      }
      buffer.set(chunk, length);
      memory.passed(chunk.length);
      length = end;
      return null;
    },
    get length() {
      return length;
    },
    get bytes() {
      return buffer;
    },
    release() {
      if (buffer.length > 0) memory.give(buffer);
      buffer = noBytes;
      length = 0;
    },
  };
}
