import type { Scheme } from './delivery.ts';

/** One thing that was looked at, in order. `skipped`: not reached, because an earlier one failed. */
export interface Step {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
}

/** Why something failed, in sentences for the person who has to mend it. Neither holds a secret. */
export interface Explanation {
  readonly reason: string;
  readonly fix: string;
}

/**
 * What the check of one delivery found. `unchecked`: nothing to check it with, or the keys could not be had;
 * it says nothing about the sender.
 */
export interface Verdict {
  readonly scheme: Scheme;
  readonly outcome: 'verified' | 'failed' | 'unchecked';
  /** A code of AdCP's (`webhook_…`) where it has one, one of ours (`hmac_…`, `bearer_…`) else; null: verified, or nothing to check with. */
  readonly code: string | null;
  /** Id of the key that the sender names; null: it names none. */
  readonly keyid: string | null;
  readonly steps: readonly Step[];
  readonly explanation: Explanation | null;
  /** What works today and will bite later. */
  readonly notes: readonly string[];
}

/** The steps up to and with the one that failed, by its place; null: all passed. */
export function stepsUntil(names: readonly string[], failedAt: number | null): readonly Step[] {
  return names.map((name, at) => {
    if (failedAt === null || at < failedAt) return { name, outcome: 'passed' };
    return { name, outcome: at === failedAt ? 'failed' : 'skipped' };
  });
}
