/**
 * Members with the identifiers that they came with: what is kept, encrypted, of an account whose audiences are forwarded to
 * other sellers. Rows are sorted by member token, one row per member, as in a `MemberBlock`.
 */
export interface ForwardMembers {
  readonly rowCount: number;
  /** 4 words per row. */
  readonly memberToken: Uint32Array;
  /** 1: the row removes the member and has neither id nor identifiers. */
  readonly tombstone: Uint8Array;
  readonly externalIdStart: Uint32Array;
  readonly externalIdBytes: Uint8Array;
  readonly identifierStart: Uint32Array;
  readonly identifierType: Uint8Array;
  /** 32 bytes per identifier, as in `MemberColumns`. */
  readonly identifierDigest: Uint8Array;
  /** Values of uids as they were sent; an empty range is a hash, which is all in its digest. */
  readonly valueStart: Uint32Array;
  readonly valueBytes: Uint8Array;
}

/** `remove` entries that may fall back to their identifiers; see `AudienceOperation.fallback`. */
export interface ForwardFallback {
  readonly entryCount: number;
  readonly memberToken: Uint32Array;
  readonly hasMember: Uint8Array;
  readonly identifierStart: Uint32Array;
  /** 4 words per identifier: see `writeIdentifierWords`. */
  readonly identifierWords: Uint32Array;
}

/** What one request does to one audience, in a form that can be forwarded. */
export interface ForwardOperation {
  readonly members: ForwardMembers;
  readonly fallback: ForwardFallback;
}

export const digestBytes = 32;

/** Four words that stand for an identifier in sets: the beginning of its digest, told apart by its type. */
export function writeIdentifierWords(
  type: number,
  digests: Uint8Array,
  index: number,
  out: Uint32Array,
  at: number,
): void {
  const from = index * digestBytes;
  for (let word = 0; word < 4; word++) {
    const p = from + word * 4;
    out[at * 4 + word] =
      (digests[p]! | (digests[p + 1]! << 8) | (digests[p + 2]! << 16) | (digests[p + 3]! << 24)) >>> 0;
  }
  out[at * 4 + 3]! ^= Math.imul(type, 0x9e3779b1);
}
