/** The transactions of delivery: what is due, what is sent, what came of it. */
import type { Script } from '../../store/script.ts';
import {
  anyUnfinishedDelivery,
  blankDeliveriesFinishedBefore,
  dueDeliveryNos,
  dueEndpointRows,
  endpointFailed,
  endpointSucceeded,
  finishDelivery,
  forgetDeliveriesFinishedBefore,
  moveEndpointTimes,
  moveWaitingDeliveries,
  retryDelivery,
  waitingDelivery,
} from '../../store/webhook-rows.ts';
import type { ClockStep } from '../../webhook/clock-follower.ts';
import type { AttemptRecord, DueEndpoint, OpenDelivery } from '../../webhook/dispatcher.ts';
import type { Sealer } from '../seal.ts';
import type { StoredRegistration } from './outbox.ts';

const hourMs = 3_600_000;
/** Without a success for so long an endpoint is called failing, and then it is no longer called. Source: AdCP webhooks, endpoint health. */
const failingMs = 24 * hourMs;
const disabledMs = 5 * 24 * hourMs;
/** Texts of what is over are kept for the operator who sends one again, and rows for the one who asks what happened. */
const bodyMemoryMs = 30 * 24 * hourMs;
const deliveryMemoryMs = 90 * 24 * hourMs;

export type DeliveryScripts = ReturnType<typeof createDeliveryScripts>;

export function createDeliveryScripts(sealer: Sealer) {
  return {
    *dueEndpoints(_: object): Script<readonly DueEndpoint[]> {
      return (yield* dueEndpointRows()).map((row) => ({ ...row, isProven: row.isProven === 1 }));
    },

    *dueDeliveries(input: {
      readonly accountNo: number;
      readonly endpointNo: number;
      readonly nowMs: number;
      readonly countMax: number;
    }): Script<readonly number[]> {
      return yield* dueDeliveryNos(input.accountNo, input.endpointNo, input.nowMs, input.countMax);
    },

    *openDelivery({
      accountNo,
      deliveryNo,
    }: {
      readonly accountNo: number;
      readonly deliveryNo: number;
    }): Script<OpenDelivery | null> {
      const row = yield* waitingDelivery(accountNo, deliveryNo);
      if (row === undefined) return null;
      const { url, authentication } = sealer.open<StoredRegistration>(row.registration);
      const { endpointNo, attemptCount, releasedAt: releasedAtMs } = row;
      const isDisabled = row.endpointState === 'disabled';
      const body = sealer.open<string>(row.body);
      const place = { accountNo, deliveryNo, endpointNo, isDisabled };
      return { ...place, url, body, authentication, attemptCount, releasedAtMs };
    },

    *recordAttempts({ records }: { readonly records: readonly AttemptRecord[] }): Script<null> {
      for (const record of records) yield* recordAttempt(record);
      return null;
    },

    /** The wall clock was set: what waits keeps its distance to now. */
    *moveWaiting({ byMs, nowMs }: ClockStep): Script<null> {
      // Set forward: what was released since is by the new clock already. Set back: it is due whatever is done to it.
      const releasedUntilMs = byMs > 0 ? nowMs - byMs : Number.MAX_SAFE_INTEGER;
      yield* moveWaitingDeliveries(byMs, releasedUntilMs);
      yield* moveEndpointTimes(byMs);
      return null;
    },

    *unfinishedDeliveries(_: object): Script<boolean> {
      return yield* anyUnfinishedDelivery();
    },

    /** Housekeeping. */
    *forgetOldDeliveries({ nowMs }: { readonly nowMs: number }): Script<void> {
      yield* blankDeliveriesFinishedBefore(nowMs - bodyMemoryMs);
      yield* forgetDeliveriesFinishedBefore(nowMs - deliveryMemoryMs);
    },
  };
}

function* recordAttempt(record: AttemptRecord): Script<void> {
  const { accountNo, endpointNo, atMs: nowMs, next } = record;
  if (next.kind === 'give_up' && next.reason === 'endpoint_disabled') {
    yield* finishDelivery('given_up', { ...record, reason: next.reason }, nowMs, 0);
    return;
  }
  if (next.kind === 'delivered') {
    yield* finishDelivery('delivered', record, nowMs, 1);
    yield* endpointSucceeded(accountNo, endpointNo, nowMs);
    return;
  }
  if (next.kind === 'retry') yield* retryDelivery(record, next.atMs);
  else yield* finishDelivery('given_up', { ...record, reason: next.reason }, nowMs, 1);
  const quietUntil = next.kind === 'retry' ? next.quietUntilMs : null;
  const disables = next.kind === 'give_up' && next.disables;
  const failure = { accountNo, endpointNo, nowMs, quietUntil, disables, failingMs, disabledMs };
  yield* endpointFailed(failure);
}
