/** How often somebody may show bad credentials from one address. */
export interface FailureBudget {
  /**
   * Runs `look`, which checks what was shown from an address. Refuses with RATE_LIMITED whoever was wrong too often, without looking;
   * unless the same was shown from there before, and was good: whoever shares an address with an attacker goes on working. What is
   * refused with AUTH_INVALID or SIGNATURE_REFUSED counts; what is good costs nothing.
   */
  watch<T>(address: string, shown: string, look: () => Promise<T>): Promise<T>;
  /**
   * The same for an API key. One that is not known to be good waits until those shown before it from the same address are judged, so
   * that a thousand at once cannot all begin before the first of them has failed. `look` must not wait for anybody outside.
   */
  watchKey<T>(address: string, shown: string, look: () => Promise<T>): Promise<T>;
}
