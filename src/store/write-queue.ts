import { AppError } from '../base/faults.ts';
import { must } from '../base/assert.ts';
import type { WriteReply } from './grouped-writes.ts';
import { fromWireFault } from './wire-fault.ts';

const MiB = 1024 * 1024;

/** Writes on their way to the disk, and the bytes of their inputs. Beyond either, a write is refused. */
export interface QueueBounds {
  readonly countMax: number;
  readonly bytesMax: number;
}
export const queueBounds: QueueBounds = { countMax: 10_000, bytesMax: 512 * MiB };

const retryAfterSeconds = 1;

interface Waiting {
  readonly bytes: number;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: AppError) => void;
}

/** Promises of writes that the writer thread has not answered yet. */
export interface WriteQueue {
  /** A place in the queue, or an AppError when it is full. Adds nothing when it throws. */
  enter(input: unknown): { readonly id: number; readonly answer: Promise<unknown> };
  settle(reply: WriteReply): void;
  /** Refuses everything that waits. */
  abandon(): void;
  readonly size: number;
}

export function createWriteQueue(bounds: QueueBounds): WriteQueue {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let bytesWaiting = 0;

  return {
    enter(input) {
      const bytes = roughBytes(input);
      if (waiting.size >= bounds.countMax || bytesWaiting + bytes > bounds.bytesMax) {
        throw new AppError('SERVICE_UNAVAILABLE', 'Too many writes are waiting; try again.', {
          retryAfterSeconds,
        });
      }
      const id = ++lastId;
      bytesWaiting += bytes;
      const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { bytes, resolve, reject }));
      return { id, answer };
    },
    settle(reply) {
      const { bytes, resolve, reject } = must(
        waiting.get(reply.id),
        () => 'an answer for a write that waits',
      );
      waiting.delete(reply.id);
      bytesWaiting -= bytes;
      if (reply.ok) resolve(reply.output);
      else reject(fromWireFault(reply.fault));
    },
    abandon() {
      for (const { reject } of waiting.values()) {
        reject(new AppError('SERVICE_UNAVAILABLE', undefined, { retryAfterSeconds }));
      }
      waiting.clear();
      bytesWaiting = 0;
    },
    get size() {
      return waiting.size;
    },
  };
}

/** Bytes that a value occupies while it waits, to within a small factor. Visits every object once. */
function roughBytes(value: unknown): number {
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let sum = 16;
  for (const part of Object.values(value)) sum += roughBytes(part);
  return sum;
}
