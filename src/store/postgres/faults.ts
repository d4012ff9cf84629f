import { AppError } from '../../base/faults.ts';
import { toWireFault, traceOf, unavailable, type ErrorTrace, type WireFault } from '../wire-fault.ts';

/** A statement or the connection failed, as opposed to what a script throws by itself. */
export class DatabaseError extends Error {
  override name = 'DatabaseError';
  /** SQLSTATE, or null where the connection failed. Source: PostgreSQL documentation, appendix A. */
  readonly code: string | null;

  constructor(cause: unknown) {
    super('the database failed', { cause });
    const { code } = (cause ?? {}) as { readonly code?: unknown };
    this.code = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
  }
}

/** Classes and codes after which the same transaction may well succeed: connection, conflict, resources, shutdown, failover. */
const transient = /^(08|40|53|57|58)|^(25006|55P03)$/;
/** After which the session is gone, or is not what it was. */
const ended = /^(08|57P)|^(25006|25P03)$/;

export type Effect =
  /** One script failed, and the transaction can go on without it. */
  | 'refuse'
  /** The whole transaction is lost, and may be tried again. */
  | 'again';

export interface Classified {
  readonly fault: WireFault;
  readonly effect: Effect;
  /** Whether the connection must not be used again. */
  readonly isSessionOver: boolean;
  readonly trace?: ErrorTrace;
}

/** Decides what a caller is told about anything that was thrown: nothing of the data, ever. */
export function classify(error: unknown): Classified {
  if (error instanceof AppError) return { fault: toWireFault(error), effect: 'refuse', isSessionOver: false };
  const code = error instanceof DatabaseError ? error.code : undefined;
  const trace: ErrorTrace = {
    ...traceOf(error instanceof DatabaseError ? error.cause : error),
    databaseCode: code ?? null,
    databaseText: code === null ? 'connection' : null,
  };
  if (code === undefined) return { fault: broken(), effect: 'refuse', isSessionOver: false, trace };
  const isSessionOver = code === null || ended.test(code);
  // A full disk or a deadline ends one statement; a conflict or a lost session ends them all.
  const isLost = isSessionOver || code.startsWith('40') || code === '55P03';
  const isTransient = isLost || transient.test(code);
  const effect = isLost ? 'again' : 'refuse';
  return { fault: isTransient ? unavailable() : broken(), effect, isSessionOver, trace };
}

const broken = (): WireFault => toWireFault(new AppError('CONFIGURATION_ERROR'));
