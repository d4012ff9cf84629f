import type { RestError } from './rest-errors.ts';

/** An answer of the service that this API can only tell as a refusal. */
export class Refused extends Error {
  override name = 'Refused';
  readonly status: number;
  readonly error: RestError;

  constructor(status: number, error: RestError) {
    super(error.message);
    this.status = status;
    this.error = error;
  }
}
