import type { Json, PreparedAudience, ScanFault } from '../engine/types.ts';

/** How the operation's arguments lie in a body. */
export type Envelope = 'mcp' | 'a2a' | 'rest';

/** A body taken apart: the small JSON that is left without its member arrays, and the members as tokens. */
export interface IngestedBody {
  readonly ok: true;
  readonly skeleton: Json;
  /** At most one entry for each place in `audiences` that held a member array; in document order. */
  readonly audiences: readonly PreparedAudience[];
  /** Equal exactly when the member arrays are equal as JSON. */
  readonly membersDigest: Uint8Array;
}

export interface RefusedBody {
  readonly ok: false;
  readonly fault: ScanFault;
}

export type IngestedCall = IngestedBody | RefusedBody;

/** Turns the bytes of a request into a call; the work may happen on another thread. */
export interface Ingest {
  /**
   * `body` lies over shared memory, and only its first `length` bytes belong to the request. It is lent:
   * the caller reuses it as soon as the promise settles, so nothing in the answer may refer to it.
   * Rejects only when the server itself is in trouble; a bad body is an answer.
   */
  take(body: Uint8Array, length: number, envelope: Envelope): Promise<IngestedCall>;
}
