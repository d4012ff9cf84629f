/**
 * The part of JSON Schema 2020-12 that describes this API: one definition that requests are checked against and that the
 * OpenAPI document is made of. Keys that begin with `x-` are notes to ourselves and are left out of the document.
 */
export type TypeName = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | 'null';

export interface Schema {
  readonly type?: TypeName | readonly TypeName[];
  readonly description?: string;
  readonly enum?: readonly (string | null)[];
  readonly const?: string | boolean | null;
  readonly default?: string | number | boolean;
  readonly examples?: readonly unknown[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** `multiline` is ours: text that may hold line breaks. */
  readonly format?: 'uuid' | 'date-time' | 'multiline';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  /** Said where an answer may hold more than is named; elsewhere a field without a name here is a mistake of ours. */
  readonly additionalProperties?: true;
  /** The pattern in words: "must be …". */
  readonly 'x-says'?: string;
}

/** A string of one line with at least one character. */
export function text(charsMax: number, description: string): Schema {
  return { type: 'string', minLength: 1, maxLength: charsMax, description };
}

export const isoTime: Schema = { type: 'string', format: 'date-time' };

/** An open object: fields that are not named are accepted and ignored. */
export function object(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
  description?: string,
): Schema {
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    properties,
    ...(required.length === 0 ? {} : { required }),
  };
}

/** An object of an answer that may hold more than is named. */
export function loose(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
  description?: string,
): Schema {
  return { ...object(properties, required, description), additionalProperties: true };
}

/** An object of an answer: every field that it names is there. */
export function whole(properties: Readonly<Record<string, Schema>>, description?: string): Schema {
  return object(properties, Object.keys(properties), description);
}
