import { latencyRange, type LatencyRange } from '../store/latency-rows.ts';
import { forgetIdempotency } from '../store/idempotency-rows.ts';
import { deleteOperationsAcceptedBefore } from '../store/operation-rows.ts';
import { deleteTasksCompletedBefore } from '../store/task-rows.ts';
import type { Script } from '../store/script.ts';

/** A key that expired is remembered this long, so that a late repeat is told so and not run again. */
const expiredKeyMemoryMs = 7 * 24 * 3_600_000;
/** A finished task stays at least as long as any key that could replay it. */
const taskMemoryMs = 30 * 24 * 3_600_000;

export function createCapabilityScripts() {
  return {
    *matchingLatency({ sinceMs }: { readonly sinceMs: number }): Script<LatencyRange> {
      return yield* latencyRange(sinceMs);
    },
    /** Housekeeping: forgets what no caller can ask for any more. */
    *forgetOld({ nowMs }: { readonly nowMs: number }): Script<void> {
      yield* forgetIdempotency(nowMs - expiredKeyMemoryMs);
      yield* deleteTasksCompletedBefore(nowMs - taskMemoryMs);
      yield* deleteOperationsAcceptedBefore(nowMs - taskMemoryMs);
    },
  };
}
