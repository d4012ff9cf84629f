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
  uuid(): string;
}
