import { AppError } from '../base/faults.ts';
import { CommandFault } from './exit-codes.ts';

/** A key that an operator names and that is not there is nothing about the operator's own credentials. */
export function keyNotFound(error: unknown): never {
  if (error instanceof AppError && error.code === 'AUTH_INVALID') {
    throw new CommandFault('notFound', `${error.message} ${error.info.suggestion ?? ''}`.trim(), error);
  }
  throw error;
}
