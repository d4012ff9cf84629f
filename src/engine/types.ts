/**
 * The shapes that the parts of the engine hand to each other. Members exist only as columns:
 * row `r` of a column set is one member, and its identifiers are entries
 * `identifierStart[r] … identifierStart[r + 1] - 1` of the identifier columns.
 */

/** A JSON value as it is left when member arrays are taken out of a request. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Bytes of one token. */
export const tokenBytes = 16;
/** 32-bit words of one token. */
export const tokenWords = 4;

/**
 * What is wrong with a member. The number is a bit position in `MemberColumns.rowFaults`.
 * Source: contract, bad members; the two "nothing" hashes are SHA-256 of '' and of 'null'.
 */
export const memberFaultBits = {
  not_an_object: 0,
  external_id_missing: 1,
  external_id_type: 2,
  external_id_length: 3,
  hash_type: 4,
  hash_length: 5,
  hash_upper_case: 6,
  hash_base64: 7,
  hash_clear_email: 8,
  hash_clear_phone: 9,
  hash_of_nothing: 10,
  hash_format: 11,
  identifier_missing: 12,
  uid_type_unknown: 13,
  uid_shape: 14,
  uid_value: 15,
  uid_count: 16,
} as const;
export type MemberFaultKind = keyof typeof memberFaultBits;

/** All bad members of one kind in one member array. Values are never kept. */
export interface MemberFaultGroup {
  readonly kind: MemberFaultKind;
  /** Members with this fault in the array. */
  readonly count: number;
  /** Paths inside the array of the first offenders: `[17].hashed_email`, `[3].uids[0].type`. At most faultPathCountMax. */
  readonly paths: readonly string[];
}

/** One member array of a request, in document order. */
export interface MemberArray {
  /** Index of its audience in `audiences`. */
  readonly audienceIndex: number;
  readonly side: 'add' | 'remove';
  /** Rows `firstRow … firstRow + rowCount - 1` of the columns. */
  readonly firstRow: number;
  readonly rowCount: number;
  readonly faults: readonly MemberFaultGroup[];
  /** The first bad members, at most rejectedSampleCountMax. `externalId` is the caller's own word for the member. */
  readonly rejected: readonly {
    readonly index: number;
    readonly externalId: string | null;
    readonly reason: MemberFaultKind;
  }[];
}

/** The members of one request as the scanner packs them, in document order, before any keying. */
export interface MemberColumns {
  readonly rowCount: number;
  /** Bit set of memberFaultBits per row; 0 is a good member. */
  readonly rowFaults: Uint32Array;
  /** rowCount + 1 offsets into externalIdBytes; an empty range is a missing external id. */
  readonly externalIdStart: Uint32Array;
  /** UTF-8 of the decoded strings. */
  readonly externalIdBytes: Uint8Array;
  /** rowCount + 1 offsets into the identifier columns. */
  readonly identifierStart: Uint32Array;
  /** identifierCodes. */
  readonly identifierType: Uint8Array;
  /** 32 bytes per identifier: the decoded hash of an e-mail or phone; SHA-256 of the value of any other (a MAID is lower-cased first). */
  readonly identifierDigest: Uint8Array;
  /** Where asked for: offsets of each identifier's value in `uidValueBytes`, empty for a hash. Values are as they were sent. */
  readonly uidValueStart?: Uint32Array;
  readonly uidValueBytes?: Uint8Array;
}

/** Why a body is refused whole. `path` is JSONPath-lite, names sanitised; never a value. */
export interface ScanFault {
  readonly kind:
    | 'not_json'
    | 'truncated'
    | 'invalid_utf8'
    | 'invalid_number'
    | 'invalid_string'
    | 'depth'
    | 'duplicate_key'
    | 'forbidden_key'
    | 'too_many_keys'
    | 'too_many_elements'
    | 'string_length'
    | 'skeleton_size'
    | 'too_many_members';
  /** Byte offset where it was noticed. */
  readonly offset: number;
  readonly path: string;
}

/** A request taken apart. */
export interface ScannedRequest {
  /** The document without its member arrays (the keys `add` and `remove` that held them are absent). */
  readonly skeleton: Json;
  readonly arrays: readonly MemberArray[];
  readonly columns: MemberColumns;
  /**
   * Digest of all member arrays as canonical data: equal exactly when the arrays are equal as JSON
   * (key order and white space do not count, array order does, unknown member fields do).
   */
  readonly membersDigest: Uint8Array;
}
export type ScanResult =
  { readonly ok: true; readonly request: ScannedRequest } | { readonly ok: false; readonly fault: ScanFault };

