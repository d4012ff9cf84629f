/** One thing that is not as it must be. Names places, never what lies there. */
export interface VerifyProblem {
  /** Null: it is of no audience. */
  readonly audience: { readonly accountId: string; readonly audienceId: string } | null;
  /** Null: not one block alone. */
  readonly blockNo: number | null;
  /** Goes on behind the name of the place: `is missing`. */
  readonly says: string;
}

export interface VerifiedAudience {
  readonly accountId: string;
  readonly audienceId: string;
  readonly memberCount: number;
  /** Of the members that were found, in hexadecimal; null where they could not all be read. */
  readonly digest: string | null;
  /** `uncompared`: it was counted before there were digests, so that only the number of members was compared. */
  readonly state: 'holds' | 'uncompared' | 'broken';
}
