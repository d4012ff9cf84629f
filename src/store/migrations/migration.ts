/**
 * One step of the schema, forward only. A released migration never changes: the next change is the
 * next number. SQL is a string here, so that a build needs no assets.
 */
export interface Migration {
  /** 1, 2, 3 … without a gap. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}
