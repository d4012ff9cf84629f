/** Notifications as parts of the transactions that they report on: promised with a sync, written with its outcome. */
import type { JsonObject } from '../../engine/types.ts';
import type { Script } from '../../store/script.ts';
import type { TaskRow } from '../../store/task-rows.ts';
import {
  armDelivery,
  dropDelivery,
  endpointNoOf,
  insertDeliveryRow,
  promisedDelivery,
  releaseDelivery,
} from '../../store/webhook-rows.ts';
import type { CallbackRequest, Generation, ItemFault, SyncOutcome } from '../api.ts';
import type { Sealer } from '../seal.ts';

/** What a caller asked for, as its delivery keeps it: sealed, for it holds the caller's secrets. */
export interface StoredRegistration extends CallbackRequest {
  /** The event's idempotency key: the same in every attempt, and of no use to anybody who guesses. */
  readonly eventKey: string;
  readonly accountId: string;
}

/** How a task ended, for its notification. */
export type TaskEnd =
  | { readonly status: 'completed'; readonly outcome: SyncOutcome; readonly namedCount: number }
  /** Of a task that is no sync: the body that its call would have had. */
  | { readonly status: 'completed'; readonly body: JsonObject }
  | { readonly status: 'failed'; readonly error: ItemFault };

/** Everything that the text of a notification is made of. */
export interface Notification {
  readonly registration: StoredRegistration;
  readonly taskId: string;
  readonly taskType: TaskRow['taskType'];
  readonly generation: Generation;
  readonly context: JsonObject | undefined;
  readonly atMs: number;
  readonly end: TaskEnd;
}

/** The exact text that is sent, in the words of the protocol that the call came by. The same input gives the same text. */
export type EncodeNotification = (notification: Notification) => string;

/** Promises and their keeping. Made with what turns an outcome into words, because a protocol's words are not known here. */
export interface Outbox {
  /** With the acceptance of a call. `armed`: its answer is already known not to be the outcome. */
  promise(promised: PromisedCallback, armed: boolean): Script<void>;
  /** The call was answered without its outcome, so that the outcome will be sent. */
  arm(accountNo: number, taskId: string): Script<void>;
  /**
   * The task ended: its notification is written, or dropped where the outcome was the call's own answer. True when something is
   * to be delivered. Source: AdCP webhooks, no notification after an answer that was final.
   */
  release(
    task: Pick<TaskRow, 'accountNo' | 'taskId' | 'taskType' | 'generation' | 'context' | 'hasWebhook'>,
    end: TaskEnd,
    nowMs: number,
  ): Script<boolean>;
}

export interface PromisedCallback {
  readonly accountNo: number;
  readonly principalNo: number;
  readonly taskId: string;
  readonly nowMs: number;
  /** Keyed hash of the address. */
  readonly addressHash: Uint8Array;
  readonly registration: StoredRegistration;
}

export function createOutbox(sealer: Sealer, encode: EncodeNotification): Outbox {
  return {
    *promise({ accountNo, principalNo, taskId, nowMs, addressHash, registration }, armed) {
      const address = sealer.seal(registration.url);
      const endpoint = { accountNo, principalNo, addressHash, address, createdAt: nowMs };
      const endpointNo = yield* endpointNoOf(endpoint);
      const state = armed ? 'armed' : 'held';
      const sealed = sealer.seal(registration);
      yield* insertDeliveryRow({
        accountNo,
        endpointNo,
        taskId,
        state,
        createdAt: nowMs,
        registration: sealed,
      });
    },

    *arm(accountNo, taskId) {
      yield* armDelivery(accountNo, taskId);
    },

    *release(task, end, nowMs) {
      if (task.hasWebhook !== 1) return false;
      const { accountNo, taskId } = task;
      const promised = yield* promisedDelivery(accountNo, taskId);
      if (promised === undefined) return false;
      if (promised.state === 'held') {
        yield* dropDelivery(accountNo, promised.deliveryNo);
        return false;
      }
      const text = encode({
        registration: sealer.open<StoredRegistration>(promised.registration),
        taskId,
        taskType: task.taskType,
        generation: task.generation as Generation,
        context: task.context === null ? undefined : sealer.open<JsonObject>(task.context),
        atMs: nowMs,
        end,
      });
      yield* releaseDelivery(accountNo, promised.deliveryNo, sealer.seal(text), nowMs);
      return true;
    },
  };
}
