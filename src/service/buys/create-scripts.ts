/** The transaction that makes a media buy. */
import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import { must } from '../../base/assert.ts';
import type { JsonObject } from '../../engine/types.ts';
import { insertBuy, ownBuy, ownBuyCount } from '../../store/buy-rows.ts';
import type { Script } from '../../store/script.ts';
import { takeForcedAnswer, type ForcedAnswerRow } from '../../store/seeded-rows.ts';
import { insertTask } from '../../store/task-rows.ts';
import type { Generation } from '../api.ts';
import type { Sealer } from '../seal.ts';
import type { Outbox, PromisedCallback } from '../webhooks/outbox.ts';
import type { BuyOutcome, PricedPackage } from './api.ts';
import { checkTotal } from './price-packages.ts';
import { putPackages } from './put-packages.ts';
import { recallBuy, rememberBuy, type KeyedCall } from './recall.ts';
import type { BuyDocument, ForcedArm } from './stored.ts';
import { viewBuy } from './view-buy.ts';

export interface CreateBuyInput extends KeyedCall {
  readonly operation: 'create_media_buy';
  readonly sandbox: boolean;
  readonly generation: Generation;
  readonly mediaBuyId: string;
  readonly packageIds: readonly string[];
  /** Null: now. */
  readonly startAtMs: number | null;
  readonly endAtMs: number;
  readonly paused: boolean;
  readonly currency: string;
  readonly packages: readonly PricedPackage[];
  readonly context: JsonObject | null;
  readonly words: JsonObject;
  /** Where the outcome goes if the answer is not it. */
  readonly callback: Pick<PromisedCallback, 'addressHash' | 'registration'> | null;
  /** A test may have said how this call is answered. */
  readonly mayBeForced: boolean;
}

export interface BuyWritten {
  readonly outcome: BuyOutcome;
  readonly replayed: boolean;
}

/** Source: AdCP create_media_buy, flight dates: a start that is over is refused, and not moved without a word. */
export function checkDates(startAtMs: number, endAtMs: number, nowMs: number, startIsNew: boolean): void {
  // Clocks differ a little, and a request takes its time.
  if (startIsNew && startAtMs < nowMs - limits.buyStartLateMsMax) {
    throw new AppError('INVALID_REQUEST', 'start_time is in the past.', {
      field: 'start_time',
      suggestion: 'Send a time to come, or "asap".',
    });
  }
  if (endAtMs <= startAtMs || endAtMs <= nowMs) {
    const says = endAtMs <= startAtMs ? 'end_time must be after start_time.' : 'end_time is in the past.';
    throw new AppError('VALIDATION_ERROR', says, { field: 'end_time' });
  }
}

function armOf(sealer: Sealer, { message }: ForcedAnswerRow): ForcedArm {
  return message === null ? { arm: 'submitted', message: null } : sealer.open<ForcedArm>(message);
}

function* answerLater(
  sealer: Sealer,
  outbox: Outbox,
  input: CreateBuyInput,
  taskId: string,
  message: string | null,
): Script<BuyOutcome> {
  const { accountNo, principalNo, nowMs, callback, context } = input;
  yield* insertTask({
    ...{ accountNo, taskId, principalNo, taskType: 'create_media_buy', status: 'submitted' },
    generation: input.generation,
    ...{ createdAt: nowMs, completedAt: null, hasWebhook: callback !== null },
    ...{ audienceTotal: 0, audienceDone: 0, memberTotal: 0 },
    context: context === null ? null : sealer.seal(context),
    outcome: null,
  });
  if (callback !== null) yield* outbox.promise({ ...callback, accountNo, principalNo, taskId, nowMs }, true);
  return { kind: 'submitted', taskId, message };
}

function* makeBuy(sealer: Sealer, input: CreateBuyInput): Script<BuyOutcome> {
  const { accountNo, principalNo, nowMs, mediaBuyId, endAtMs } = input;
  const startAt = input.startAtMs ?? nowMs;
  checkDates(startAt, endAtMs, nowMs, true);
  checkTotal(
    input.packages.map(({ budgetMicros }) => budgetMicros),
    'packages',
  );
  if ((yield* ownBuyCount(accountNo, principalNo)) >= limits.buyCountPerCallerMax) {
    throw new AppError(
      'VALIDATION_ERROR',
      `An account has at most ${limits.buyCountPerCallerMax} media buys.`,
    );
  }
  const document: BuyDocument = {
    context: input.context,
    cancellationReason: null,
    rejectionReason: null,
    words: input.words,
  };
  const buyNo = yield* insertBuy({
    ...{ accountNo, mediaBuyId, principalNo, revision: 1, startAt, endAt: endAtMs },
    ...{ paused: input.paused ? 1 : 0, canceledAt: null, rejectedAt: null, confirmedAt: nowMs },
    ...{ currency: input.currency, createdAt: nowMs, document: sealer.seal(document) },
  });
  const buy = { accountNo, buyNo, startAt, endAt: endAtMs };
  yield* putPackages(sealer, buy, input.packages, input.packageIds, nowMs);
  const row = must(yield* ownBuy(accountNo, principalNo, mediaBuyId), () => 'the buy was made');
  const view = yield* viewBuy(sealer, row, input.sandbox, nowMs);
  return { kind: 'done', buy: view, affected: view.packages.map(({ packageId }) => packageId) };
}

export function createCreateBuyScripts(sealer: Sealer, outbox: Outbox) {
  return {
    /** What the key of a call stands for already; asked before anything that depends on the clock is checked. */
    *recallBuy(call: KeyedCall): Script<BuyOutcome | null> {
      return yield* recallBuy(sealer, call);
    },

    *createBuy(input: CreateBuyInput): Script<BuyWritten> {
      const earlier = yield* recallBuy(sealer, input);
      if (earlier !== null) return { outcome: earlier, replayed: true };
      const forced = input.mayBeForced ? yield* takeForcedAnswer(input.principalNo) : undefined;
      const arm = forced === undefined ? null : armOf(sealer, forced);
      // Nothing was done that a repeat could stand for. Source: AdCP security, idempotency.
      if (arm?.arm === 'input-required') {
        return { outcome: { kind: 'input_required', message: arm.message }, replayed: false };
      }
      const outcome =
        forced === undefined
          ? yield* makeBuy(sealer, input)
          : yield* answerLater(sealer, outbox, input, forced.taskId, arm?.message ?? null);
      yield* rememberBuy(sealer, input, outcome.kind === 'submitted' ? outcome.taskId : null, outcome);
      return { outcome, replayed: false };
    },
  };
}
