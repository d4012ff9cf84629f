/** How often somebody may show bad credentials from one address. */
export interface FailureBudget {
  /**
   * Refuses with RATE_LIMITED whoever was wrong too often, without looking at what is shown now; unless the same was shown from
   * there before, and was good: whoever shares an address with an attacker goes on working.
   */
  check(address: string, shown: string): void;
  succeeded(address: string, shown: string): void;
  /** What was shown from there was refused. */
  failed(address: string): void;
}
