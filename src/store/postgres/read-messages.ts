import type { MessagePort } from 'node:worker_threads';

import type { Statement, StatementResult } from '../script.ts';
import { DatabaseError } from './faults.ts';

/** What a thread that computes asks of the one beside it. */
export type Asked =
  | { readonly kind: 'begin' }
  | { readonly kind: 'statement'; readonly statement: Statement }
  | { readonly kind: 'end' };

/** `no`: its number, which the answer repeats. */
export type ReadRequest = Asked & { readonly no: number };

export type ReadReply = { readonly no: number } & ReadOutcome;

export type ReadOutcome =
  | { readonly ok: true; readonly result: StatementResult }
  /** SQLSTATE, or null where the connection failed; and the name of the error. */
  | { readonly ok: false; readonly code: string | null; readonly name: string };

export interface ReadThreadData {
  readonly url: string;
  readonly port: MessagePort;
  /** Set to 1 and notified once an answer lies on the port. */
  readonly signal: Int32Array;
}

/** A failure that happened in the thread beside. */
export class StatementFailure extends DatabaseError {
  constructor(code: string | null, name: string) {
    super({ name, ...(code === null ? {} : { code }) });
  }
}
