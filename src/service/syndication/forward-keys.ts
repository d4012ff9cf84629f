/** Members that can be forwarded, at rest: under a key of their account, which exists while forwarding is on and nowhere else. */
import { AppError } from '../../base/faults.ts';
import {
  forwardingOf,
  insertForward,
  type ForwardingRow,
  type ForwardPlace,
} from '../../store/forwarding-rows.ts';
import type { Script } from '../../store/script.ts';
import { createByteSealer, type ByteSealer } from '../seal.ts';

export interface ForwardKeys {
  wrap(accountNo: number, keyId: string, key: Uint8Array): Uint8Array;
  sealerOf(row: ForwardingRow): ByteSealer;
}

/** `wrappingKey` follows from the node's secret: neither a key without the secret nor the secret without the row opens anything. */
export function createForwardKeys(wrappingKey: Uint8Array): ForwardKeys {
  const wrapping = createByteSealer(wrappingKey);
  const about = (accountNo: number, keyId: string): string => `key/${accountNo}/${keyId}`;
  return {
    wrap: (accountNo, keyId, key) => wrapping.seal(key, about(accountNo, keyId)),
    sealerOf: ({ accountNo, keyId, wrappedKey }) =>
      createByteSealer(wrapping.open(wrappedKey, about(accountNo, keyId))),
  };
}

/** What the sealed bytes of a place say about themselves. */
export function placeName({ accountNo, audienceNo, opSeq, pieceNo }: ForwardPlace): string {
  return `members/${accountNo}/${audienceNo}/${opSeq}/${pieceNo}`;
}

/**
 * Keeps the members of an operation for forwarding if its account forwards. Asked inside the transaction that accepts the operation:
 * whether members were packed was decided earlier and for all accounts alike. Those that were not, because forwarding was switched on
 * while the request was read or in another process, are refused: sent again a moment later, they are.
 */
export function* storeForward(
  keys: ForwardKeys,
  place: ForwardPlace,
  members: Uint8Array | undefined,
): Script<void> {
  const row = yield* forwardingOf(place.accountNo);
  if (row === undefined) return;
  if (members === undefined)
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      'Forwarding has just been switched on; send the request again.',
    );
  const sealed = keys.sealerOf(row).seal(members, placeName(place));
  yield* insertForward(place, false, members.length, sealed);
}
