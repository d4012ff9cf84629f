import { AppError, type FaultCode, type FaultInfo } from '../base/faults.ts';

/** An AppError in a form that crosses threads. A cause stays where it was thrown. */
export interface WireFault {
  readonly code: FaultCode;
  readonly message: string;
  readonly info: Omit<FaultInfo, 'cause'>;
}

/** What may be logged of an error that is not for the caller: names, codes and places, never a value. */
export interface ErrorTrace {
  readonly name: string;
  /** SQLite's result code, or Postgres' SQLSTATE. */
  readonly databaseCode: number | string | null;
  readonly databaseText: string | null;
  /** Function names and files of the stack, without the message. */
  readonly frames: readonly string[];
}

/** An error that a caller was told nothing of, for the log. Holds no value of the data. */
export interface StoreTrace extends ErrorTrace {
  /** Name of the script, or null outside of one. */
  readonly script: string | null;
}

/**
 * `refuse`: one script failed. `stop`: the database or its disk can no longer be trusted, and the
 * process must end: after a failed fsync nobody knows which pages are on disk.
 */
export interface ClassifiedError {
  readonly fault: WireFault;
  readonly effect: 'refuse' | 'stop';
  /** Absent for an AppError, which its thrower already explained. */
  readonly trace?: ErrorTrace;
}

const framesShownMax = 12;
const retryAfterSeconds = 1;

/** Primary result codes of SQLite (https://sqlite.org/rescode.html). */
const transientCodes: readonly number[] = [5 /* BUSY */, 6 /* LOCKED */, 7 /* NOMEM */, 13 /* FULL */];
const fatalCodes: readonly number[] = [10 /* IOERR */, 11 /* CORRUPT */, 26 /* NOTADB */];

export function toWireFault(error: AppError): WireFault {
  const { cause: _dropped, ...info } = error.info;
  return { code: error.code, message: error.message, info };
}

export function fromWireFault(fault: WireFault): AppError {
  return new AppError(fault.code, fault.message, fault.info);
}

/** Decides what a caller is told about anything that was thrown: nothing of the data, ever. */
export function classifyError(error: unknown): ClassifiedError {
  if (error instanceof AppError) return { fault: toWireFault(error), effect: 'refuse' };
  const trace = traceOf(error);
  const primary = typeof trace.databaseCode === 'number' ? trace.databaseCode & 0xff : null;
  if (primary !== null && fatalCodes.includes(primary)) {
    return { fault: unavailable(), effect: 'stop', trace };
  }
  if (primary !== null && transientCodes.includes(primary)) {
    return { fault: unavailable(), effect: 'refuse', trace };
  }
  return { fault: toWireFault(new AppError('CONFIGURATION_ERROR')), effect: 'refuse', trace };
}

export function unavailable(): WireFault {
  return toWireFault(new AppError('SERVICE_UNAVAILABLE', undefined, { retryAfterSeconds }));
}

/** Never with the message: it may quote data. */
export function traceOf(error: unknown): ErrorTrace {
  const { name, errcode, errstr, stack } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const frames = typeof stack === 'string' ? stack.split('\n').map((line) => line.trim()) : [];
  return {
    name: typeof name === 'string' ? name : typeof error,
    databaseCode: typeof errcode === 'number' ? errcode : null,
    databaseText: typeof errstr === 'string' ? errstr : null,
    // A message can span lines and quote data; frames are recognised by their form, not by their place.
    frames: frames.filter((line) => /^at .*:\d+:\d+\)?$/.test(line)).slice(0, framesShownMax),
  };
}
