import type { Explanation } from './verdict.ts';

/** Keys cannot be had, with the step at which it failed. The message is for the person at the keyboard. */
export class KeyFault extends Error implements Explanation {
  override name = 'KeyFault';
  readonly reason: string;
  readonly fix: string;

  constructor(reason: string, fix: string, cause?: unknown) {
    super(`${reason} ${fix}`, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.fix = fix;
  }
}
