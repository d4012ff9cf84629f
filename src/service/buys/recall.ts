/** What an idempotency key of a buy already stands for. The same table and rules as for syncs. Source: AdCP security, idempotency. */
import { AppError } from '../../base/faults.ts';
import { findIdempotency, insertIdempotency } from '../../store/idempotency-rows.ts';
import type { Script } from '../../store/script.ts';
import type { Sealer } from '../seal.ts';
import type { BuyOutcome } from './api.ts';

export interface KeyedCall {
  readonly operation: 'create_media_buy' | 'update_media_buy';
  readonly accountNo: number;
  readonly principalNo: number;
  readonly keyHash: Uint8Array;
  readonly digest: Uint8Array;
  readonly nowMs: number;
  readonly expiresAtMs: number;
}

/** The first answer, or null when the key is new. Refuses a key that stands for something else, or that is too old. */
export function* recallBuy(sealer: Sealer, call: KeyedCall): Script<BuyOutcome | null> {
  const row = yield* findIdempotency(call.accountNo, call.principalNo, call.keyHash);
  if (row === undefined) return null;
  if (row.expiresAt < call.nowMs) throw new AppError('IDEMPOTENCY_EXPIRED');
  const isSame = row.operationName === call.operation && Buffer.compare(row.digest, call.digest) === 0;
  if (!isSame || row.response === null) {
    throw new AppError('IDEMPOTENCY_CONFLICT');
  }
  return sealer.open<BuyOutcome>(row.response);
}

/** With the transaction that does it: an answer that is remembered was carried out, and the other way round. */
export function* rememberBuy(
  sealer: Sealer,
  call: KeyedCall,
  taskId: string | null,
  outcome: BuyOutcome,
): Script<void> {
  yield* insertIdempotency({
    accountNo: call.accountNo,
    principalNo: call.principalNo,
    keyHash: call.keyHash,
    digest: call.digest,
    operationName: call.operation,
    taskId,
    createdAt: call.nowMs,
    expiresAt: call.expiresAtMs,
    response: sealer.seal(outcome),
  });
}