/** Members as tokens, sorted by member token, one row per member. The form in which they are stored. */
export interface MemberBlock {
  readonly rowCount: number;
  /** 4 words per row. Order is by words, most significant first: word 0, then 1, 2, 3, as unsigned numbers. */
  readonly memberToken: Uint32Array;
  /** 1: the row removes the member; such a row has no identifiers. */
  readonly tombstone: Uint8Array;
  readonly identifierStart: Uint32Array;
  readonly identifierType: Uint8Array;
  /** 4 words per identifier. */
  readonly identifierToken: Uint32Array;
}

/**
 * What one request does to one audience: a block of upserts and removals, and the removals that
 * can be resolved only against the members already there (contract: remove).
 */
export interface AudienceOperation {
  /** Upserts, and tombstones for each `remove` entry with an external id. */
  readonly block: MemberBlock;
  /** For each remove entry that may fall back to its identifiers. Sorted by nothing; small beside the block. */
  readonly fallback: {
    readonly entryCount: number;
    /** 4 words per entry: the member token to try first; all zero where the entry has no external id. */
    readonly memberToken: Uint32Array;
    /** 1 where the entry has an external id. */
    readonly hasMember: Uint8Array;
    readonly identifierStart: Uint32Array;
    readonly identifierType: Uint8Array;
    readonly identifierToken: Uint32Array;
  };
}

/** Counts of one audience. Per report row (see reportTypes): members holding and members matched by. */
export interface MatchCounts {
  readonly memberCount: number;
  readonly matchedCount: number;
  readonly submitted: readonly number[];
  readonly matched: readonly number[];
}

/** A set of person ordinals. */
export interface OrdinalSet {
  readonly size: number;
  has(ordinal: number): boolean;
}

/**
 * The seller's users as an index from identifier token to person ordinals. Immutable while held;
 * built over shared memory, so that every thread of a process reads the same bytes.
 */
export interface GraphIndex {
  readonly version: number;
  readonly personCount: number;
  /** Entries (identifier, person), removed ones excluded. */
  readonly entryCount: number;
  readonly memoryBytes: number;
  /**
   * Looks up `count` tokens (4 words each, from `tokens[offset * 4]`). `hits[i]` becomes the number of
   * persons named by token i (0: unknown). When `persons` is given, the ordinals are appended to it.
   * Costs about 0.15 µs a token.
   */
  lookup(tokens: Uint32Array, offset: number, count: number, hits: Uint8Array, persons?: OrdinalSink): void;
}

/** Receives person ordinals; may see one twice. */
export interface OrdinalSink {
  add(ordinal: number): void;
}

/** How bad members of a call are treated. */
export interface MemberPolicy {
  /** Legacy callers: a member without an external id gets a key derived from its identifiers. */
  readonly derivesMissingKeys: boolean;
  /** A `remove` entry must name its member: one without an external id is bad. Source: Scope3 REST, members in `remove`. */
  readonly removesByIdOnly?: boolean;
  /** `skip`: bad members stay out and good ones go in. `fail`: one bad member fails its audience. */
  readonly invalidMembers: 'fail' | 'skip';
}

/** What the ingest thread makes of the member arrays of one audience of a call. */
export interface PreparedAudience {
  readonly audienceIndex: number;
  readonly hasAdd: boolean;
  readonly hasRemove: boolean;
  /** Good `add` entries, doubles included. */
  readonly addCount: number;
  /** Good `remove` entries. */
  readonly removeCount: number;
  readonly addFaults: readonly MemberFaultGroup[];
  readonly removeFaults: readonly MemberFaultGroup[];
  /** Bad `add` entries: with addCount, the length of the list. */
  readonly badAddCount: number;
  readonly badRemoveCount: number;
  readonly rejectedCount: number;
  readonly rejected: readonly {
    readonly side: 'add' | 'remove';
    readonly index: number;
    readonly externalId: string | null;
    readonly reason: MemberFaultKind;
  }[];
  /** Encoded AudienceOperation over shared memory; absent when nothing is to be applied or the audience fails. */
  readonly operation?: Uint8Array;
  /** The same members with identifiers that can be forwarded, over shared memory; only where forwarding is on. */
  readonly forward?: Uint8Array;
}
