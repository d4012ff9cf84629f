import type { ExitName } from '../exit-codes.ts';

/** What one check came to. */
export interface Finding {
  /** A word or two: `clock`. */
  readonly check: string;
  readonly state: 'good' | 'doubt' | 'wrong';
  /** One sentence of what was seen. */
  readonly seen: string;
  /** What to do; null where there is nothing to be done. */
  readonly fix: string | null;
  /** The exit of the command, for what is wrong. */
  readonly exit?: Exclude<ExitName, 'ok'>;
}

export const good = (check: string, seen: string): Finding => ({ check, state: 'good', seen, fix: null });

export const doubt = (check: string, seen: string, fix: string): Finding => ({
  check,
  state: 'doubt',
  seen,
  fix,
});

export const wrong = (check: string, exit: Exclude<ExitName, 'ok'>, seen: string, fix: string): Finding => ({
  check,
  state: 'wrong',
  seen,
  fix,
  exit,
});
