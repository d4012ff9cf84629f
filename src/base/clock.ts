/** Time as a parameter: only `platform/` reads the real one. */
export interface Clock {
  /** Milliseconds since 1970, wall clock. */
  now(): number;
  /** Milliseconds from an arbitrary start; never jumps. For durations. */
  monotonic(): number;
}
/** Randomness as a parameter. */
export interface Random {
  bytes(count: number): Uint8Array;
  /** A random UUID (version 4). */
  uuid(): string;
  /**
   * A UUID that begins with the time (version 7, RFC 9562, 74 random bits): as a key, new ones stand beside each other on
   * a few pages instead of one on each.
   */
  uuidAt(timeMs: number): string;
}
