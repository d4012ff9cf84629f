import { AppError } from '../base/faults.ts';
import type { FaultCode } from '../base/faults.ts';
import { UsageFault } from '../server/options-table.ts';

/** What a command's exit tells a script. These numbers are a promise. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  /** Some of the work was done, some refused. */
  partial: 3,
  auth: 4,
  notFound: 5,
  badInput: 6,
  /** The same command may succeed later. */
  temporary: 7,
  conflict: 8,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
export type ExitName = keyof typeof exitCodes;

/** A command cannot go on. The message is shown as it is: a sentence that says what to do. */
export class CommandFault extends Error {
  override name = 'CommandFault';
  readonly exit: Exclude<ExitName, 'ok'>;

  constructor(exit: Exclude<ExitName, 'ok'>, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exit = exit;
  }
}

/** Faults that have an exit of their own; the others go by what the caller can do about them. */
const exitOfFault: Partial<Record<FaultCode, ExitName>> = {
  AUTH_MISSING: 'auth',
  AUTH_INVALID: 'auth',
  PERMISSION_DENIED: 'auth',
  CREDENTIAL_IN_ARGS: 'auth',
  ACCOUNT_NOT_FOUND: 'notFound',
  AUDIENCE_NOT_FOUND: 'notFound',
  SALES_AGENT_NOT_FOUND: 'notFound',
  TASK_NOT_FOUND: 'notFound',
  IDEMPOTENCY_CONFLICT: 'conflict',
  INVALID_HASH: 'badInput',
};

/** The exit that a thrown thing stands for. Anything unforeseen is a failure. */
export function exitOf(thrown: unknown): ExitName {
  if (thrown instanceof CommandFault) return thrown.exit;
  if (thrown instanceof UsageFault) return 'usage';
  if (thrown instanceof AppError) {
    return exitOfFault[thrown.code] ?? (thrown.recovery === 'transient' ? 'temporary' : 'failure');
  }
  return 'failure';
}
