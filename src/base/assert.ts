/** A fact that the code relies on did not hold: a bug, never an outcome that a caller can cause. */
export class AssertionFault extends Error {
  override name = 'AssertionFault';
}

/**
 * Stops the work when a fact that must hold does not. Stays on in production.
 * The message is lazy, so that the happy path costs one branch.
 */
export function assert(fact: boolean, message: () => string): asserts fact {
  if (!fact) throw new AssertionFault(message());
}

/** Returns the value, which must be present. */
export function must<T>(value: T | null | undefined, message: () => string): T {
  if (value === null || value === undefined) throw new AssertionFault(message());
  return value;
}

/** For the end of an exhaustive switch: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new AssertionFault(`unexpected value ${typeof value}`);
}
